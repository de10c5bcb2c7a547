import assert from "node:assert/strict";
import { Turns, turnWithin } from "../../../devices/transports/turns.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";

Deno.test("Turns hands on in the order of asking, and passes over who gave up", async () => {
  const turns = new Turns();
  assert.equal(turns.take(), undefined, "nobody's turn is taken at once");
  const order: number[] = [];
  const giveUp = new AbortController();
  const waits = [0, 1, 2, 3].map((i) =>
    turns.take(i === 1 ? giveUp.signal : undefined)?.then(() => {
      order.push(i);
      turns.give();
    })
  );
  giveUp.abort(new Error("enough"));
  await assert.rejects(waits[1] ?? Promise.resolve(), /enough/);
  turns.give();
  await Promise.all([waits[0], waits[2], waits[3]]);
  assert.deepEqual(order, [0, 2, 3]);
  assert.equal(turns.take(), undefined);
});

Deno.test("turnWithin() ends at the deadline and by the signal, and keeps no turn", async () => {
  const clock = new VirtualClock();
  const turns = new Turns();
  const late = () => new Error("late");
  const held = await turnWithin(turns, { deadline: 10 }, clock, late);
  await assert.rejects(turnWithin(turns, { deadline: 20 }, clock, late), /late/);
  assert.equal(clock.monotonic(), 20);
  const stop = new AbortController();
  const given = turnWithin(turns, { deadline: 1e6, signal: stop.signal }, clock, late);
  stop.abort(new Error("enough"));
  await assert.rejects(given, /enough/);
  await assert.rejects(
    turnWithin(turns, { deadline: 1e6, signal: stop.signal }, clock, late),
    /enough/,
  );
  held[Symbol.dispose]();
  (await turnWithin(turns, { deadline: 30 }, clock, late))[Symbol.dispose]();
});

Deno.test("turnWithin() hands on a turn that comes in the moment of the abort", async () => {
  const clock = new VirtualClock();
  const turns = new Turns();
  const late = () => new Error("late");
  const held = await turnWithin(turns, { deadline: Infinity }, clock, late);
  const stop = new AbortController();
  const io = { deadline: Infinity, signal: stop.signal };
  const ending = assert.rejects(turnWithin(turns, io, clock, late), /enough/);
  held[Symbol.dispose]();
  stop.abort(new Error("enough"));
  await ending;
  (await turnWithin(turns, { deadline: 1 }, clock, late))[Symbol.dispose]();
});
