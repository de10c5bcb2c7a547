import assert from "node:assert/strict";
import { join } from "node:path";
import {
  LinkError,
  TimeoutError,
  UnsupportedError,
} from "../../../../devices/transports/errors.ts";
import { packKevent, unpackKevents } from "../../../../devices/transports/serial/macos/kqueue.ts";
import {
  loadSystemLibrary,
  macosAbi,
} from "../../../../devices/transports/serial/macos/library.ts";
import { listMacosPorts, macosSystem } from "../../../../devices/transports/serial/macos/system.ts";
import {
  CFLAG,
  differences,
  packTermios,
  TERMIOS_SIZE,
} from "../../../../devices/transports/serial/macos/termios.ts";
import { openSerial, type SerialOptions } from "../../../../devices/transports/serial/mod.ts";
import { checkOptions } from "../../../../devices/transports/serial/options.ts";
import type { SerialSystem } from "../../../../devices/transports/serial/system.ts";
import { LibcCalls } from "../../../../devices/transports/serial/unix/libc.ts";
import { needs } from "../../../_needs.ts";
import { bytes, type Cable, cable, io, readAll, readText, soon } from "./_socat.ts";
import { compileStandIn } from "./_standin.ts";

const ignore = needs("socat", ["-V"]).ignore || needs("gcc").ignore || Deno.build.os !== "linux";

const NAMES = [
  ...["iflag", "cflag", "lflag", "ispeed", "ospeed", "speed", "lines", "exclusive", "broken"],
  ...["flushed", "started", "cc"],
] as const;

interface Bench {
  readonly line: Cable;
  readonly system: SerialSystem;
  readonly path: string;
  readonly arch: string;
  reset(dropped?: number): void;
  state(): Record<string, number>;
}

function test(name: string, fn: (bench: Bench) => Promise<void>): void {
  for (const arch of ["x86_64", "aarch64"]) {
    Deno.test({
      ignore,
      name: `on macOS's stand-in, as on ${arch}: ${name}`,
      async fn() {
        await using line = await cable();
        const folder = Deno.makeTempDirSync();
        const path = join(folder, "libSystem.so");
        compileStandIn("standin_libsystem.c", path, ...arch === "aarch64" ? ["-DPADDED"] : []);
        const library = Deno.dlopen(path, {
          standin_reset: { parameters: ["u64"], result: "void" },
          standin_state: { parameters: ["buffer"], result: "void" },
        });
        try {
          library.symbols.standin_reset(0n);
          await fn({
            line,
            path,
            arch,
            system: macosSystem([path], arch),
            reset: (dropped = 0) => library.symbols.standin_reset(BigInt(dropped)),
            state() {
              const values = new BigUint64Array(NAMES.length);
              library.symbols.standin_state(values);
              return Object.fromEntries(NAMES.map((key, at) => [key, Number(values[at])]));
            },
          });
        } finally {
          library.close();
          Deno.removeSync(folder, { recursive: true });
        }
      },
    });
  }
}

test("bytes go both ways, and waits end", async ({ line, system }) => {
  const port = await openSerial(line.a, { system, quiet: "50ms" });
  await using instrument = await openSerial(line.b);
  await port.write(bytes("*IDN?\n"), true, io());
  assert.equal(await readText(instrument), "*IDN?\n");
  const answer = readText(port);
  await instrument.write(bytes("mac\n"), true, io());
  assert.equal(await answer, "mac\n");
  await assert.rejects(port.read(new Uint8Array(9), soon()), TimeoutError);
  const giveUp = new AbortController();
  const read = assert.rejects(port.read(new Uint8Array(9), io(giveUp.signal)), /enough/);
  giveUp.abort(new Error("enough"));
  await read;
  await port.recover(io());
  const sent = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);
  const [there, here] = await Promise.all([
    readAll(instrument, sent.length),
    readAll(port, sent.length),
    port.write(sent, true, io()),
    instrument.write(sent, true, io()),
  ]);
  assert.deepEqual(there, sent);
  assert.deepEqual(here, sent);
  const closed = assert.rejects(port.read(new Uint8Array(9), io()), LinkError);
  await port[Symbol.asyncDispose]();
  await closed;
});

test("settings reach the device and are given back", async ({ line, system, state }) => {
  {
    await using port = await openSerial(line.a, {
      system,
      baudRate: 115_200,
      dataBits: 7,
      parity: "even",
      dtr: "on",
      rts: "off",
    });
    assert.equal(port.baudRate, 115_200);
    assert.deepEqual(state(), {
      iflag: 0,
      cflag: 0x200 | CFLAG.PARENB | CFLAG.CREAD | CFLAG.CLOCAL | CFLAG.HUPCL,
      lflag: 0,
      ispeed: 115_200,
      ospeed: 115_200,
      speed: 0,
      lines: 0x22,
      exclusive: 1,
      broken: 0,
      flushed: 3,
      started: 0,
      cc: 0x13110001,
    });
    port.setLines({ dtr: false, rts: true });
    const { dtr, rts, cts } = port.modemLines();
    assert.deepEqual({ dtr, rts, cts }, { dtr: false, rts: true, cts: true });
    await port.sendBreak(1, io());
    assert.equal(state()["broken"], 101);
    port.flush("input");
    assert.equal(state()["flushed"], 1);
    port.flush("output");
    assert.equal(state()["flushed"], 2);
    assert.equal(port.inputWaiting(), 0);
    await port.drain(io());
    assert.throws(() => port.lineErrors(), UnsupportedError);
    await port.recover(io());
    assert.equal(state()["started"], 1);
  }
  assert.equal(state()["exclusive"], 0);
  await using port = await openSerial(line.a, { system, baudRate: 250_000 });
  assert.equal(port.baudRate, 250_000);
  assert.equal(state()["speed"], 250_000);
  assert.equal(state()["ospeed"], 9600);
});

test("what it can't do is refused", async ({ line, system, reset }) => {
  await assert.rejects(openSerial(line.a, { system, parity: "mark" }), /not parity mark/);
  reset(CFLAG.CSTOPB);
  await assert.rejects(openSerial(line.a, { system, stopBits: 2 }), /not 2 stop bits/);
  await assert.rejects(openSerial("/dev/null", { system }), /it is no serial port/);
  await using _port = await openSerial(line.a, { system });
  await assert.rejects(openSerial(line.a, { system }), /in use|has it open already/);
});

test("unplugging ends a read that waits", async ({ line, system }) => {
  await using port = await openSerial(line.a, { system });
  const lost = assert.rejects(port.read(new Uint8Array(9), io()), /is gone/);
  await line.unplug();
  await lost;
  assert.equal(port.alive, false);
});

test("folders, links and texts are read", async ({ line, path, arch }) => {
  const library = loadSystemLibrary(path, arch);
  try {
    const calls = new LibcCalls(library.symbols, macosAbi(library.symbols, arch));
    const folder = line.a.slice(0, -2);
    Deno.writeTextFileSync(`${folder}/text`, "0403\n");
    assert.deepEqual(calls.list(folder), ["a", "b", "text"]);
    assert.deepEqual(calls.list(`${folder}/text`), []);
    assert.equal(calls.readText(`${folder}/text`), "0403");
    assert.equal(calls.readText(`${folder}/absent`), undefined);
    assert.equal(calls.readLink(line.a), Deno.readLinkSync(line.a));
    assert.equal(calls.readLink(`${folder}/text`), undefined);
    assert.equal(calls.realPath(line.a), Deno.realPathSync(line.a));
    assert.equal(calls.realPath(`${folder}/absent`), undefined);
  } finally {
    library.close();
  }
  await Promise.resolve();
});

Deno.test("listMacosPorts() lists call-out devices, without the system's own", () => {
  const none = () => undefined;
  const files = {
    realPath: none,
    readLink: none,
    readText: none,
    list: (folder: string) =>
      folder === "/dev"
        ? ["cu.Bluetooth-Incoming-Port", "cu.usbserial-1410", "tty.usbserial-1410", "null"]
        : [],
  };
  assert.deepEqual(listMacosPorts(files), [{ path: "/dev/cu.usbserial-1410" }]);
});

Deno.test("packTermios() of macOS gives the headers' layout", () => {
  const cases: [SerialOptions, bigint, bigint][] = [
    [{}, 0n, 0xcb00n],
    [{ dtr: "keep" }, 0n, 0x8b00n],
    [{ dataBits: 7, parity: "odd" }, 0n, 0xfa00n],
    [{ dataBits: 5, stopBits: 1.5 }, 0n, 0xcc00n],
    [{ flowControl: "rts/cts" }, 0n, 0x3cb00n],
    [{ flowControl: "xon/xoff" }, 0x600n, 0xcb00n],
  ];
  for (const [options, iflag, cflag] of cases) {
    const { settings } = checkOptions({ ...options, baudRate: 57_600 });
    const packed = packTermios(new Uint8Array(TERMIOS_SIZE), settings);
    const words = new BigUint64Array(packed.buffer);
    assert.equal(words[0], iflag);
    assert.equal(words[2], cflag, JSON.stringify(options));
    assert.deepEqual([words[7], words[8]], [57_600n, 57_600n]);
    assert.deepEqual(differences(packed, settings, false), []);
    assert.deepEqual(packTermios(packed, settings), packed);
  }
});

Deno.test("kevents have the headers' layout, and the bell is no source", () => {
  const read = packKevent(7, -1, 0x11);
  assert.deepEqual([...read.subarray(0, 16)], [
    7,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    255,
    255,
    17,
    0,
    0,
    0,
    0,
    0,
  ]);
  assert.equal(read.length, 32);
  const array = new Uint8Array([...read, ...packKevent(0, -10, 0, 1), ...packKevent(8, -2, 0)]);
  assert.deepEqual(unpackKevents(array, 3), [
    { source: 7, directions: ["read"] },
    { source: 8, directions: ["write"] },
  ]);
  assert.deepEqual(unpackKevents(array, 0), []);
});
