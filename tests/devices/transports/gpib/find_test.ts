import assert from "node:assert/strict";
import { findGpibInstruments } from "../../../../devices/transports/gpib/find.ts";
import { openGpib } from "../../../../devices/transports/gpib/open.ts";
import { needs } from "../../../_needs.ts";
import { bytes, query, within } from "../prologix/_bench.ts";
import { type Standin, withStandin } from "./_standin.ts";

const gcc = needs("gcc");

function test(name: string, use: (standin: Standin) => Promise<void>): void {
  Deno.test({ ...gcc, name, fn: () => withStandin(use) });
}

test("findGpibInstruments() finds who listens, at secondary addresses too", async ({ library, open }) => {
  assert.deepEqual(await findGpibInstruments(0, within(30_000), { library }), {
    found: ["GPIB0::5::INSTR", "GPIB0::6::INSTR", "GPIB0::9::2::INSTR", "GPIB0::12::INSTR"],
    skipped: [],
  });
  // While the bus is in use, too.
  await using link = await open(5);
  const [scan, answer] = await Promise.all([
    findGpibInstruments(0, within(30_000), { library }),
    query(link, "SLOW? 200", within(30_000)),
  ]);
  assert.equal(scan.found.length, 4);
  assert.equal(answer, "slow\n");
});

test("findGpibInstruments() skips what hangs, and says so", async ({ library }) => {
  const { found, skipped } = await findGpibInstruments(1, within(60_000), { library });
  assert.deepEqual(found, ["GPIB1::3::INSTR"]);
  assert.deepEqual(skipped.slice(0, 4), [
    { resource: "GPIB1::7::INSTR", reason: "the bus hung for 100 ms" },
    { resource: "GPIB1::8::INSTR", reason: "the bus hung for 100 ms" },
    { resource: "GPIB1::9::INSTR", reason: "the bus hung for 100 ms" },
    {
      resource: "GPIB1::10::INSTR",
      reason: "the bus hung at 3 addresses before: an instrument holds it",
    },
  ]);
  assert.equal(skipped.length, 24);
});

test("findGpibInstruments() believes no bus with more instruments than a bus can have", async ({ library }) => {
  const { found, skipped } = await findGpibInstruments(2, within(30_000), { library });
  assert.deepEqual(found, []);
  assert.equal(skipped.length, 30);
  assert.match(skipped[0]?.reason ?? "", /at 30 addresses somebody seems to listen/);
});

test("findGpibInstruments() finds nothing on an empty bus, and no board where there is none", async ({ library }) => {
  const nothing = { found: [], skipped: [] };
  assert.deepEqual(await findGpibInstruments(3, within(30_000), { library }), nothing);
  await assert.rejects(findGpibInstruments(7, within(30_000), { library }), {
    name: "LinkError",
    message: /^Cannot search GPIB7::INTFC, as there is no such board/,
  });
  await assert.rejects(findGpibInstruments(4, within(30_000), { library }), /not permitted/);
});

test("findGpibInstruments() ends at its deadline with what it has", async ({ library }) => {
  await using link = await openGpib({ board: 1, primary: 3 }, within(10_000), { library });
  await link.write(bytes("HOLD 1500"), true, within(5000));
  const holding = link.write(bytes("*IDN?"), true, within(20_000));
  // The bus is held for longer than the search may take.
  const { found, skipped } = await findGpibInstruments(1, within(150), { library });
  assert.deepEqual(found, []);
  assert.equal(skipped.length, 31);
  assert.deepEqual(skipped[3], { resource: "GPIB1::3::INSTR", reason: "there was no time left" });
  await holding;
  const giving = new AbortController();
  const searching = findGpibInstruments(1, within(60_000, giving.signal), { library });
  giving.abort(new Error("enough"));
  await assert.rejects(searching, /enough/);
});
