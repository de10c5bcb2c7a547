import assert from "node:assert/strict";
import { discover, gpibFinder, identify } from "../../../devices/discovery/mod.ts";
import { needs } from "../../_needs.ts";
import { type Standin, withStandin } from "../transports/gpib/_standin.ts";
import { search } from "./_collect.ts";

const gcc = needs("gcc");

function test(name: string, use: (standin: Standin) => Promise<void>): void {
  Deno.test({ ...gcc, name, fn: () => withStandin(use) });
}

test("gpibFinder() finds who listens on its boards", async ({ library }) => {
  const { found, report } = await search({ finders: [gpibFinder({ library })] });
  assert.equal(report.outcome, "searched", report.message);
  assert.match(report.message, /GPIB board 0/);
  assert.deepEqual(
    found.map(({ resource, ways }) => [resource, ways]),
    ["GPIB0::5::INSTR", "GPIB0::6::INSTR", "GPIB0::9::2::INSTR", "GPIB0::12::INSTR"]
      .map((resource) => [resource, [{ finder: "gpib", how: "GPIB listener" }]]),
  );
});

test("gpibFinder() tells what it could not search, and goes on", async ({ library }) => {
  const finders = [gpibFinder({ library, boards: [7, 1, 3] })];
  const { found, report } = await search({ finders });
  assert.deepEqual(found.map(({ resource }) => resource), ["GPIB1::3::INSTR"]);
  assert.equal(report.outcome, "searched", report.message);
  assert.match(report.gaps[0] ?? "", /^Cannot search GPIB7::INTFC, as there is no such board/);
  assert.deepEqual(report.gaps.slice(1), [
    "GPIB1::7::INSTR and 2 more: the bus hung for 100 ms.",
    "GPIB1::10::INSTR and 20 more: the bus hung at 3 addresses before: an instrument holds it.",
  ]);
});

test("identify() asks what gpibFinder() has found", async ({ library }) => {
  const events = discover({ finders: [gpibFinder({ library })], timeout: "60s" });
  const said: Record<string, string> = {};
  for await (const event of identify(events, { timeout: "20s", gpib: { library } })) {
    if (event.kind !== "identified") continue;
    said[event.resource] = "answer" in event ? event.answer : event.error;
  }
  assert.equal(Object.keys(said).length, 4);
  assert.match(said["GPIB0::5::INSTR"] ?? "", /,/);
});

test("gpibFinder() is skipped without a board, and fails with one that is not permitted", async ({ library }) => {
  const absent = await search({ finders: [gpibFinder({ library, boards: [7] })] });
  assert.equal(absent.report.outcome, "skipped");
  assert.match(absent.report.message, /no such board/);
  const forbidden = await search({ finders: [gpibFinder({ library, boards: [4] })] });
  assert.equal(forbidden.report.outcome, "failed");
  assert.match(forbidden.report.message, /not permitted \(EDVR, errno 13\)/);
});

Deno.test("gpibFinder() is skipped without a library", async () => {
  const { report } = await search({ finders: [gpibFinder({ library: "/nowhere/libgpib.so.0" })] });
  assert.equal(report.outcome, "skipped");
  assert.equal(report.message, "no GPIB library could be loaded from 1 places");
});

Deno.test({
  name: "gpibFinder() is skipped with the flag that it needs",
  permissions: { ffi: false, env: false, read: false },
  async fn() {
    const { report } = await search({ finders: [gpibFinder({ library: "/nowhere/libgpib.so" })] });
    assert.equal(report.outcome, "skipped");
    assert.deepEqual(report.flags, ["--allow-ffi=/nowhere/libgpib.so"]);
  },
});
