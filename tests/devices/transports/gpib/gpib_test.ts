import assert from "node:assert/strict";
import { MessageSession } from "../../../../devices/message_session.ts";
import { LinkError, TimeoutError } from "../../../../devices/transports/errors.ts";
import { openGpib } from "../../../../devices/transports/gpib/open.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { bytes, query, text, within } from "../prologix/_bench.ts";
import { type Standin, withStandin } from "./_standin.ts";

const gcc = needs("gcc");

function test(name: string, use: (standin: Standin) => Promise<void>, ...flags: string[]): void {
  Deno.test({ ...gcc, name, fn: () => withStandin(use, ...flags) });
}

test("openGpib() writes, reads, and sees the end", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  assert.deepEqual([link.resource, link.hasEnd, link.alive], ["GPIB0::5::INSTR", true, true]);
  await logTo(link);
  const target = new Uint8Array(4);
  await link.write(bytes("*I"), false, within(5000));
  await link.write(bytes("DN?"), true, within(5000));
  assert.deepEqual(await link.read(target, within(5000)), { count: 4, end: false });
  assert.equal(text(target), "STAN");
  const rest = new Uint8Array(100);
  assert.deepEqual(await link.read(rest, within(5000)), { count: 6, end: true });
  assert.equal(text(rest.subarray(0, 6)), "DIN,5\n");
  assert.deepEqual(transcript(), ["write 5:0 *IDN?", "answered 5:0 10"]);
});

test("openGpib() does the same by the names of NI-488.2", async ({ open }) => {
  await using link = await open(5);
  await link.write(bytes("*I"), false, within(5000));
  assert.equal(await query(link, "DN?", within(5000)), "STANDIN,5\n");
  await link.write(bytes("LINES?"), true, within(5000));
  const target = new Uint8Array(100);
  assert.deepEqual(await link.read(target, { ...within(5000), stopAt: 10 }), {
    count: 4,
    end: false,
  });
  assert.deepEqual(await link.read(target, within(5000)), { count: 4, end: true });
  await assert.rejects(link.read(target, within(30)), TimeoutError);
  await link.setRemote?.(true, within(5000));
}, "-DAS_NI");

test("openGpib() reaches a secondary address", async ({ open }) => {
  await using link = await open(9, 2);
  assert.equal(link.resource, "GPIB0::9::2::INSTR");
  assert.equal(await query(link, "*IDN?", within(5000)), "STANDIN,9\n");
  await using bare = await open(9);
  await assert.rejects(bare.write(bytes("*IDN?"), true, within(5000)), /nothing listens/);
});

test("read() stops at a byte only if told, and says so as no end", async ({ open }) => {
  await using link = await open(5);
  const target = new Uint8Array(100);
  await link.write(bytes("LINES?"), true, within(5000));
  assert.deepEqual(await link.read(target, { ...within(5000), stopAt: 10 }), {
    count: 4,
    end: false,
  });
  assert.deepEqual(await link.read(target, { ...within(5000), stopAt: 10 }), {
    count: 4,
    end: false,
  });
  await link.write(bytes("LINES?"), true, within(5000));
  assert.deepEqual(await link.read(target, within(5000)), { count: 8, end: true });
});

test("a block of a megabyte goes both ways whole", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await logTo(link);
  const session = new MessageSession(link, { timeout: "20s" });
  const block = await session.queryBlock("PATTERN? 1000000");
  assert.equal(block.length, 1_000_000);
  assert.ok(block.every((byte, at) => byte === ((at * 7 + Math.floor(at / 256)) & 255)));
  assert.equal(await session.query("*IDN?"), "STANDIN,5");
  // The session's own newline is not counted.
  await session.write("x".repeat(1_000_000));
  assert.equal(await session.query("LENGTH?"), "1000000");
  assert.deepEqual(transcript().filter((line) => line.includes("bytes")), [
    "write 5:0 1000000 bytes",
  ]);
});

test("interleaved queries are never swapped, and one call is in the library at a time", async ({ open, logTo, transcript }) => {
  const places: readonly (readonly [number, number?])[] = [[5], [6], [9, 2], [12]];
  const links = await Promise.all(places.map(([primary, secondary]) => open(primary, secondary)));
  await using _links = {
    [Symbol.asyncDispose]: async () =>
      void await Promise.all(links.map((link) => link[Symbol.asyncDispose]())),
  };
  const [first] = links;
  assert.ok(first !== undefined);
  await logTo(first);
  await Promise.all(links.map(async (link, at) => {
    for (let number = 0; number < 100; number++) {
      const answer = await query(link, `OWN? ${number}`, within(20_000));
      assert.equal(answer, `${places[at]?.[0]} ${number}\n`);
    }
  }));
  const lines = transcript();
  assert.equal(lines.filter((line) => line.startsWith("answered")).length, 400);
  assert.ok(!lines.includes("TWO AT ONCE"));
});

test("a slow instrument keeps neither another nor the program waiting", async ({ open }) => {
  await using slow = await open(5);
  await using quick = await open(6);
  let done = false;
  const answer = query(slow, "SLOW? 2000", within(60_000)).then((line) => {
    done = true;
    return line;
  });
  let ticks = 0;
  const ticking = new AbortController();
  const tick = (async () => {
    while (!ticking.signal.aborted) {
      await sleep(systemClock, 5);
      ticks += 1;
    }
  })();
  for (let count = 0; count < 3; count++) {
    assert.equal(await query(quick, "*IDN?", within(30_000)), "STANDIN,6\n");
    assert.equal(done, false);
  }
  ticking.abort();
  await tick;
  assert.ok(ticks > 4, `${ticks}`);
  assert.equal(await answer, "slow\n");
});

test("a time-out is on time though the call lasts longer, and leaves the others their turn", async ({ open }) => {
  await using link = await open(5);
  await using other = await open(6);
  await link.write(bytes("HOLD 1500"), true, within(5000));
  // The bus itself is held now: whoever waits for it is told in time all the same.
  const held = assert.rejects(link.write(bytes("*IDN?"), true, within(50)), TimeoutError);
  const waiting = assert.rejects(other.write(bytes("*IDN?"), true, within(100)), TimeoutError);
  await held;
  await waiting;
  assert.equal(await query(other, "*IDN?", within(30_000)), "STANDIN,6\n");
});

test("a transfer that lasts longer than a slice loses no byte", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await using _other = await open(6);
  await logTo(link);
  // 11 bytes at 40 ms each: the slices of 100 ms end in between.
  assert.equal(await query(link, "DRIP? 40", within(30_000)), "0123456789\n");
  assert.deepEqual(transcript().slice(-2), ["write 5:0 DRIP? 40", "answered 5:0 11"]);
});

test("recover() clears, and a late answer is never the next one's", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await logTo(link);
  const session = new MessageSession(link, { timeout: "60ms", recoveryTimeout: "20s" });
  await assert.rejects(session.query("SLOW? 200"), TimeoutError);
  assert.equal(await session.query("OWN? 1", { timeout: "20s" }), "5 1");
  await sleep(systemClock, 250);
  assert.equal(await session.query("OWN? 2", { timeout: "20s" }), "5 2");
  assert.deepEqual(transcript().filter((line) => !line.startsWith("answered")), [
    "write 5:0 SLOW? 200",
    "clear 5:0",
    "poll 5:0 0",
    "write 5:0 OWN? 1",
    "write 5:0 OWN? 2",
  ]);
});

test("recover() reads away what an instrument keeps that does not hear a clear", async ({ open }) => {
  await using link = await open(5);
  await link.write(bytes("DEAF"), true, within(5000));
  await link.write(bytes("LINES?"), true, within(5000));
  assert.equal(
    await link.recover(within(5000)),
    "cleared GPIB0::5::INSTR, and threw 8 bytes away that came late",
  );
  assert.equal(await query(link, "*IDN?", within(5000)), "STANDIN,5\n");
});

test("recover() clears the whole bus if it hangs", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await logTo(link);
  await link.write(bytes("JAM"), true, within(5000));
  await assert.rejects(link.readStatusByte?.(within(5000)) ?? Promise.resolve(), TimeoutError);
  assert.equal(await link.recover(within(10_000)), "cleared the bus and GPIB0::5::INSTR");
  assert.equal(await query(link, "*IDN?", within(5000)), "STANDIN,5\n");
  assert.deepEqual(transcript(), [
    "write 5:0 JAM",
    "ifc",
    "ren 1",
    "clear 5:0",
    "poll 5:0 0",
    "write 5:0 *IDN?",
    "answered 5:0 10",
  ]);
});

test("signals reach the instrument", async ({ open, logTo, transcript }) => {
  await using link = await open(9, 2);
  await logTo(link);
  await link.write(bytes("STB 33"), true, within(5000));
  assert.equal(await link.readStatusByte?.(within(5000)), 33);
  await link.trigger?.(within(5000));
  await link.clear?.(within(5000));
  await link.setRemote?.(true, within(5000));
  await link.setRemote?.(false, within(5000));
  assert.equal(link.lock, undefined);
  assert.deepEqual(transcript(), [
    "write 9:98 STB 33",
    "poll 9:98 33",
    "trigger 9:98",
    "clear 9:98",
    "ren 1",
    "local 9:98",
  ]);
});

test("an operation is given up while it waits for its turn, and while it is in the library", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await using other = await open(6);
  await logTo(link);
  await link.write(bytes("HOLD 300"), true, within(5000));
  const holding = link.write(bytes("*IDN?"), true, within(60_000));
  const table:
    readonly (readonly [string, (signal: AbortSignal) => Promise<unknown> | undefined])[] = [
      ["write", (signal) => other.write(bytes("never"), true, within(60_000, signal))],
      ["read", (signal) => other.read(new Uint8Array(9), within(60_000, signal))],
      ["trigger", (signal) => other.trigger?.(within(60_000, signal))],
      ["clear", (signal) => other.clear?.(within(60_000, signal))],
      ["status byte", (signal) => other.readStatusByte?.(within(60_000, signal))],
      ["recover", (signal) => other.recover(within(60_000, signal))],
    ];
  for (const [name, act] of table) {
    const given = new AbortController();
    const acting = Promise.resolve(act(given.signal));
    given.abort(new Error(`enough of ${name}`));
    await assert.rejects(acting, new RegExp(`enough of ${name}`));
    await assert.rejects(Promise.resolve(act(given.signal)), /enough/);
  }
  await holding;
  // In the library: a read that nothing ends, and a write that is held.
  const reading = new AbortController();
  const unread = other.read(new Uint8Array(9), within(60_000, reading.signal));
  await sleep(systemClock, 20);
  reading.abort(new Error("enough"));
  await assert.rejects(unread, /enough/);
  await other.recover(within(60_000));
  assert.equal(await query(other, "*IDN?", within(60_000)), "STANDIN,6\n");
  await link.write(bytes("HOLD 200"), true, within(5000));
  const writing = new AbortController();
  const unwritten = link.write(bytes("ECHO? held"), true, within(60_000, writing.signal));
  await sleep(systemClock, 20);
  writing.abort(new Error("enough"));
  await assert.rejects(unwritten, /enough/);
  await link.recover(within(60_000));
  assert.equal(await query(link, "OWN? 3", within(60_000)), "5 3\n");
  const lines = transcript();
  assert.ok(!lines.some((line) => /never|trigger|clear 6:0.*clear 6:0/.test(line)), lines.join());
  assert.equal(lines.filter((line) => line === "clear 6:0").length, 1);
});

test("what comes after a reader has given up does not get to it", async ({ open, logTo, transcript }) => {
  await using link = await open(5);
  await logTo(link);
  await link.write(bytes("SLOW? 250"), true, within(5000));
  const target = new Uint8Array(9);
  const giving = new AbortController();
  const reading = link.read(target, within(60_000, giving.signal));
  await sleep(systemClock, 20);
  giving.abort(new Error("enough"));
  await assert.rejects(reading, /enough/);
  // A turn later the answer has come all the same.
  await link.readStatusByte?.(within(60_000));
  assert.ok(transcript().includes("answered 5:0 5"), transcript().join());
  assert.deepEqual(target, new Uint8Array(9));
});

test("closing ends whoever waits, and closes the device", async ({ open, logTo, transcript }) => {
  const link = await open(5);
  await using other = await open(6);
  await logTo(other);
  const reading = assert.rejects(link.read(new Uint8Array(9), within(60_000)), {
    name: "LinkError",
    message: /is closed/,
  });
  await link[Symbol.asyncDispose]();
  await link[Symbol.asyncDispose]();
  await reading;
  assert.equal(link.alive, false);
  await assert.rejects(link.write(bytes("x"), true, within(100)), LinkError);
  assert.equal(await query(other, "*IDN?", within(5000)), "STANDIN,6\n");
  assert.deepEqual(transcript().filter((line) => line === "close").length, 1);
  // The last one out ends the Worker; the next one starts another.
  await other[Symbol.asyncDispose]();
  await using again = await open(6);
  assert.equal(await query(again, "*IDN?", within(5000)), "STANDIN,6\n");
});

test("an address where nothing is, is told from a board that is not there", async ({ open, library }) => {
  await using nobody = await open(20);
  await assert.rejects(nobody.write(bytes("*IDN?"), true, within(5000)), {
    name: "LinkError",
    message: "Cannot write to GPIB0::20::INSTR, as nothing listens at its address (ENOL). " +
      "Check its address, its power and its cable.",
  });
  assert.equal(nobody.alive, true);
  await assert.rejects(nobody.read(new Uint8Array(9), within(50)), TimeoutError);
  const at = (board: number) => openGpib({ board, primary: 5 }, within(10_000), { library });
  await assert.rejects(at(7), /open GPIB7::5::INSTR, as there is no such board.*\(ENEB\).*lsmod/);
  await assert.rejects(at(4), /the board's device is not permitted \(EDVR, errno 13\).*group/);
  await using moved = await openGpib({ board: 7, primary: 5 }, within(10_000), {
    library,
    board: 0,
  });
  assert.equal(moved.resource, "GPIB7::5::INSTR");
  assert.equal(await query(moved, "*IDN?", within(5000)), "STANDIN,5\n");
});

test("openGpib() refuses what is out of range before it loads anything", async () => {
  const library = "/nowhere/libgpib.so.0";
  const at = (address: { board: number; primary: number; secondary?: number }, pollInterval = 20) =>
    openGpib(address, within(1000), { library, pollInterval });
  await assert.rejects(at({ board: 16, primary: 1 }), /the board must be an integer from 0 to 15/);
  await assert.rejects(at({ board: 0, primary: 31 }), /primary address .* from 0 to 30: 31/);
  await assert.rejects(at({ board: 0, primary: 1, secondary: 96 }), /secondary address .* to 30/);
  await assert.rejects(at({ board: 0, primary: 1 }, 0), /every 0 ms/);
});

test("a board that is unplugged is lost to all, and opened anew by the next", async ({ open }) => {
  await using one = await open(5);
  const other = await open(6);
  const session = new MessageSession(other, { timeout: "20s", reopen: () => open(6) });
  assert.equal(await session.query("*IDN?"), "STANDIN,6");
  await one.write(bytes("UNPLUG"), true, within(5000));
  await assert.rejects(one.write(bytes("*IDN?"), true, within(5000)), {
    name: "LinkError",
    message: /write to GPIB0::5::INSTR, as the board is gone \(EDVR, errno 19\)/,
  });
  assert.deepEqual([one.alive, other.alive], [false, false]);
  assert.equal(await session.query("*IDN?"), "STANDIN,6");
  await session.close();
});
