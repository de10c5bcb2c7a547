/**
 * What pictures of long sessions take, and what they cost a task that measures meanwhile.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PlotDefinition } from "../plots/definition.ts";
import { fill } from "./_fill.ts";
import type { Starts } from "./_grid_program.ts";
import type { Fared, Taken } from "./_pictures_program.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder, timeDeno } from "./_run.ts";
import { figure } from "./_table.ts";
import { lateness } from "./grid.ts";

const SECTION = "Pictures";
const MANY = 10_000_000;
const EACH = 1_000_000;
const ROUNDS = 3;
/** Of the task: alone and beside pictures in turns, each so long, so many times. */
const WATCHED = { seconds: 10, rounds: 10 };

async function program<T>(folder: string, ...args: string[]): Promise<T> {
  const path = fileURLToPath(new URL("_pictures_program.ts", import.meta.url));
  const { stdout } = await timeDeno("run", ["--allow-all", path, ...args], { cwd: folder });
  return JSON.parse(stdout);
}

async function* pictures(folder: string): AsyncGenerator<BenchRow> {
  const file = join(folder, "long.db");
  fill(file, 2, MANY, 1e4);
  const plots: readonly (readonly [what: string, PlotDefinition, number])[] = [
    ["over time", { kind: "time", left: ["v0"] }, 3],
    ["against each other", { kind: "xy", x: "v0", y: ["v1"] }, 15],
  ];
  for (const [what, plot, atMost] of plots) {
    const taken: Taken[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      taken.push(await program<Taken>(folder, "one", file, JSON.stringify(plot)));
    }
    const middle = (of: (one: Taken) => number): number => median(taken.map(of));
    yield {
      section: SECTION,
      name: `PNG of ${figure(MANY)} points ${what}, 1200 × 675 at scale 2`,
      value: middle(({ png }) => png / 1e3),
      unit: "s",
      target: { atMost },
      note: `from the start of the thread on; an SVG takes ` +
        `${figure(middle(({ svg }) => svg / 1e3))} s; the PNG has ` +
        `${
          figure(middle(({ bytes }) => bytes / 1e3))
        } kB; file in the page cache; median of ${ROUNDS}`,
    };
    yield {
      section: SECTION,
      name: `memory for the PNG of ${figure(MANY)} points ${what}`,
      value: middle(({ memory }) => memory / 2 ** 20),
      unit: "MiB",
      target: { atMost: 300 },
      note: "resident at most, less that before: thread, renderer, fonts and data",
    };
  }
}

/** How late the places on the grid were reached, all rounds together, in order. */
function late(rounds: readonly Starts[]): number[] {
  return rounds.flatMap((starts) => lateness(starts).late).toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? NaN;
}

async function* measuring(folder: string): AsyncGenerator<BenchRow> {
  const file = join(folder, "task.db");
  fill(file, 4, EACH);
  const { seconds, rounds } = WATCHED;
  const fared = await program<Fared>(folder, "task", file, `${seconds}`, `${rounds}`);
  const [idle, busy] = [late(fared.idle), late(fared.busy)];
  const told = (of: readonly number[]): string =>
    [0.5, 0.95, 0.99, 1].map((part) => figure(quantile(of, part))).join(" / ");
  yield {
    section: SECTION,
    name: "a 100 ms task while pictures are made: p99 of lateness above that without",
    value: quantile(busy, 0.99) - quantile(idle, 0.99),
    unit: "ms",
    target: { atMost: 1 },
    note: `PNGs of four plots of ${figure(EACH)} points each, without a pause, ` +
      `${figure(fared.pictures)} of them; p50 / p95 / p99 / most: ${told(busy)} ms, ` +
      `without ${told(idle)} ms; ${figure(busy.length)} and ${figure(idle.length)} starts in turns`,
  };
}

/** Time and memory of one picture, and the lateness of a task beside some. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  yield* pictures(folder.path);
  yield* measuring(folder.path);
}
