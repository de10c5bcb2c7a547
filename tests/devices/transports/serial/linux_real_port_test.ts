import assert from "node:assert/strict";
import { join } from "node:path";
import { systemClock } from "../../../../time/system_clock.ts";
import { LinkError, TimeoutError } from "../../../../devices/transports/errors.ts";
import { REQUEST } from "../../../../devices/transports/serial/linux/dialect.ts";
import { linuxPlatform } from "../../../../devices/transports/serial/linux/platform.ts";
import { linuxSystem } from "../../../../devices/transports/serial/linux/system.ts";
import { CFLAG } from "../../../../devices/transports/serial/linux/termios2.ts";
import { openSerial, type SerialOptions } from "../../../../devices/transports/serial/mod.ts";
import { needs } from "../../../_needs.ts";
import { type Cable, cable, io, readText, soon } from "./_socat.ts";
import { compileStandIn } from "./_standin.ts";

const ignore = needs("socat", ["-V"]).ignore || needs("gcc").ignore || Deno.build.os !== "linux";

interface Driver {
  readonly exclusive?: boolean;
  readonly refused?: number;
  readonly rate?: number;
  readonly waiting?: number;
  readonly openError?: number;
}

/** A port whose driver is the stand-in. */
class Bench implements AsyncDisposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly #library;
  readonly #system;

  constructor(readonly line: Cable) {
    const path = join(this.#folder, "libc.so");
    compileStandIn("standin_libc.c", path);
    this.#system = linuxSystem(linuxPlatform([path]));
    this.#library = Deno.dlopen(path, {
      standin_reset: { parameters: ["i32", "u32", "u32", "i32", "i32"], result: "void" },
      standin_seen: { parameters: ["buffer", "i32"], result: "i32" },
      standin_state: { parameters: ["buffer"], result: "void" },
    });
  }

  open(options: SerialOptions = {}, driver: Driver = {}) {
    this.#library.symbols.standin_reset(
      driver.exclusive ? 1 : 0,
      driver.refused ?? 0,
      driver.rate ?? 0,
      driver.waiting ?? 0,
      driver.openError ?? 0,
    );
    return openSerial(this.line.a, { ...options, system: this.#system });
  }

  seen(): number[] {
    const requests = new Uint32Array(256);
    const count = this.#library.symbols.standin_seen(requests, requests.length);
    return [...requests.subarray(0, count)];
  }

  state() {
    const [cflag = 0, lines = 0, exclusive, flags = 0, iflag, lflag, line] = (() => {
      const words = new Uint32Array(7);
      this.#library.symbols.standin_state(words);
      return words;
    })();
    return { cflag, lines, exclusive, flags, iflag, lflag, line };
  }

  async [Symbol.asyncDispose]() {
    this.#library.close();
    await this.line[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

function test(name: string, fn: (bench: Bench) => Promise<void>): void {
  Deno.test({
    ignore,
    name,
    async fn() {
      await using bench = new Bench(await cable());
      await fn(bench);
    },
  });
}

test("opening locks before it sets the line up, and sets the lines before it flushes", async (bench) => {
  {
    await using port = await bench.open();
    assert.equal(port.lowLatency, true);
    assert.deepEqual(bench.seen(), [
      REQUEST.TIOCGEXCL,
      REQUEST.TIOCEXCL,
      REQUEST.TCGETS2,
      REQUEST.TCSETS2,
      REQUEST.TCGETS2,
      REQUEST.TIOCGSERIAL,
      REQUEST.TIOCSSERIAL,
      REQUEST.TIOCMBIS,
      REQUEST.TCFLSH,
    ]);
    const { exclusive, flags, iflag, lflag, line } = bench.state();
    assert.deepEqual({ exclusive, flags, iflag, lflag, line }, {
      exclusive: 1,
      flags: 0x2040,
      iflag: 0,
      lflag: 0,
      line: 3,
    });
  }
  assert.equal(bench.state().exclusive, 0);
});

test("a port that another program made exclusive is not touched", async (bench) => {
  await assert.rejects(bench.open({}, { exclusive: true }), (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(error.message, /in use by/);
    return true;
  });
  assert.deepEqual(bench.seen(), [REQUEST.TIOCGEXCL]);
  assert.equal(bench.state().exclusive, 1);
  await using _port = await bench.open({ exclusive: false }, { exclusive: true });
  assert.ok(!bench.seen().includes(REQUEST.TIOCEXCL));
});

test("each frame reaches the driver", async (bench) => {
  const frames: [SerialOptions, number][] = [
    [{}, 0x30],
    [{ dataBits: 7, parity: "even" }, 0x20 | CFLAG.PARENB],
    [{ parity: "odd", stopBits: 2 }, 0x30 | CFLAG.PARENB | CFLAG.PARODD | CFLAG.CSTOPB],
    [{ dataBits: 5, stopBits: 1.5 }, CFLAG.CSTOPB],
    [{ parity: "mark" }, 0x30 | CFLAG.PARENB | CFLAG.PARODD | CFLAG.CMSPAR],
    [{ parity: "space" }, 0x30 | CFLAG.PARENB | CFLAG.CMSPAR],
    [{ flowControl: "rts/cts" }, 0x30 | CFLAG.CRTSCTS],
  ];
  for (const [options, flags] of frames) {
    await using _port = await bench.open({ ...options, dtr: "on" });
    const common = CFLAG.CREAD | CFLAG.CLOCAL | CFLAG.HUPCL | CFLAG.BOTHER;
    assert.equal(bench.state().cflag, (flags | common) >>> 0, JSON.stringify(options));
  }
});

test("what the driver makes otherwise is refused, with what it makes", async (bench) => {
  const cases: [SerialOptions, Driver, RegExp][] = [
    [{ parity: "mark" }, { refused: CFLAG.CMSPAR }, /otherwise: not parity mark\./],
    [{ dataBits: 7 }, { refused: 0x30 }, /not 7 data bits/],
    [{ stopBits: 2 }, { refused: CFLAG.CSTOPB }, /not 2 stop bits/],
    [{ flowControl: "rts/cts" }, { refused: CFLAG.CRTSCTS }, /not flow control rts\/cts/],
    [{ baudRate: 250_000 }, { rate: 230_400 }, /230400 baud instead of 250000/],
  ];
  for (const [options, driver, message] of cases) {
    await assert.rejects(bench.open(options, driver), message);
    assert.equal(bench.state().exclusive, 0, "it is released again");
  }
  await using port = await bench.open({ baudRate: 115_200 }, { rate: 114_943 });
  assert.equal(port.baudRate, 114_943);
});

test("the lines are as the policy says, and then as they are set", async (bench) => {
  const [DTR, RTS, CTS, RI] = [2, 4, 0x20, 0x80];
  const policies: [SerialOptions, number][] = [
    [{}, DTR | RTS],
    [{ dtr: "off", rts: "off" }, 0],
    [{ dtr: "keep", rts: "keep" }, RTS],
    [{ dtr: "on", rts: "off" }, DTR],
    [{ rts: "off", flowControl: "rts/cts" }, DTR | RTS],
  ];
  for (const [options, lines] of policies) {
    await using _port = await bench.open(options);
    assert.equal(bench.state().lines, lines | CTS | RI, JSON.stringify(options));
    const hangsUp = (bench.state().cflag & CFLAG.HUPCL) !== 0;
    assert.equal(hangsUp, options.dtr !== "keep");
  }
  await using port = await bench.open();
  port.setLines({ dtr: false });
  assert.deepEqual(port.modemLines(), {
    dtr: false,
    rts: true,
    cts: true,
    dsr: false,
    cd: false,
    ri: true,
  });
  port.setLines({ dtr: true, rts: false });
  const { dtr, rts } = port.modemLines();
  assert.deepEqual({ dtr, rts }, { dtr: true, rts: false });
});

test("the driver's counts, breaks and what waits to be sent", async (bench) => {
  await using port = await bench.open({ baudRate: 115_200, lowLatency: false }, { waiting: 3 });
  assert.equal(port.lowLatency, false);
  assert.equal(bench.state().flags, 0x40);
  assert.deepEqual(port.lineErrors(), {
    framing: 1,
    overrun: 2,
    parity: 3,
    breaks: 4,
    bufferOverrun: 5,
  });
  await port.drain(io());
  assert.equal(port.outputWaiting(), 0);
  await port.sendBreak(1, io());
  assert.deepEqual(bench.seen().slice(-2), [REQUEST.TIOCSBRK, REQUEST.TIOCCBRK]);
  await assert.rejects(port.sendBreak(60_000, soon(1)), TimeoutError);
  assert.equal(bench.seen().at(-1), REQUEST.TIOCCBRK);
});

test("drain() ends at its deadline, by its signal and at closing when the output is held up", async (bench) => {
  const port = await bench.open({}, { waiting: 1e9 });
  await assert.rejects(port.drain(soon(5)), TimeoutError);
  const giveUp = new AbortController();
  const drained = assert.rejects(port.drain(io(giveUp.signal)), /enough/);
  giveUp.abort(new Error("enough"));
  await drained;
  const closed = assert.rejects(port.drain({ deadline: Infinity }), LinkError);
  await port[Symbol.asyncDispose]();
  await closed;
});

test("each way in which opening fails says what to do", async (bench) => {
  const cases: [number, RegExp][] = [
    [2, /there is no such file.*serialPorts\(\)/],
    [13, /usermod -aG GROUP/],
    [16, /in use by/],
    [6, /no hardware is behind it/],
    [24, /error 24/],
  ];
  for (const [openError, message] of cases) {
    await assert.rejects(bench.open({}, { openError }), message);
  }
});

test("after a refusal the port can be used", async (bench) => {
  await assert.rejects(bench.open({ parity: "mark" }, { refused: CFLAG.CMSPAR }), LinkError);
  await using port = await bench.open();
  await using instrument = await openSerial(bench.line.b);
  await instrument.write(new TextEncoder().encode("ok"), true, io());
  assert.equal(await readText(port, { deadline: systemClock.monotonic() + 20_000 }), "ok");
});
