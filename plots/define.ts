/**
 * From what a person writes to what a plot is.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../time/duration.ts";
import type { AxisDefinition, PlotDefinition } from "./definition.ts";

/** What all plots can be told. */
export interface PlotOptions {
  /** What stands above it. */
  readonly title?: string;
  /** Only what was recorded in the last while, such as `"1h"`. @default the whole run */
  readonly last?: DurationInput;
}

/**
 * How variables are plotted over time.
 *
 * @typeParam V The names of the variables.
 */
export interface TimePlotOptions<V extends string = string> extends PlotOptions {
  /** The variables that are on the right axis. @default those of the second unit, if there are just two units */
  readonly right?: readonly V[];
  /** The left axis. */
  readonly leftAxis?: AxisDefinition;
  /** The right axis. */
  readonly rightAxis?: AxisDefinition;
}

/**
 * Variables against another one.
 *
 * @typeParam V The names of the variables.
 */
export interface XyPlot<V extends string = string> extends PlotOptions {
  /** The variable along the horizontal axis. */
  readonly x: V;
  /** The variable along the vertical axis, or several of them. */
  readonly y: V | readonly V[];
  /** The horizontal axis. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
  /** Whether points are joined. @default true */
  readonly line?: boolean;
}

/**
 * A variable over two others, as colours.
 *
 * @typeParam V The names of the variables.
 */
export interface Heatmap<V extends string = string> extends PlotOptions {
  /** The variable along the horizontal axis. */
  readonly x: V;
  /** The variable along the vertical axis. */
  readonly y: V;
  /** The variable that gives the colour. */
  readonly z: V;
  /** The horizontal axis. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
  /** The colours' axis. */
  readonly zAxis?: AxisDefinition;
}

/** The datasets of a name as traces. */
export interface TracePlot extends Omit<PlotOptions, "last"> {
  /** The datasets' name. */
  readonly dataset: string;
  /** How many of the last ones are shown. @default 1 */
  readonly count?: number;
  /** The horizontal axis: the elements' index. */
  readonly xAxis?: AxisDefinition;
  /** The vertical axis. */
  readonly yAxis?: AxisDefinition;
}

/**
 * What can be plotted: variables over time by their names, or one of the other kinds.
 *
 * @typeParam V The names of the variables.
 */
export type Plottable<V extends string = string> =
  | V
  | readonly V[]
  | XyPlot<V>
  | Heatmap<V>
  | TracePlot;

const TIME = ["title", "last", "right", "leftAxis", "rightAxis"];
const XY = ["x", "y", "title", "last", "xAxis", "yAxis", "line"];
const HEATMAP = ["x", "y", "z", "title", "last", "xAxis", "yAxis", "zAxis"];
const TRACE = ["dataset", "count", "title", "xAxis", "yAxis"];

/**
 * The plot that is meant.
 *
 * @param what Variables, or a plot of another kind.
 * @param options How variables over time are plotted.
 * @throws {TypeError} If something of it has the wrong shape; the message says what.
 * @throws {RangeError} If an axis ends before it begins, or a number is out of its range.
 * @throws {SyntaxError} If `last` is no duration.
 */
export function definePlot(what: unknown, options?: unknown): PlotDefinition {
  if (typeof what === "string" || Array.isArray(what)) {
    return timePlot(names("the variables", what), fields(options ?? {}, TIME));
  }
  if (options !== undefined) {
    refuse("options stand beside names only; here they belong into the one object", options);
  }
  if (typeof what !== "object" || what === null) refuse("variables are needed", what);
  if ("dataset" in what) return tracePlot(fields(what, TRACE));
  if ("z" in what) return heatmap(fields(what, HEATMAP));
  return xyPlot(fields(what, XY));
}

type Fields = Readonly<Record<string, unknown>>;

function timePlot(variables: readonly string[], given: Fields): PlotDefinition {
  const right = given["right"] === undefined ? undefined : names("right", given["right"]);
  const left = variables.filter((name) => right?.includes(name) !== true);
  return {
    kind: "time",
    left,
    ...(right === undefined ? {} : { right }),
    ...common(given),
    ...axes(given, ["leftAxis", "rightAxis"]),
  };
}

function xyPlot(given: Fields): PlotDefinition {
  const { line } = given;
  if (line !== undefined && typeof line !== "boolean") refuse("line is true or false", line);
  return {
    kind: "xy",
    x: name("x", given["x"]),
    y: names("y", given["y"]),
    ...(line === undefined ? {} : { line }),
    ...common(given),
    ...axes(given, ["xAxis", "yAxis"]),
  };
}

function heatmap(given: Fields): PlotDefinition {
  return {
    kind: "heatmap",
    x: name("x", given["x"]),
    y: name("y", given["y"]),
    z: name("z", given["z"]),
    ...common(given),
    ...axes(given, ["xAxis", "yAxis", "zAxis"]),
  };
}

function tracePlot(given: Fields): PlotDefinition {
  const { count } = given;
  if (count !== undefined && !(Number.isInteger(count) && Number(count) >= 1)) {
    throw new RangeError(`Cannot plot, as count must be 1 or more: ${shown(count)}`);
  }
  return {
    kind: "trace",
    dataset: name("dataset", given["dataset"]),
    ...(count === undefined ? {} : { count: Number(count) }),
    ...common(given),
    ...axes(given, ["xAxis", "yAxis"]),
  };
}

function fields(value: unknown, known: readonly string[]): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    refuse("its options must be an object", value);
  }
  for (const key of Object.keys(value)) {
    if (!known.includes(key)) {
      refuse(`there is no option ${JSON.stringify(key)} here; there are ${known.join(", ")}`, key);
    }
  }
  return value as Fields;
}

function common({ title, last }: Fields): { title?: string; last?: number } {
  if (title !== undefined && typeof title !== "string") refuse("its title must be text", title);
  const ms = last === undefined ? undefined : milliseconds(last as DurationInput);
  if (ms === 0) throw new RangeError("Cannot plot, as last must be longer than nothing");
  return {
    ...(title === undefined ? {} : { title }),
    ...(ms === undefined ? {} : { last: ms }),
  };
}

function axes<K extends string>(given: Fields, keys: readonly K[]): { [A in K]?: AxisDefinition } {
  const found: { [A in K]?: AxisDefinition } = {};
  for (const key of keys) {
    if (given[key] !== undefined) found[key] = axis(key, given[key]);
  }
  return found;
}

function axis(key: string, value: unknown): AxisDefinition {
  if (typeof value !== "object" || value === null) refuse(`${key} must be an object`, value);
  const { label, scale, range, ...rest } = value as Fields;
  const [unknown] = Object.keys(rest);
  if (unknown !== undefined) {
    refuse(`${key} has label, scale and range, and no ${JSON.stringify(unknown)}`, unknown);
  }
  if (label !== undefined && typeof label !== "string") refuse(`${key}.label must be text`, label);
  if (scale !== undefined && scale !== "linear" && scale !== "log") {
    refuse(`${key}.scale is "linear" or "log"`, scale);
  }
  return {
    ...(label === undefined ? {} : { label }),
    ...(scale === undefined ? {} : { scale }),
    ...(range === undefined ? {} : { range: ends(key, range, scale === "log") }),
  };
}

function ends(key: string, value: unknown, log: boolean): [number | null, number | null] {
  const fits = (end: unknown): end is number | null => end === null || Number.isFinite(end);
  const [from, to]: readonly unknown[] = Array.isArray(value) ? value : [];
  if (!Array.isArray(value) || value.length !== 2 || !fits(from) || !fits(to)) {
    refuse(`${key}.range is two numbers, or null where an end follows the data`, value);
  }
  if (from !== null && to !== null && from >= to) {
    throw new RangeError(`Cannot plot, as ${key}.range must go up: ${shown(value)}`);
  }
  if (log && ((from !== null && from <= 0) || (to !== null && to <= 0))) {
    throw new RangeError(
      `Cannot plot, as a logarithmic axis has positive ends only: ${shown(value)}`,
    );
  }
  return [from, to];
}

function name(what: string, value: unknown): string {
  if (typeof value !== "string" || value === "") refuse(`${what} must be a name`, value);
  return value;
}

function names(what: string, value: unknown): string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) refuse(`${what} must be one name or more`, value);
  return [...new Set(list.map((one) => name(what, one)))];
}

function shown(value: unknown): string {
  if (typeof value === "function") return `function ${value.name}`;
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}

function refuse(why: string, value: unknown): never {
  throw new TypeError(`Cannot plot, as ${why}: ${shown(value)}`);
}

/**
 * What a plot shows, in words.
 *
 * @param label What a variable is called. @default its name
 */
export function plotInWords(
  plot: PlotDefinition,
  label: (name: string) => string = (name) => name,
): string {
  if (plot.title !== undefined && plot.title !== "") return plot.title;
  const all = (names: readonly string[]) => names.map(label).join(", ");
  switch (plot.kind) {
    case "time":
      return all([...plot.left, ...plot.right ?? []]);
    case "xy":
      return `${all(plot.y)} against ${label(plot.x)}`;
    case "heatmap":
      return `${label(plot.z)} over ${label(plot.x)} and ${label(plot.y)}`;
    case "trace":
      return `traces of ${plot.dataset}`;
  }
}
