import assert from "node:assert/strict";
import fc from "fast-check";
import { START } from "../session/_session.ts";
import { get, watched } from "./_page.ts";

/** Rows of a table as RFC 4180 has them. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g)) {
    row.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? "");
    if (match[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  return rows;
}

/** Bits tell −0 from 0 and one NaN from another number. */
function bits(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n;
}

async function table(it: ReturnType<typeof watched>, query = ""): Promise<string[][]> {
  const response = await get(it.page, `/api/sessions/memory/export.csv${query}`);
  assert.equal(response.status, 200);
  return parseCsv(await response.text());
}

Deno.test("the CSV export holds every number exactly", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.double(), fc.nat({ max: 10_000_000 })), { minLength: 1, maxLength: 50 }),
      async (entries) => {
        await using it = watched();
        for (const [value, offset] of entries) {
          void it.session.addEntry({ a: value }, { at: START + offset / 1e6 });
        }
        await it.session.flush();
        const [header, ...rows] = await table(it);
        assert.deepEqual(header, ["time", "unix [s]", "a"]);
        assert.deepEqual(
          rows.map(([, , value]) => bits(Number(value))),
          entries.map(([value]) => bits(value)),
        );
        const [t] = it.session.loggedVariable("a");
        assert.deepEqual(rows.map(([, unix]) => Number(unix)), [...t]);
        for (const [iso = "", unix = ""] of rows) {
          const instant = Temporal.Instant.from(iso);
          assert.equal(instant.epochNanoseconds / 1000n, BigInt(unix.replace(".", "")));
        }
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("the CSV export puts variables of different tasks in rows by time, with their units", async () => {
  await using it = watched();
  const odd = '__proto__, "x"\n[°C]';
  await it.session.declareVariable("a", { unit: "mV" });
  await it.session.declareVariable(odd, { unit: "°C" });
  await it.session.addEntry({ a: 1 }, { at: START });
  await it.session.addEntry({ [odd]: 2, b: 3 }, { at: START + 1 });
  await it.session.addEntry({ a: -0 }, { at: START + 2 });
  assert.deepEqual(await table(it), [
    ["time", "unix [s]", "a [mV]", `${odd} [°C]`, "b"],
    ["2026-01-01T00:00:00.000000Z", `${START}.000000`, "1", "", ""],
    ["2026-01-01T00:00:01.000000Z", `${START + 1}.000000`, "", "2", "3"],
    ["2026-01-01T00:00:02.000000Z", `${START + 2}.000000`, "-0", "", ""],
  ]);
  const some = await table(it, `?name=b&name=a&from=${START + 1}&to=${START + 1.5}`);
  assert.deepEqual(some.slice(1).map((row) => row.slice(2)), [["3", ""]]);
  assert.deepEqual((await table(it, `?name=a&from=${START + 9}&to=${START + 10}`)).length, 1);
  assert.equal((await get(it.page, "/api/sessions/memory/export.csv?name=nothing")).status, 404);
});

Deno.test("the CSV export is made as fast as it is taken, and holds long tables", async () => {
  await using it = watched();
  for (let i = 0; i < 25_000; i++) void it.session.addEntry({ a: i });
  await it.session.flush();
  const response = await get(it.page, "/api/sessions/memory/export.csv");
  assert.match(response.headers.get("content-disposition") ?? "", /attachment; .*memory\.csv/);
  const parts: number[] = [];
  let text = "";
  for await (const part of response.body ?? []) {
    parts.push(part.byteLength);
    text += new TextDecoder().decode(part);
  }
  assert.ok(Math.max(...parts) < 400_000, `${parts}`);
  const rows = parseCsv(text).slice(1);
  assert.deepEqual(rows.map(([, , a]) => Number(a)), Array.from({ length: 25_000 }, (_, i) => i));
});
