import assert from "node:assert/strict";
import { MessageSession } from "../../../../devices/message_session.ts";
import type { SessionEvent } from "../../../../devices/message_session/options.ts";
import { encodeBlock } from "../../../../devices/ieee_block.ts";
import { LinkError, TimeoutError } from "../../../../devices/transports/errors.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { FLAG, test } from "./_bench.ts";

const TIMEOUT = "20s";

test("queries, numbers and a block of 3 MB come through a session", async (bench) => {
  const samples = Int16Array.from({ length: 1_500_000 }, (_, i) => (i * 31) % 65_536 - 32_768);
  const block = encodeBlock(samples);
  const whole = new Uint8Array(block.length + 1);
  whole.set(block);
  whole[block.length] = 10;
  bench.reply("*IDN?\n", "ACME,DSO 9000,MY50000123,1.0\n");
  bench.reply("MEAS?\n", "+1.25E+00\n");
  bench.reply("CURVE?\n", whole);
  bench.reply("SHORT CURVE?\n", block);
  await using scope = new MessageSession(await bench.open(), { timeout: TIMEOUT });
  assert.equal(await scope.query("*IDN?"), "ACME,DSO 9000,MY50000123,1.0");
  assert.equal(await scope.queryNumber("MEAS?"), 1.25);
  assert.deepEqual(await scope.queryBlock("CURVE?", { type: "int16" }), samples);
  assert.equal(await scope.query("*IDN?"), "ACME,DSO 9000,MY50000123,1.0");
  assert.deepEqual(await scope.queryBlock("SHORT CURVE?", { type: "int16" }), samples);
  assert.deepEqual(await Promise.all([scope.query("*IDN?"), scope.queryNumber("MEAS?")]), [
    "ACME,DSO 9000,MY50000123,1.0",
    1.25,
  ]);
});

test("a session recovers after a time-out, and never takes a late answer", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  bench.reply("*IDN?\n", "ACME\n");
  const events: SessionEvent[] = [];
  await using scope = new MessageSession(await bench.open(), {
    timeout: TIMEOUT,
    recoveryTimeout: TIMEOUT,
    onEvent: (event) => events.push(event),
  });
  bench.flags(FLAG.HOLD);
  await assert.rejects(scope.query("SLOW?", { timeout: "20ms" }), TimeoutError);
  assert.equal(scope.stale, true);
  bench.flags();
  assert.equal(await scope.query("*IDN?"), "ACME");
  assert.deepEqual(events.map(({ kind }) => kind), ["recovered"]);
  assert.match(events[0]?.message ?? "", /put in order: what was under way was ended, and/);
});

test("a block whose end an instrument forgets does not keep the next query", async (bench) => {
  bench.reply("CURVE?\n", encodeBlock(new Uint8Array(100)));
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = new MessageSession(await bench.open(), { timeout: TIMEOUT });
  bench.flags(FLAG.NO_END);
  assert.equal((await scope.queryBlock("CURVE?")).length, 100);
  bench.flags();
  const { clears = 0 } = bench.state();
  assert.equal(await scope.query("*IDN?"), "ACME");
  assert.equal(bench.state().clears, clears + 1);
});

test("a session has status byte, trigger and service requests", async (bench) => {
  await using scope = new MessageSession(await bench.open(), { timeout: TIMEOUT });
  await using requests = scope.serviceRequests();
  bench.statusByte(0x10);
  assert.equal(await scope.readStatusByte(), 0x10);
  await scope.trigger();
  assert.equal(bench.state().triggers, 1);
  bench.requestService(0x51);
  assert.deepEqual(await requests.next(), { done: false, value: 0x51 });
  await assert.rejects(scope.lock(), /has no such thing/);
});

test("a session opens an instrument anew that was plugged in again under another number", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  bench.reply("*IDN?\n", "ACME\n");
  const events: SessionEvent[] = [];
  await using scope = new MessageSession(await bench.open(), {
    timeout: TIMEOUT,
    recoveryTimeout: TIMEOUT,
    reopen: () => bench.open(),
    reopening: { longestPause: "5ms" },
    onEvent: (event) => events.push(event),
  });
  bench.flags(FLAG.HOLD);
  const lost = assert.rejects(scope.query("SLOW?"), LinkError);
  while (bench.told() === "") await sleep(systemClock, 1);
  bench.unplug(0);
  await lost;
  const answer = scope.query("*IDN?");
  while (!events.some(({ kind }) => kind === "note")) await sleep(systemClock, 1);
  bench.flags();
  bench.plug(1);
  assert.equal(await answer, "ACME");
  const kinds = events.map(({ kind }) => kind);
  assert.deepEqual(kinds, ["lost", "note", "reopened", "gap"]);
});
