import assert from "node:assert/strict";
import { join } from "node:path";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import {
  LinkError,
  TimeoutError,
  UnsupportedError,
} from "../../../../devices/transports/errors.ts";
import { openSerial, type SerialOptions } from "../../../../devices/transports/serial/mod.ts";
import { checkOptions } from "../../../../devices/transports/serial/options.ts";
import type { SerialSystem } from "../../../../devices/transports/serial/system.ts";
import {
  DCB_SIZE,
  differences,
  fromWideString,
  linesOf,
  packDcb,
  packTimeouts,
  wideString,
} from "../../../../devices/transports/serial/windows/dcb.ts";
import { Events } from "../../../../devices/transports/serial/windows/events.ts";
import { loadKernel32 } from "../../../../devices/transports/serial/windows/kernel32.ts";
import { devicePath, windowsSystem } from "../../../../devices/transports/serial/windows/system.ts";
import { needs } from "../../../_needs.ts";
import { bytes, type Cable, cable, io, readAll, readText, soon } from "./_socat.ts";
import { compileStandIn } from "./_standin.ts";

const ignore = needs("socat", ["-V"]).ignore || needs("gcc").ignore || Deno.build.os !== "linux";

interface Bench {
  readonly line: Cable;
  readonly path: string;
  readonly system: SerialSystem;
  reset(refused?: number): void;
  state(): { handles: number; events: number; going: number; escapes: number; words: number[] };
}

function test(name: string, fn: (bench: Bench) => Promise<void>): void {
  Deno.test({
    ignore,
    name: `on Windows' stand-in: ${name}`,
    async fn() {
      await using line = await cable();
      const folder = Deno.makeTempDirSync();
      const path = join(folder, "kernel32.so");
      // A thread of the stand-in may be at its very end when the library is unloaded.
      compileStandIn("standin_kernel32.c", path, "-pthread", "-Wl,-z,nodelete");
      const library = Deno.dlopen(path, {
        standin_reset: { parameters: ["u32"], result: "void" },
        standin_state: { parameters: ["buffer"], result: "void" },
      });
      const state = () => {
        const all = new Uint32Array(16);
        library.symbols.standin_state(all);
        const [handles = 0, events = 0, going = 0, escapes = 0, ...words] = all;
        return { handles, events, going, escapes, words };
      };
      try {
        library.symbols.standin_reset(0);
        await fn({
          line,
          path,
          system: windowsSystem([path], [path]),
          reset: (refused = 0) => library.symbols.standin_reset(refused),
          state,
        });
        const { handles, events, going } = state();
        assert.deepEqual({ handles, events, going }, { handles: 0, events: 0, going: 0 });
      } finally {
        library.close();
        Deno.removeSync(folder, { recursive: true });
      }
    },
  });
}

test("bytes go both ways, and waits end", async ({ line, system }) => {
  await using instrument = await openSerial(line.b);
  await using port = await openSerial(line.a, { system, quiet: "50ms" });
  await port.write(bytes("*IDN?\n"), true, io());
  assert.equal(await readText(instrument), "*IDN?\n");
  const answer = readText(port);
  await instrument.write(bytes("windows\n"), true, io());
  assert.equal(await answer, "windows\n");
  // A read that is given up loses nothing, though the system's own read went on.
  const giveUp = new AbortController();
  const read = assert.rejects(port.read(new Uint8Array(9), io(giveUp.signal)), /enough/);
  giveUp.abort(new Error("enough"));
  await read;
  await instrument.write(bytes("12345"), true, io());
  const first = new Uint8Array(2);
  assert.equal((await port.read(first, io())).count, 2);
  assert.deepEqual(first, bytes("12"));
  assert.equal(port.inputWaiting(), 3);
  assert.equal(await readText(port), "345");
  await assert.rejects(port.read(new Uint8Array(9), soon()), TimeoutError);
  await instrument.write(bytes("late"), true, io());
  while (port.inputWaiting() < 4) await sleep(systemClock, 1);
  await port.recover(io());
  await instrument.write(bytes("next"), true, io());
  assert.equal(await readText(port), "next");
});

test("a lot of bytes arrive whole and in order both ways", async ({ line, system }) => {
  await using instrument = await openSerial(line.b);
  await using port = await openSerial(line.a, { system });
  const sent = Uint8Array.from({ length: 300_000 }, (_, index) => index % 251);
  const [there, here] = await Promise.all([
    readAll(instrument, sent.length),
    readAll(port, sent.length),
    port.write(sent, true, io()),
    instrument.write(sent, true, io()),
  ]);
  assert.deepEqual(there, sent);
  assert.deepEqual(here, sent);
});

test("a write without room times out, and recover() ends it", async ({ line, system }) => {
  await using port = await openSerial(line.a, { system, quiet: "20ms" });
  await assert.rejects(port.write(new Uint8Array(1e6), true, soon(50)), TimeoutError);
  await port.recover(io());
  const closed = assert.rejects(port.write(new Uint8Array(1e6), true, io()), LinkError);
  await sleep(systemClock, 20);
  await port[Symbol.asyncDispose]();
  await closed;
});

test("closing and unplugging end what waits", async ({ line, system }) => {
  const port = await openSerial(line.a, { system });
  assert.equal(port.alive, true);
  const closed = assert.rejects(port.read(new Uint8Array(9), io()), /is closed/);
  await port[Symbol.asyncDispose]();
  await closed;
  await using again = await openSerial(line.a, { system });
  const lost = assert.rejects(again.read(new Uint8Array(9), io()), /is gone/);
  await line.unplug();
  await lost;
  assert.equal(again.alive, false);
});

test("settings, lines and breaks reach the device", async ({ line, system, state }) => {
  await using port = await openSerial(line.a, { system, baudRate: 250_000, parity: "mark" });
  assert.equal(port.baudRate, 250_000);
  assert.deepEqual(state().words.slice(0, 5), [0xffffffff, 0xffffffff, 0xfffffffe, 0, 0]);
  assert.equal(state().words[6], 250_000);
  assert.deepEqual(port.modemLines(), {
    dtr: true,
    rts: true,
    cts: true,
    dsr: false,
    cd: true,
    ri: false,
  });
  port.setLines({ dtr: false });
  port.setLines({ dtr: true, rts: false });
  const { dtr, rts } = port.modemLines();
  assert.deepEqual({ dtr, rts }, { dtr: true, rts: false });
  await port.sendBreak(1, io());
  assert.equal(state().escapes, 65489);
  await port.recover(io());
  assert.equal(state().escapes, 654892);
  assert.throws(() => port.lineErrors(), UnsupportedError);
  await port.drain(io());
});

test("each way in which opening fails says what to do", async ({ line, system, reset }) => {
  await assert.rejects(openSerial(`${line.a}x`, { system }), /there is no such port/);
  await assert.rejects(openSerial("/dev/null", { system }), /it is no serial port/);
  reset(1);
  await assert.rejects(openSerial(line.a, { system, stopBits: 2 }), /its driver refuses 9600 baud/);
  reset(2);
  await assert.rejects(openSerial(line.a, { system, stopBits: 2 }), /not 2 stop bits/);
  reset(3);
  await using port = await openSerial(line.a, { system });
  assert.throws(() => port.setLines({ dtr: true }), UnsupportedError);
  await assert.rejects(openSerial(line.a, { system }), /in use by another program/);
});

test("the registry's ports are listed by number", async ({ system, reset }) => {
  assert.deepEqual(system.ports(), [
    { path: "COM3", driver: "\\Device\\Serial" },
    { path: "COM10", driver: "\\Device\\Serial" },
  ]);
  reset(4);
  assert.deepEqual(system.ports(), []);
  await Promise.resolve();
});

test("more events than one wait takes are waited for in turn", async ({ path }) => {
  const library = loadKernel32(path);
  const events = new Events(library.symbols);
  const ports = Array.from({ length: 100 }, () => events.register());
  for (const port of ports) events.arm(port.source, ["read"]);
  for (const at of [0, 62, 63, 99]) {
    const port = ports[at];
    assert.ok(port !== undefined);
    library.symbols.SetEvent(port.events.read);
    let ready = await events.wait();
    while (ready.length === 0) ready = await events.wait();
    assert.deepEqual(ready, [{ source: port.source, directions: ["read"] }]);
  }
  // A port may leave while it is waited for: its events are closed afterwards.
  for (const port of ports.slice(3)) events.remove(port.source);
  const waiting = events.wait();
  for (const port of ports.slice(0, 3)) events.remove(port.source);
  assert.deepEqual(await waiting, []);
  events.close();
  library.close();
});

Deno.test("packDcb() gives the documented layout", () => {
  const cases: [SerialOptions, number, number[]][] = [
    [{}, 0x1011, [8, 0, 0]],
    [{ dtr: "off", rts: "off" }, 0x0001, [8, 0, 0]],
    [{ dataBits: 7, parity: "odd" }, 0x1013, [7, 1, 0]],
    [{ parity: "even" }, 0x1013, [8, 2, 0]],
    [{ parity: "mark" }, 0x1013, [8, 3, 0]],
    [{ parity: "space" }, 0x1013, [8, 4, 0]],
    [{ dataBits: 5, stopBits: 1.5 }, 0x1011, [5, 0, 1]],
    [{ stopBits: 2 }, 0x1011, [8, 0, 2]],
    [{ flowControl: "rts/cts" }, 0x2015, [8, 0, 0]],
    [{ flowControl: "xon/xoff" }, 0x1311, [8, 0, 0]],
  ];
  for (const [options, bits, frame] of cases) {
    const { settings } = checkOptions({ ...options, baudRate: 57_600 });
    const dcb = packDcb(new Uint8Array(DCB_SIZE).fill(255), settings);
    const fields = new DataView(dcb.buffer);
    assert.equal(fields.getUint32(0, true), 28);
    assert.equal(fields.getUint32(4, true), 57_600);
    assert.equal(fields.getUint32(8, true), bits, JSON.stringify(options));
    assert.deepEqual([...dcb.subarray(18, 23)], [...frame, 0x11, 0x13]);
    assert.deepEqual(differences(dcb, settings), []);
  }
  const kept = new Uint8Array(DCB_SIZE);
  kept[8] = 0x10;
  const { settings } = checkOptions({ dtr: "keep", rts: "keep" });
  assert.deepEqual(linesOf(packDcb(kept, settings)), { dtr: true, rts: false });
});

Deno.test("differences() of Windows says what a driver made otherwise", () => {
  const asked = checkOptions({ baudRate: 1e6, dataBits: 7, parity: "even", stopBits: 2 }).settings;
  const made = checkOptions({ flowControl: "xon/xoff" }).settings;
  assert.deepEqual(differences(packDcb(new Uint8Array(DCB_SIZE), made), asked), [
    "9600 baud instead of 1000000",
    "not 7 data bits",
    "not parity even",
    "not 2 stop bits",
    "not flow control none",
  ]);
});

Deno.test("names and times are as Windows takes them", () => {
  assert.equal(devicePath("COM12"), "\\\\.\\COM12");
  assert.equal(devicePath("\\\\.\\COM12"), "\\\\.\\COM12");
  assert.deepEqual([...wideString("Aµ")], [0x41, 0, 0xb5, 0, 0, 0]);
  assert.equal(fromWideString(wideString("COM3\0x")), "COM3");
  assert.equal(packTimeouts().length, 20);
});
