import assert from "node:assert/strict";
import { readerOf } from "../../session/reader_of.ts";
import { table } from "../../reports/table.ts";
import { START, virtualSession } from "../session/_session.ts";

const WINDOW = { from: START * 1e6, to: (START + 1e6) * 1e6 };

async function text(bytes: Uint8Array<ArrayBuffer>, packed: boolean): Promise<string> {
  const stream = new Blob([bytes]).stream();
  return await new Response(packed ? stream.pipeThrough(new DecompressionStream("gzip")) : stream)
    .text();
}

Deno.test("table() gives a window as CSV, packed where it is large, and nothing that is too large to send", async () => {
  await using session = virtualSession();
  void session.addEntry({ a: 1 }, { at: START - 1 });
  void session.addEntry({ a: 2 }, { at: START + 1 });
  await session.flush();
  const small = await table(readerOf(session), WINDOW, "lab");
  assert.deepEqual([small?.name, small?.type], ["lab.csv", "text/csv"]);
  const rows = (await text(small?.bytes ?? new Uint8Array(), false)).split("\r\n");
  assert.deepEqual(rows, [
    "time,unix [s],a",
    `2026-01-01T00:00:01.000000Z,${START + 1}.000000,2`,
    "",
  ]);

  for (let n = 0; n < 30_000; n++) void session.addEntry({ a: n % 10 }, { at: START + 2 + n });
  await session.flush();
  const large = await table(readerOf(session), WINDOW, "lab");
  assert.deepEqual([large?.name, large?.type], ["lab.csv.gz", "application/gzip"]);
  assert.ok((large?.bytes.byteLength ?? Infinity) < 1_000_000);
  assert.equal((await text(large?.bytes ?? new Uint8Array(), true)).split("\r\n").length, 30_003);

  const names = Array.from({ length: 40 }, (_, i) => `v${i}`);
  for (let n = 0; n < 30_000; n++) {
    const values = Object.fromEntries(names.map((name) => [name, Math.random()]));
    void session.addEntry(values, { at: START + 2 + n });
  }
  await session.flush();
  assert.equal(await table(readerOf(session), WINDOW, "lab"), undefined);
});
