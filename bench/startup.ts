/**
 * From the start of the process to the first entry on disk, with everything cached.
 *
 * @module
 */

import { join } from "node:path";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder, timeDeno } from "./_run.ts";

const ROUNDS = 11;

const EXPERIMENT = `import { experiment } from "@stripchart/stripchart";
await experiment("start")
  .every("1h", async ({ session }) => {
    await session.addEntry({ value: 1 });
    console.log("FIRST " + (performance.timeOrigin + performance.now()));
    session.askExit("measured");
  })
  .run({ quiet: true });
`;

const BARE = `console.log("FIRST " + (performance.timeOrigin + performance.now()));\n`;

/** Milliseconds from before the process is started to the moment that it prints. */
async function toFirst(file: string, cwd: string): Promise<number> {
  const start = performance.timeOrigin + performance.now();
  const { stdout } = await timeDeno("run", ["--allow-read=.", "--allow-write=.", file], { cwd });
  return Number(/FIRST ([\d.]+)/.exec(stdout)?.[1]) - start;
}

/** The experiment beside a program that prints one line. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const { path } = folder;
  Deno.writeTextFileSync(join(path, "start.ts"), EXPERIMENT);
  Deno.writeTextFileSync(join(path, "bare.ts"), BARE);
  const times: number[] = [];
  const bare: number[] = [];
  // The first round fills the cache and is not counted.
  for (let round = 0; round <= ROUNDS; round++) {
    const one = await toFirst("start.ts", path);
    const other = await toFirst("bare.ts", path);
    if (round > 0) {
      times.push(one);
      bare.push(other);
    }
    for (const { name } of Deno.readDirSync(path)) {
      if (!name.endsWith(".ts")) Deno.removeSync(join(path, name));
    }
  }
  yield {
    section: "Starting",
    name: "start to first entry on disk, warm cache",
    value: median(times),
    unit: "ms",
    target: { atMost: 300 },
    peer: { name: "a program of one line", value: median(bare) },
    note: `median of ${ROUNDS}, new file`,
  };
}
