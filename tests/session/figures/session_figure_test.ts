import assert from "node:assert/strict";
import type { Session } from "../../../session/session.ts";
import { openSession } from "../../../session/open_session.ts";
import { decodePng } from "../../pictures/_png.ts";
import { axesOf } from "../../plots/_figures.ts";
import { START, virtualSession } from "../_session.ts";
import { recorded } from "./_recorded.ts";

const DECLARED = { kind: "xy", x: "a", y: ["b"] } as const;

function record(session: Session): void {
  for (let i = 0; i < 50; i++) void session.addEntry({ a: i, b: -i }, { at: START + i });
  session.event("plot", "debug", "", undefined, DECLARED);
}

Deno.test("figure() is a picture of a saved session", async () => {
  using session = await recorded(record);
  using saved = openSession(session.file);
  assert.deepEqual(saved.plots(), [DECLARED]);
  const figure = saved.figure(["a", "b"], { width: 300, height: 200, scale: 1, theme: "dark" });
  assert.deepEqual(figure.plot, { kind: "time", left: ["a", "b"] });
  assert.match(await figure.svg(), /^<svg [^>]*width="300" height="200"/);
  const { width, height, rgba } = decodePng(await figure.png());
  assert.deepEqual([width, height], [300, 200]);
  assert.deepEqual([...rgba.subarray(0, 3)], [0x12, 0x16, 0x1b]);
});

Deno.test("figure() of a session in memory shows what was recorded until now", async () => {
  await using session = virtualSession();
  record(session);
  await session.flush();
  await session.clock.advance(120_000);
  const figure = session.figure("a", { timeZone: "UTC" });
  assert.deepEqual(axesOf(await figure.svg()).get("x")?.range, [START, START + 120]);
  void session.addEntry({ a: 1 });
  await session.flush();
  await session.clock.advance(60_000);
  assert.deepEqual(axesOf(await figure.svg()).get("x")?.range, [START, START + 180]);
});

Deno.test("figure() without a plot is the first declared one, or all variables over time", async () => {
  await using session = virtualSession();
  assert.throws(
    () => session.figure(),
    /^RangeError: Cannot plot, as no variable was recorded yet$/,
  );
  void session.addEntry({ a: 1, b: 2 });
  void session.declareVariable("never", { unit: "V" });
  await session.flush();
  assert.deepEqual(session.figure().plot, { kind: "time", left: ["a", "b"] });
  record(session);
  await session.flush();
  assert.deepEqual(session.figure().plot, DECLARED);
});

Deno.test("figure() refuses what is not there and what is no plot", async () => {
  await using session = virtualSession();
  record(session);
  await session.flush();
  assert.throws(
    () => session.figure("tempratur"),
    /^RangeError: Cannot plot an unknown variable: "tempratur"\. There are "a", "b"\.$/,
  );
  assert.throws(() => session.figure({ x: "a", y: "c" }), /unknown variable: "c"/);
  assert.throws(() => session.figure({ dataset: "d" }), /unknown dataset: "d"\. There is no data/);
  assert.throws(
    () => session.figure({ kind: "time", left: 7 } as never),
    /^TypeError: Cannot plot, as this/,
  );
  assert.throws(() => session.figure(7 as unknown as string), /^TypeError: Cannot plot/);
});
