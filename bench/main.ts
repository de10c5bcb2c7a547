/**
 * Runs every benchmark and writes the table in docs/performance.md; exits with 1 if a target was missed.
 *
 * A benchmark is a module of this folder that exports `rows()`. Arguments name those to run, such as
 * `store`; a run of some prints its table and writes nothing.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BenchRow, reached } from "./_row.ts";
import { between, machine, table } from "./_table.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const PAGE = join(HERE, "../docs/performance.md");

/** Benchmarks by name: every module here and in `peers/` that is neither this one nor private. */
function modules(): string[] {
  const found = ["", "peers/"].flatMap((folder) =>
    [...Deno.readDirSync(join(HERE, folder))]
      .filter(({ name, isFile }) => isFile && /^[a-z]\w*\.ts$/.test(name) && name !== "main.ts")
      .map(({ name }) => `${folder}${name.slice(0, -".ts".length)}`)
  );
  return found.sort();
}

/** The rows of one benchmark, in a process of its own so that none bears another's heap. */
async function measure(name: string): Promise<BenchRow[]> {
  const url = pathToFileURL(join(HERE, `${name}.ts`)).href;
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { rows } = await import(${JSON.stringify(url)});
       if (rows !== undefined) {
         const found = await rows();
         console.log("\\nROWS " + JSON.stringify(found.map((row) => ({ ...row, value: String(row.value) }))));
       } else console.log("\\nROWS []");
       Deno.exit(0);`,
    ],
    stderr: "inherit",
  }).output();
  const line = new TextDecoder().decode(stdout).split("\n").findLast((one) =>
    one.startsWith("ROWS ")
  );
  if (!success || line === undefined) throw new Error(`Cannot measure ${name}, as it broke off`);
  const found: (Omit<BenchRow, "value"> & { value: string })[] = JSON.parse(line.slice(5));
  return found.map((row) => ({ ...row, value: Number(row.value) }));
}

function say(line: string): void {
  // deno-lint-ignore no-console -- a command speaks to whoever runs it
  console.log(line);
}

const unknown = Deno.args.filter((name) => !modules().includes(name));
if (unknown.length > 0) {
  throw new RangeError(
    `Cannot measure what is not there: ${unknown.join(", ")}. There are ${modules().join(", ")}.`,
  );
}

const rows: BenchRow[] = [];
const broken: string[] = [];
for (const name of Deno.args.length > 0 ? Deno.args : modules()) {
  const start = performance.now();
  try {
    rows.push(...await measure(name));
  } catch (error) {
    broken.push(name);
    say(error instanceof Error ? error.message : String(error));
  }
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const text = `${machine()}\n\n${table(rows)}`;
say(`\n${text}`);
if (Deno.args.length === 0 && broken.length === 0) {
  Deno.writeTextFileSync(PAGE, between(Deno.readTextFileSync(PAGE), text));
}
const missed = rows.filter((row) => !reached(row));
if (missed.length > 0) say(`Missed: ${missed.map((row) => row.name).join("; ")}`);
Deno.exit(missed.length + broken.length > 0 ? 1 : 0);
