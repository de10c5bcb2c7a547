/**
 * `.sweep(values, step, options?)`
 *
 * @module
 */

import type { StepContext } from "../../session/step.ts";
import { checkName } from "../../session/store/names.ts";
import { sweep as sweepTask, type SweepOptions as TaskOptions } from "../../tasks/sweep.ts";
import type { SweepAxes } from "../../tasks/sweep_points.ts";
import { formatDuration, milliseconds } from "../../time/duration.ts";
import { checkedFunction, checkedOptions, seen } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import { measured } from "../step.ts";
import type { AnyNamed, Context, Returned, VariablesOf } from "../types.ts";
import { defineVerb, type Node, type Program, type Verb } from "../verb.ts";

/** What a sweep goes through: values in order, or setpoints by the name of the axis. */
export type SweepTarget = readonly unknown[] | SweepAxes;

/** One point of a sweep: a value, or a number for each axis. */
export type PointOf<S> = S extends readonly (infer P)[] ? P
  : { readonly [Axis in keyof S]: number };

/** The variables that a sweep's axes are. */
export type AxesOf<S> = S extends readonly unknown[] ? never : keyof S & string;

/**
 * How a sweep runs.
 *
 * @typeParam D The devices, each with its name.
 * @typeParam S What it goes through.
 */
export interface SweepVerbOptions<D extends AnyNamed, S> extends Omit<TaskOptions<unknown>, "set"> {
  /** Brings the apparatus to the point; comes before `settle` and the step. */
  readonly set?: (context: Context<D>, point: PointOf<NoInfer<S>>) => unknown;
}

/** The verb `sweep`. */
export interface SweepVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds a sweep: a step at each value, or at each combination of the axes' values, the last axis moving fastest. What
   * the step returns is recorded as one entry, together with the axes' values. The run ends when its sweeps are
   * done.
   *
   * @param values Values in order, or setpoints by the name of the axis.
   * @param step The step, with the devices, the session and the point: returns numbers by name, or nothing.
   * @param options How to bring the apparatus to a point, how long it settles, order, passes, what becomes of
   * failures.
   * @throws {RangeError} If there are no values.
   *
   * @example
   * ```ts
   * import { experiment, linspace } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("calibration").device("bath", thermalBath()).sweep(
   *   { setpoint: linspace(20, 80, 7) },
   *   ({ bath }) => ({ temperature: bath.temperature() }),
   *   { set: ({ bath }, { setpoint }) => bath.setSetpoint(setpoint), settle: "20min" },
   * );
   * ```
   */
  sweep<const S extends SweepTarget, R>(
    values: S,
    step: (context: Context<D>, point: PointOf<NoInfer<S>>) => Returned<R>,
    options?: SweepVerbOptions<D, S>,
  ): Experiment<D, V | VariablesOf<R> | AxesOf<S>>;
}

type PointFunction = (context: object, point: unknown) => unknown;

interface SweepOptions extends Omit<TaskOptions<unknown>, "set"> {
  readonly set?: PointFunction;
}

interface SweepNode extends Node {
  readonly kind: "sweep";
  readonly values: readonly unknown[] | SweepAxes;
  readonly step: PointFunction;
  readonly options: SweepOptions;
}

const OPTIONS = {
  name: true,
  set: true,
  settle: true,
  snake: true,
  passes: true,
  onError: true,
  restarts: true,
  timeout: true,
} as const;

const ACTION = "sweep";

function copied(values: unknown): readonly unknown[] | SweepAxes {
  if (Array.isArray(values)) return Object.freeze([...values]);
  if (typeof values !== "object" || values === null || Symbol.iterator in values) {
    throw new TypeError(
      `Cannot sweep, as an array of values, or an object of arrays by axis, is needed: ${
        seen(values)
      }`,
    );
  }
  const axes = Object.entries(values).map(([axis, list]) => {
    checkName("variable", axis);
    return [axis, Array.isArray(list) ? Object.freeze([...list]) : list] as const;
  });
  return Object.freeze(Object.fromEntries(axes)) as SweepAxes;
}

/** The ready-made task, which also refuses what cannot be swept. */
function makeTask(
  { values, step, options }: SweepNode,
  program?: Program,
): ReturnType<typeof sweepTask> {
  const { set, ...others } = options;
  const context = (inner: StepContext): object => program?.scene.context(inner) ?? {};
  const setter = set === undefined ? {} : {
    set: (_session: unknown, point: unknown, inner: StepContext) => set(context(inner), point),
  };
  return sweepTask(
    values as readonly unknown[],
    async (_session, point, inner) => measured(await step(context(inner), point)),
    { ...others, ...setter },
  );
}

/** A list of setpoints in words: how many, and from where to where. */
function range(values: readonly unknown[]): string {
  const show = (value: unknown): string =>
    typeof value === "number" ? String(Number(value.toPrecision(6))) : seen(value);
  if (values.length === 1) return `1 point, ${show(values[0])}`;
  return `${values.length} points from ${show(values[0])} to ${show(values.at(-1))}`;
}

/** How many points a sweep has in all its passes. */
function total({ values, options }: SweepNode): number {
  const lists: readonly (readonly unknown[])[] = Array.isArray(values)
    ? [values]
    : Object.values(values as SweepAxes);
  return lists.reduce((product, list) => product * list.length, 1) * (options.passes ?? 1);
}

const sweep: Verb<SweepNode> = {
  kind: "sweep",
  node([values, step, options]): SweepNode {
    const checked = checkedOptions<SweepOptions>(ACTION, options, OPTIONS);
    if (checked.set !== undefined) checkedFunction(ACTION, "set", checked.set);
    const node: SweepNode = {
      kind: "sweep",
      values: copied(values),
      step: checkedFunction(ACTION, "the step", step),
      options: Object.freeze(checked),
    };
    makeTask(node);
    return node;
  },
  describe(node, page): void {
    const { values, options } = node;
    const axes = Array.isArray(values) ? [] : Object.entries(values as SweepAxes);
    const notes: string[] = [];
    if (options.name !== undefined) notes.push("sweep");
    if (Array.isArray(values)) notes.push(range(values));
    if (options.settle !== undefined) {
      notes.push(`settling ${formatDuration(milliseconds(options.settle))} at each`);
    }
    if (options.snake === true) notes.push("back and forth");
    if ((options.passes ?? 1) > 1) notes.push(`${options.passes} passes`);
    if (axes.length > 1) notes.push(`${total(node)} points in all`);
    page.add("Tasks", options.name ?? "sweep", notes.join(", "));
    for (const [axis, list] of axes) page.add("Tasks", `  ${axis}`, range(list));
    page.add("Ends", "when all points are done");
  },
  estimate(node, extent): void {
    const points = total(node);
    extent.points += points;
    extent.settling = Math.max(
      extent.settling,
      points * milliseconds(node.options.settle ?? "0s"),
    );
    extent.unknown.push("how long a sweep's steps take shows only when they run");
  },
  compile(node, program): void {
    program.tasks.push(makeTask(node, program));
  },
};

/** The verb `sweep`. */
export const sweepVerb: Verb = defineVerb(sweep);
