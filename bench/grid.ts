/**
 * How late steps at a fixed period begin, what they cost, and that they never drift.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { every, Session, VirtualClock } from "@stripchart/stripchart";
import type { Starts, Told } from "./_grid_program.ts";
import { type BenchRow, say } from "./_row.ts";
import { quantile, ROOT, temporaryFolder } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "Keeping time";

/** Seconds that each period is watched for. Rare starts need no core, so their programs run at once. */
const CASES = [
  { period: 1, seconds: 8, atOnce: true },
  { period: 0.1, seconds: 6, atOnce: true },
  { period: 0.01, seconds: 4, atOnce: false },
  { period: 0.001, seconds: 3, atOnce: false },
] as const;

/** How much later a slow disk confirms, in milliseconds; slow_disk.c says the same. */
const DELAY = 100;

const PERIODS = 100_000;

/** The greatest distance of a start from its place on the grid, while every step takes its time. */
async function drift(): Promise<number> {
  const clock = new VirtualClock();
  await using session = new Session(null, { clock, quiet: true, terminal: null, signals: false });
  const period = 33.3;
  let count = 0;
  let greatest = 0;
  const origin = clock.monotonic();
  await session.monitor(every(`${period}ms`, async (_session, step) => {
    greatest = Math.max(greatest, Math.abs(clock.monotonic() - (origin + count * period)));
    if (++count > PERIODS) session.askExit();
    else await step.sleep("12.7ms");
  }));
  if (count !== PERIODS + 1) throw new Error(`Cannot tell the drift, as it stopped at ${count}`);
  return greatest;
}

/** A program that can be run, slowly or not. */
interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const OURS: Program = {
  name: "Stripchart",
  command: Deno.execPath(),
  args: [
    "run",
    "--allow-all",
    "--config",
    join(ROOT, "deno.json"),
    fileURLToPath(new URL("_grid_program.ts", import.meta.url)),
  ],
};

async function output(command: string, ...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Python's own asyncio; null where there is no Python. */
async function asyncio(): Promise<Program | null> {
  // The interpreter itself: what stands on the PATH may be a script that starts it.
  const found = await output(
    "python3",
    "-c",
    "import sys; print(sys.executable, '%d.%d' % sys.version_info[:2], sep='\\n')",
  );
  if (found === null) return null;
  const [command = "", version] = found.split("\n");
  const script = fileURLToPath(new URL("peers/grid.py", import.meta.url));
  return { name: `asyncio, Python ${version}`, command, args: [script] };
}

/** Compiles what delays the disk; null where that can't be done. */
async function slowDisk(folder: string): Promise<string | null> {
  if (Deno.build.os !== "linux") return null;
  const source = fileURLToPath(new URL("slow_disk.c", import.meta.url));
  const library = join(folder, "slow_disk.so");
  const built = await output("gcc", "-shared", "-fPIC", "-O1", "-o", library, source);
  return built === null ? null : library;
}

async function run(
  program: Program,
  folder: string,
  seconds: number,
  periods: readonly number[],
  library?: string,
): Promise<Told> {
  const file = join(folder, `${crypto.randomUUID()}.db`);
  const { success, stdout, stderr } = await new Deno.Command(program.command, {
    args: [...program.args, file, String(seconds), ...periods.map(String)],
    cwd: folder,
    env: library === undefined ? {} : { LD_PRELOAD: library },
  }).output();
  const text = new TextDecoder().decode(stdout).trim();
  if (!success || !text.startsWith("{")) {
    throw new Error(`Cannot time ${program.name}: ${new TextDecoder().decode(stderr)}`);
  }
  const told: Told = JSON.parse(text);
  if (library !== undefined && !(told.durable >= DELAY)) {
    throw new Error(`Cannot slow the disk of ${program.name}: a record took ${told.durable} ms`);
  }
  return told;
}

/**
 * Lateness of every place on the grid up to the last start that was made: the time until the next start
 * that is made then or later, so that one that was missed counts as very late. In order.
 */
export function lateness({ period, origin, times }: Starts): { late: number[]; missed: number } {
  const late: number[] = [];
  let next = 0;
  for (const time of times) {
    const place = Math.floor((time - origin) / period + 1e-6);
    while (next <= place) late.push(Math.max(0, time - (origin + next++ * period)));
  }
  return { late: late.toSorted((a, b) => a - b), missed: late.length - times.length };
}

function describe(starts: Starts): { p99: number; text: string } {
  const { late, missed } = lateness(starts);
  const at = (fraction: number): string => figure(quantile(late, fraction));
  return {
    p99: quantile(late, 0.99),
    text: `p50 ${at(0.5)}, p95 ${at(0.95)} ms, ${figure(missed)} of ${figure(late.length)} missed`,
  };
}

function written(seconds: number): string {
  return seconds < 1 ? `${seconds * 1e3} ms` : `${seconds} s`;
}

/** What a program tells, one after the other or at once. */
async function all(
  runs: readonly (() => Promise<Told>)[],
  atOnce: boolean,
): Promise<readonly Told[]> {
  if (atOnce) return await Promise.all(runs.map((one) => one()));
  const told: Told[] = [];
  for (const one of runs) told.push(await one());
  return told;
}

/** The grid on a virtual clock, then real starts beside asyncio's with the disk as it is and with a slow one. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  yield {
    section: SECTION,
    name: `drift in ${figure(PERIODS)} periods, virtual clock`,
    value: await drift(),
    unit: "ms",
    target: { atMost: 0 },
    note: "33.3 ms apart, every step takes 12.7 ms",
  };

  const peer = await asyncio();
  if (peer === null) say("asyncio is left out: there is no python3");
  const library = await slowDisk(folder.path);
  if (library === null) say("the slow disk is left out: there is no gcc, or this is not Linux");
  const programs = peer === null ? [OURS] : [OURS, peer];
  const disks = library === null ? [undefined] : [undefined, library];

  for (const { period, seconds, atOnce } of CASES) {
    const told = await all(
      disks.flatMap((disk) =>
        programs.map((program) => () => run(program, folder.path, seconds, [period], disk))
      ),
      atOnce,
    );
    for (const [i, disk] of disks.entries()) {
      const [ours, theirs] = told.slice(i * programs.length).map(({ tasks }) =>
        tasks[0] === undefined ? undefined : describe(tasks[0])
      );
      if (ours === undefined) throw new Error("Cannot tell the lateness, as there was no task");
      const beside = peer !== null && theirs !== undefined;
      yield {
        section: SECTION,
        name: `lateness of a step every ${written(period)}, p99` +
          (disk === undefined ? "" : `, disk slower by ${DELAY} ms`),
        value: ours.p99,
        unit: "ms",
        ...beside ? { peer: { name: peer.name, value: theirs.p99 } } : {},
        note: ours.text + (beside ? `; asyncio: ${theirs.text}` : ""),
      };
    }
  }

  const shares = await all(programs.map((one) => () => run(one, folder.path, 5, [0.01, 1])), false);
  yield {
    section: SECTION,
    name: "processor for a step every 10 ms and one every 1 s",
    value: (shares[0]?.share ?? NaN) * 100,
    unit: "% of a core",
    ...peer === null ? {} : { peer: { name: peer.name, value: (shares[1]?.share ?? NaN) * 100 } },
    note: "each start stores its entry durably",
  };
}
