/**
 * Pictures of a long session, made by a process of its own.
 *
 * Arguments: `one`, a file and the plot as JSON; or `task`, a file, seconds and rounds. Prints JSON.
 *
 * @module
 */

import { lasting, Session } from "@stripchart/stripchart";
import type { PlotDefinition } from "../plots/definition.ts";
import { PictureRenderer, renderPlots } from "../session/figures/renderer.ts";
import { FIRST } from "./_fill.ts";
import { type Starts, watched } from "./_grid_program.ts";

/** What one picture took. */
export interface Taken {
  /** Milliseconds until the PNG was there, with the start of the thread. */
  readonly png: number;
  /** Milliseconds until the SVG was. */
  readonly svg: number;
  /** Bytes that were resident at most, less those before; NaN where the system does not say. */
  readonly memory: number;
  /** Bytes of the PNG. */
  readonly bytes: number;
}

/** How a periodic task fared. */
export interface Fared {
  /** While nothing else was done: a list of starts for each round. */
  readonly idle: readonly Starts[];
  /** While pictures were made. */
  readonly busy: readonly Starts[];
  /** How many pictures were made meanwhile. */
  readonly pictures: number;
}

/** Bytes that were resident at most so far. */
function mostResident(): number {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return Number(/^VmHWM:\s*(\d+) kB/m.exec(status)?.[1]) * 1024;
  } catch {
    return NaN;
  }
}

async function one(source: string, plot: PlotDefinition): Promise<Taken> {
  const request = { source, plots: [plot], from: FIRST / 1e6 - 1 };
  const before = mostResident();
  const start = performance.now();
  const [picture] = await renderPlots(request);
  const png = performance.now() - start;
  const memory = mostResident() - before;
  const again = performance.now();
  await renderPlots({ ...request, format: "svg" });
  return { png, svg: performance.now() - again, memory, bytes: picture?.bytes.length ?? 0 };
}

/** Rounds of a 100 ms task, alone and while pictures of four plots are made without a pause. */
async function task(file: string, seconds: number, rounds: number): Promise<Fared> {
  await using session = new Session(null, { file, quiet: true, terminal: null, signals: false });
  using renderer = new PictureRenderer();
  const plots = [0, 1, 2, 3].map((n): PlotDefinition => ({ kind: "time", left: [`v${n}`] }));
  const request = { source: file, plots, from: FIRST / 1e6 - 1, to: FIRST / 1e6 + 1e6 };
  let pictures = 0;
  const round = async (): Promise<Starts> => {
    const { task, starts } = watched(100, "ticks");
    await session.monitor(task, lasting(`${seconds}s`));
    return starts();
  };
  const busyRound = async (): Promise<Starts> => {
    let over = false;
    const making = (async () => {
      while (!over) pictures += (await renderer.render(request)).length;
    })();
    const starts = await round();
    over = true;
    await making;
    return starts;
  };
  const [idle, busy]: [Starts[], Starts[]] = [[], []];
  for (let n = 0; n < rounds; n++) {
    idle.push(await round());
    busy.push(await busyRound());
  }
  return { idle, busy, pictures };
}

if (import.meta.main) {
  const [what, file = "", ...rest] = Deno.args;
  const told = what === "one"
    ? await one(file, JSON.parse(rest[0] ?? ""))
    : await task(file, Number(rest[0]), Number(rest[1]));
  // deno-lint-ignore no-console -- a program's result
  console.log(JSON.stringify(told));
  Deno.exit(0);
}
