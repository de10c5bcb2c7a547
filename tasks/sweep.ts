/**
 * A step at each of many points.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import {
  checkStepOptions,
  type StepContext,
  type StepOptions,
  type StepResult,
  StepRunner,
} from "../session/step.ts";
import type { Task, TaskContext } from "../session/task.ts";
import { type DurationInput, milliseconds } from "../time/duration.ts";
import {
  gridPoints,
  type SweepAxes,
  type SweepOrder,
  type SweepPoints,
  valuePoints,
} from "./sweep_points.ts";

/** What is called at each point. */
export type SweepStep<P> = (
  // deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
  this: any,
  session: Session,
  point: P,
  step: StepContext,
) => StepResult | Promise<StepResult>;

/** How a sweep runs. */
export interface SweepOptions<P> extends SweepOrder, Omit<StepOptions, "onError"> {
  /** The task's name. @default `sweep` */
  readonly name?: string;
  /** Brings the apparatus to the point; comes before `settle` and the step. */
  // deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
  readonly set?: (this: any, session: Session, point: P, step: StepContext) => unknown;
  /** How long to wait between `set` and the step. @default "0s" */
  readonly settle?: DurationInput;
  /**
   * - `"retry"`: the point is tried again, from `set` on; after too many failures in a row the sweep is given up,
   *   and the run with it.
   * - `"skip"`: the point is left out, which is recorded as a gap.
   * - `"stop"`: the run ends at the first failure.
   *
   * @default "retry"
   */
  readonly onError?: "retry" | "skip" | "stop";
}

/** Between a failure and the next try, in milliseconds. */
const BEFORE_RETRY = 1_000;

/**
 * A task that calls `step` once at each value, and ends the run after the last. What a step returns is
 * recorded as one entry.
 *
 * @param values The values in order; `step` gets each as it is.
 * @throws {RangeError} If there are no values.
 */
export function sweep<V>(
  values: Iterable<V>,
  step: SweepStep<V>,
  options?: SweepOptions<V>,
): Task;
/**
 * A task that calls `step` at each combination of the axes' values, the last axis moving fastest. The point is
 * recorded in the same entry as what the step returns.
 *
 * @param axes Setpoints by the name of the axis; `step` gets a number for each.
 * @throws {RangeError} If there is no axis, or one without values.
 *
 * @example
 * ```ts
 * import { linspace, Session, sweep } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true });
 * const axes = { current: linspace(0, 1, 3), field: [0, 5] };
 * await session.monitor(sweep(axes, (_session, { current, field }) => ({ hall: current * field })));
 * await session.flush();
 * const [, hall] = session.loggedVariable("hall");
 * assert.deepEqual([...hall], [0, 0, 0, 2.5, 0, 5]);
 * ```
 */
export function sweep<A extends SweepAxes>(
  axes: A,
  step: SweepStep<{ readonly [K in keyof A]: number }>,
  options?: SweepOptions<{ readonly [K in keyof A]: number }>,
): Task;
export function sweep<P>(
  target: Iterable<P> | SweepAxes,
  step: SweepStep<P>,
  options: SweepOptions<P> = {},
): Task {
  const named = !(Symbol.iterator in target);
  const points =
    (named ? gridPoints(target, options) : valuePoints(target, options)) as SweepPoints<
      P
    >;
  const { onError, restarts, timeout } = options;
  const stepOptions: StepOptions = {
    onError: onError === "skip" ? "continue" : onError ?? "retry",
    ...(restarts === undefined ? {} : { restarts }),
    ...(timeout === undefined ? {} : { timeout }),
  };
  checkStepOptions(stepOptions);
  const settle = options.settle === undefined ? 0 : milliseconds(options.settle);
  const name = options.name ?? "sweep";
  return {
    kind: "sweep",
    name,
    pausable: true,
    ends: "together",
    async run(context): Promise<string> {
      const { session, stopping } = context;
      const runner = new StepRunner(context, name, stepOptions);
      const { total } = points;
      let done = 0;
      for (const point of points) {
        const work = (inner: StepContext): Promise<StepResult> =>
          atPoint(context, inner, step, point, { set: options.set, settle, named });
        stopping.throwIfAborted();
        await context.resumed();
        context.progress(total === undefined ? { done } : { done, total });
        while (!await runner.run(work)) {
          if (onError === "skip") {
            session.event("gap", "warning", `the point is left out: ${shown(point)}`, name);
            break;
          }
          await context.sleep(BEFORE_RETRY);
        }
        done++;
      }
      return `${name} is complete: ${done} ${done === 1 ? "point" : "points"}`;
    },
  };
}

async function atPoint<P>(
  { session, sleep }: TaskContext,
  inner: StepContext,
  step: SweepStep<P>,
  point: P,
  { set, settle, named }: {
    readonly set: SweepOptions<P>["set"] | undefined;
    readonly settle: number;
    readonly named: boolean;
  },
): Promise<StepResult> {
  if (set !== undefined) await set.call(session, session, point, inner);
  if (settle > 0) await sleep(settle);
  const result = await step.call(session, session, point, inner);
  if (!named || result === undefined || result === null || typeof result !== "object") {
    return result;
  }
  return { ...point as Record<string, number>, ...result };
}

function shown(point: unknown): string {
  try {
    return JSON.stringify(point) ?? String(point);
  } catch {
    return String(point);
  }
}
