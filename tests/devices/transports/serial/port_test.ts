import assert from "node:assert/strict";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import {
  LinkError,
  TimeoutError,
  UnsupportedError,
} from "../../../../devices/transports/errors.ts";
import { openSerial, serialPorts } from "../../../../devices/transports/serial/mod.ts";
import { needs } from "../../../_needs.ts";
import { bytes, cable, io, readAll, readText, soon } from "./_socat.ts";

const socat = needs("socat", ["-V"]);

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ ...socat, name, fn });
}

test("openSerial() sets any baud rate and reads it back", async () => {
  await using line = await cable();
  for (const baudRate of [50, 9600, 115_200, 250_000, 1_234_567]) {
    await using port = await openSerial(line.a, { baudRate });
    assert.equal(port.baudRate, baudRate);
    const shown = await new Deno.Command("stty", { args: ["-F", line.a, "-a"] }).output();
    const text = new TextDecoder().decode(shown.stdout);
    assert.match(text, /-icanon/);
    assert.match(text, /-opost/);
    assert.match(text, /min = 1; time = 0/);
  }
});

test("openSerial() takes a link to the device, and names both", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  assert.match(port.path, /^\/dev\/pts\/\d+$/);
  assert.equal(port.resource, `ASRL${line.a}::INSTR`);
  assert.equal(port.hasEnd, false);
  assert.equal(port.alive, true);
});

test("read() gives what there is, and takes a partial line as it comes", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  await instrument.write(bytes("1.2"), true, io());
  assert.equal(await readText(port), "1.2");
  const rest = readText(port);
  await instrument.write(bytes("5\n"), true, io());
  assert.equal(await rest, "5\n");
  await instrument.write(bytes("\0\x03\x11\x13\r\n\xff"), true, io());
  assert.deepEqual(await readAll(port, 8), bytes("\0\x03\x11\x13\r\n\xff"));
});

test("read() times out when the instrument is silent, and goes on afterwards", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  const started = systemClock.monotonic();
  const error = await port.read(new Uint8Array(9), soon()).then(() => undefined, (e) => e);
  assert.ok(error instanceof TimeoutError);
  assert.equal(error.resource, port.resource);
  assert.ok(error.elapsed >= 29 && error.elapsed <= systemClock.monotonic() - started);
  assert.equal(port.alive, true);
  await instrument.write(bytes("late"), true, io());
  assert.equal(await readText(port), "late");
});

test("read() and write() refuse at once when the signal has aborted or the deadline is past", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  const reason = new Error("enough");
  const aborted = io(AbortSignal.abort(reason));
  await assert.rejects(port.read(new Uint8Array(1), aborted), reason);
  await assert.rejects(port.write(bytes("x"), true, aborted), reason);
  await assert.rejects(port.drain(aborted), reason);
  await assert.rejects(port.sendBreak(1, aborted), reason);
  await assert.rejects(port.recover(aborted), reason);
  await assert.rejects(port.read(new Uint8Array(1), soon(-5)), TimeoutError);
  await assert.rejects(port.read(new Uint8Array(0), io()), RangeError);
});

test("recover() throws away what came late, so that it is no answer to the next query", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a, { quiet: "500ms" });
  await using instrument = await openSerial(line.b);
  await assert.rejects(port.read(new Uint8Array(9), soon()), TimeoutError);
  await instrument.write(bytes("waiting"), true, io());
  while (port.inputWaiting() < 7) await sleep(systemClock, 1);
  const recovered = port.recover(io());
  await instrument.write(bytes("late"), true, io());
  assert.match(await recovered, /silent for 500 ms; 4 late bytes/);
  await instrument.write(bytes("next"), true, io());
  assert.equal(await readText(port), "next");
});

test("recover() fails when the instrument does not fall silent", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a, { quiet: "1h" });
  await assert.rejects(port.recover(soon(20)), (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(error.message, /not silent/);
    return true;
  });
});

test("flush() throws unsolicited bytes away", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  await instrument.write(bytes("ready\n"), true, io());
  while (port.inputWaiting() < 6) await sleep(systemClock, 1);
  port.flush("output");
  assert.equal(port.inputWaiting(), 6);
  port.flush("input");
  assert.equal(port.inputWaiting(), 0);
  assert.equal(port.outputWaiting(), 0);
  await port.drain(io());
});

test("write() waits for room, times out without it, and can be given up", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a, { quiet: "50ms" });
  await using instrument = await openSerial(line.b);
  const flood = new Uint8Array(1_000_000);
  await assert.rejects(port.write(flood, true, soon(50)), TimeoutError);
  const giveUp = new AbortController();
  const written = port.write(flood, true, io(giveUp.signal));
  giveUp.abort(new Error("enough"));
  await assert.rejects(written, /enough/);
  // The other end drains what it took.
  const drained = instrument.read(new Uint8Array(100), io());
  assert.ok((await drained).count > 0);
});

test("a million bytes arrive whole and in order while both sides read and write", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  const sent = Uint8Array.from(
    { length: 1_000_000 },
    (_, index) => (index * 31 + (index >> 8)) % 256,
  );
  const back = sent.toReversed();
  const [there, here] = await Promise.all([
    readAll(instrument, sent.length),
    readAll(port, back.length),
    (async () => {
      for (let at = 0; at < sent.length; at += 7001) {
        await port.write(sent.subarray(at, at + 7001), true, io());
      }
    })(),
    instrument.write(back, true, io()),
  ]);
  assert.deepEqual(there, sent);
  assert.deepEqual(here, back);
});

test("an aborted read loses no byte", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  for (let round = 0; round < 50; round++) {
    const giveUp = new AbortController();
    const read = port.read(new Uint8Array(9), io(giveUp.signal)).catch((error) => error);
    await Promise.resolve();
    giveUp.abort(new Error("enough"));
    assert.match(String(await read), /enough/);
    await instrument.write(bytes(`${round}`), true, io());
    assert.equal(await readText(port), `${round}`);
  }
});

test("closing ends what waits; a second close and whatever comes after are told so", async () => {
  await using line = await cable();
  const port = await openSerial(line.a);
  const read = assert.rejects(port.read(new Uint8Array(9), io()), LinkError);
  await port[Symbol.asyncDispose]();
  await read;
  await port[Symbol.asyncDispose]();
  assert.equal(port.alive, false);
  await assert.rejects(port.read(new Uint8Array(9), io()), /is closed/);
  await assert.rejects(port.write(bytes("x"), true, io()), /is closed/);
  await assert.rejects(port.recover(io()), /is closed/);
  await assert.rejects(port.drain(io()), /is closed/);
  assert.throws(() => port.inputWaiting(), /is closed/);

  const writer = await openSerial(line.a);
  const written = assert.rejects(writer.write(new Uint8Array(1e6), true, io()), LinkError);
  await sleep(systemClock, 20);
  await writer[Symbol.asyncDispose]();
  await written;

  const recovering = await openSerial(line.a, { quiet: "1h" });
  const recovered = assert.rejects(recovering.recover(io()), /is closed/);
  await recovering[Symbol.asyncDispose]();
  await recovered;
});

test("unplugging ends a read that waits, and the port opens anew when it is back", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  const read = port.read(new Uint8Array(9), io());
  const lost = assert.rejects(read, (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(error.message, /is gone/);
    return true;
  });
  await line.unplug();
  await lost;
  assert.equal(port.alive, false);
  await assert.rejects(port.write(bytes("x"), true, io()), LinkError);
  await assert.rejects(openSerial(line.a), /there is no such file/);
  await line.plug();
  await using again = await openSerial(line.a);
  await using instrument = await openSerial(line.b);
  await instrument.write(bytes("back"), true, io());
  assert.equal(await readText(again), "back");
});

test("alive is false when the port left while nothing waited", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a);
  assert.equal(port.alive, true);
  await line.unplug();
  assert.equal(port.alive, false);
  await assert.rejects(port.write(bytes("x"), true, io()), LinkError);
});

test("64 silent ports hold up neither files, names nor timers, and time out within 50 ms", async () => {
  const lines = await Promise.all(Array.from({ length: 32 }, cable));
  await using stack = new AsyncDisposableStack();
  for (const line of lines) stack.use(line);
  const ports = await Promise.all(
    lines.flatMap(({ a, b }) => [a, b]).map((path) => openSerial(path)),
  );
  for (const port of ports) stack.use(port);

  const ended: string[] = [];
  const giveUp = new AbortController();
  const forever = ports.map((port) =>
    port.read(new Uint8Array(9), { deadline: Infinity, signal: giveUp.signal })
      .catch((error) => void ended.push(String(error)))
  );
  // None of these would end while the ports wait, if a port took a thread.
  const folder = Deno.makeTempDirSync();
  stack.defer(() => Deno.removeSync(folder, { recursive: true }));
  await Promise.all(
    Array.from({ length: 40 }, async (_, index) => {
      await Deno.writeTextFile(`${folder}/${index}`, "x");
      assert.equal(await Deno.readTextFile(`${folder}/${index}`), "x");
    }),
  );
  const server = Deno.listen({ port: 0 });
  stack.defer(() => server.close());
  (await Deno.connect({ hostname: "localhost", port: server.addr.port })).close();
  await crypto.subtle.digest("SHA-256", new Uint8Array(1));
  await sleep(systemClock, 1);
  assert.deepEqual(ended, []);
  giveUp.abort(new Error("enough"));
  await Promise.all(forever);
  assert.deepEqual(new Set(ended), new Set(["Error: enough"]));
  assert.equal(ended.length, 64);

  // How late each time-out is, beside a plain timer of the same deadline: a busy machine delays both.
  const monotonic = () => systemClock.monotonic();
  const start = monotonic() + 50;
  const files = new AbortController();
  const busy = (async () => {
    while (!files.signal.aborted) {
      await Deno.writeTextFile(`${folder}/busy`, "x");
      assert.equal(await Deno.readTextFile(`${folder}/busy`), "x");
    }
  })();
  await Promise.all(ports.map(async (port, index) => {
    const deadline = start + 5 * index;
    const plain = systemClock.sleepUntil(deadline).then(() => monotonic() - deadline);
    const error = await port.read(new Uint8Array(9), { deadline }).catch((error) => error);
    const late = monotonic() - deadline;
    assert.ok(error instanceof TimeoutError);
    const extra = late - await plain;
    assert.ok(late >= 0 && extra <= 50, `port ${index} was ${extra} ms later than a timer`);
  }));
  files.abort();
  await busy;
});

test("openSerial() refuses a port that this program has open, and takes it after it is closed", async () => {
  await using line = await cable();
  {
    await using _port = await openSerial(line.a);
    await assert.rejects(openSerial(line.a), (error) => {
      assert.ok(error instanceof LinkError);
      assert.match(
        error.message,
        new RegExp(`this program has it open already \\(pid ${Deno.pid}\\)`),
      );
      return true;
    });
    await using _second = await openSerial(line.a, { exclusive: false });
  }
  await using _again = await openSerial(line.a);
});

test("what a pseudo terminal has not is refused, not made up", async () => {
  await using line = await cable();
  await using port = await openSerial(line.a, { dataBits: 7, parity: "even", stopBits: 2 });
  assert.throws(() => port.modemLines(), UnsupportedError);
  assert.throws(() => port.setLines({ dtr: true }), UnsupportedError);
  assert.throws(() => port.lineErrors(), UnsupportedError);
  assert.equal(port.lowLatency, false);
  assert.equal(port.alive, true);
  await port.sendBreak(1, io());
});

test("sendBreak() ends at its deadline and by its signal", async () => {
  await using line = await cable();
  const port = await openSerial(line.a);
  await assert.rejects(port.sendBreak(60_000, soon(5)), TimeoutError);
  await assert.rejects(port.sendBreak(0, io()), RangeError);
  const giveUp = new AbortController();
  const sent = assert.rejects(port.sendBreak(60_000, io(giveUp.signal)), /enough/);
  giveUp.abort(new Error("enough"));
  await sent;
  const closed = assert.rejects(port.sendBreak(60_000, { deadline: Infinity }), LinkError);
  await port[Symbol.asyncDispose]();
  await closed;
});

Deno.test("openSerial() says what is wrong with a path", async () => {
  const file = Deno.makeTempFileSync();
  try {
    await assert.rejects(openSerial(file), /it is no serial port/);
    await assert.rejects(openSerial(`${file}/x`), /there is no such file/);
    await assert.rejects(openSerial("/dev/no-such-port"), /there is no such file/);
    await assert.rejects(openSerial("/dev/null"), /it is no serial port/);
    await assert.rejects(openSerial("a\0b"), TypeError);
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("serialPorts() lists paths of devices", () => {
  for (const { path } of serialPorts()) assert.ok(Deno.statSync(path).isCharDevice, path);
});
