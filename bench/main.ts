/**
 * Runs every benchmark and writes the table in docs/performance.md; exits with 1 if a target was missed.
 *
 * A benchmark is a module of this folder that exports `rows()`; each row is printed as it comes. Arguments name those to run, such as
 * `store`; a run of some prints its table and writes nothing.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type BenchRow, reached } from "./_row.ts";
import { between, figure, line, machine, tables } from "./_table.ts";

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

/** The rows of one benchmark as they come, from a process of its own so that none bears another's heap. */
async function* measure(name: string): AsyncGenerator<BenchRow> {
  const url = pathToFileURL(join(HERE, `${name}.ts`)).href;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "eval",
      `const { rows } = await import(${JSON.stringify(url)});
       for await (const row of rows()) {
         console.log("ROW " + JSON.stringify({ ...row, value: String(row.value) }));
       }
       Deno.exit(0);`,
    ],
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let rest = "";
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const one of lines.filter((each) => each.startsWith("ROW "))) {
      // JSON has no NaN.
      const row: Omit<BenchRow, "value"> & { value: string } = JSON.parse(one.slice(4));
      yield { ...row, value: Number(row.value) };
    }
  }
  if (!(await child.status).success) throw new Error(`Cannot measure ${name}, as it broke off`);
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

const begun = performance.now();
// Before anything runs here, so that it tells of others.
const [load = NaN] = Deno.loadavg();
const rows: BenchRow[] = [];
const broken: string[] = [];
for (const name of Deno.args.length > 0 ? Deno.args : modules()) {
  const start = performance.now();
  say(`\n${name}`);
  try {
    for await (const row of measure(name)) {
      rows.push(row);
      say(line(row));
    }
  } catch (error) {
    broken.push(name);
    say(error instanceof Error ? error.message : String(error));
  }
  say(`${name} took ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

const minutes = (performance.now() - begun) / 60_000;
const text = `${machine()} Load average before it began: ${load.toFixed(2)}. ` +
  `It took ${figure(minutes)} minutes.\n\n${tables(rows)}`;
say(`\n${text}`);
if (Deno.args.length === 0 && broken.length === 0) {
  Deno.writeTextFileSync(PAGE, between(Deno.readTextFileSync(PAGE), text));
  // As the gate wants it.
  new Deno.Command(Deno.execPath(), { args: ["fmt", "--quiet", PAGE] }).outputSync();
}
const missed = rows.filter((row) => !reached(row));
if (missed.length > 0) say(`Missed: ${missed.map((row) => row.name).join("; ")}`);
Deno.exit(missed.length + broken.length > 0 ? 1 : 0);
