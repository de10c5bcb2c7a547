import assert from "node:assert/strict";
import { LiveTable } from "../../../cli/scan/live_table.ts";
import { formatTable, Rows, tabbed } from "../../../cli/scan/table.ts";
import type { FoundResource } from "../../../devices/discovery/mod.ts";
import { Paper } from "../_context.ts";

function rowsOf(...found: Partial<FoundResource>[]): Rows {
  const rows = new Rows();
  for (const [index, one] of found.entries()) {
    const resource = { resource: `ASRL${index}::INSTR`, ways: [], ...one };
    rows.take({ kind: "found", resource });
  }
  return rows;
}

Deno.test("formatTable() aligns columns and leaves out those in which nothing stands", () => {
  const rows = rowsOf(
    { manufacturer: "ACME", ways: [{ finder: "serial", how: "a" }, { finder: "visa", how: "b" }] },
    { resource: "GPIB0::5::INSTR", firmware: "1.0" },
  );
  assert.equal(
    formatTable(rows),
    [
      "RESOURCE         INSTRUMENT  FIRMWARE  FOUND BY\n",
      "ASRL0::INSTR     ACME                  a, b\n",
      "GPIB0::5::INSTR              1.0\n",
    ].join(""),
  );
  assert.equal(formatTable(new Rows()), "");
});

Deno.test("Rows keeps an answer when more of its resource comes to be known", () => {
  const rows = rowsOf({});
  rows.take({ kind: "identified", resource: "ASRL0::INSTR", answer: "ACME,1" });
  rows.take({ kind: "changed", resource: { resource: "ASRL0::INSTR", ways: [], model: "X" } });
  rows.take({ kind: "identified", resource: "unknown", error: "none" });
  assert.equal(tabbed(rows), "ASRL0::INSTR\tX\t\t\t\t\tACME,1\n");
});

/** A terminal that a person watches: what is to be seen on it after all that was written. */
class Screen extends Paper {
  override readonly interactive = true;
  override readonly columns = 20;

  get lines(): string[] {
    const lines: string[] = [""];
    let at = 0;
    // deno-lint-ignore no-control-regex -- what moves the cursor is what is looked for
    for (const part of this.text.match(/\x1b\[\d*[A-Z]|\r|\n|[^\x1b\r\n]+/g) ?? []) {
      const up = /\[(\d+)A/.exec(part)?.[1];
      if (up !== undefined) at -= Number(up);
      else if (part.endsWith("[J")) lines.splice(at, Infinity, "");
      else if (part === "\n") lines[++at] ??= "";
      else if (part !== "\r") lines[at] += part;
      assert.ok(at >= 0, "it stays below where it began");
    }
    return lines;
  }
}

Deno.test("LiveTable draws over itself, within the width and in as many lines as there may be", () => {
  const screen = new Screen();
  const table = new LiveTable(screen, true);
  table.draw(new Rows());
  assert.deepEqual(screen.lines, ["searching …", ""]);
  table.draw(rowsOf({}));
  table.draw(rowsOf({}, { model: "a very long name" }));
  assert.deepEqual(screen.lines, [
    "RESOURCE      INST…",
    "ASRL0::INSTR",
    "ASRL1::INSTR  a ve…",
    "searching …",
    "",
  ]);
  table.draw(rowsOf(...Array.from({ length: 50 }, () => ({}))));
  assert.equal(screen.lines.length, 23);
  assert.equal(screen.lines.at(-3), "ASRL49::INSTR");
  assert.equal(screen.lines.at(-2), "searching … (30 mo…");
  table.clear();
  assert.deepEqual(screen.lines, [""]);
});

Deno.test("LiveTable draws nothing where nobody watches", () => {
  const paper = new Paper();
  const table = new LiveTable(paper, false);
  table.draw(rowsOf({}));
  table.clear();
  assert.equal(paper.text, "");
});
