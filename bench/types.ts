/**
 * How long the compiler takes with an experiment of 200 devices and 200 tasks.
 *
 * @module
 */

import { join } from "node:path";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder, timeDeno } from "./_run.ts";

const COUNT = 200;
const ROUNDS = 3;

/** An experiment with as many devices and tasks; its text differs by `mark`, so that no cache knows it. */
export function generate(count: number, mark: string): string {
  const numbers = Array.from({ length: count }, (_, i) => i);
  return [
    `// ${mark}`,
    `import { experiment } from "@stripchart/stripchart";`,
    `import { thermalBath } from "@stripchart/stripchart/devices";`,
    `await experiment("large")`,
    ...numbers.map((i) => `  .device("bath${i}", thermalBath({ seed: ${i} }))`),
    ...numbers.map((i) =>
      `  .every("10s", async ({ bath${i}, session }) => ({ temperature${i}: await bath${i}.temperature(), ` +
      `again${i}: session.lastTimestamp ?? 0 }))`
    ),
    `  .until(({ temperature0, again${count - 1} }) => temperature0 > 80 && again${count - 1} > 0)`,
    `  .run();`,
    "",
  ].join("\n");
}

/** Times `deno check` with the library checked before and the experiment not; median of three. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const check = async (count: number, round: number) => {
    const file = join(folder.path, `experiment_${count}_${round}.ts`);
    Deno.writeTextFileSync(file, generate(count, `${count} ${round} ${performance.now()}`));
    return (await timeDeno("check", [file], { cwd: folder.path })).ms / 1000;
  };
  await check(1, 0);
  const large: number[] = [];
  const small: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    small.push(await check(1, round + 1));
    large.push(await check(COUNT, round));
  }
  yield {
    section: "Starting",
    name: `type check of ${COUNT} devices and ${COUNT} tasks`,
    value: median(large),
    unit: "s",
    target: { atMost: 6 },
    note: `of which ${median(small).toFixed(1)} s go to the library and the compiler's start`,
  };
}
