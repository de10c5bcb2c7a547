/**
 * Reads a plot's definition from data that anybody may have written.
 *
 * @module
 */

import type { AxisDefinition, PlotDefinition } from "./definition.ts";

/** Most variables on an axis, and most characters of a text, that are taken from a file. */
const MOST = { names: 100, text: 1_000, traces: 1_000 } as const;

type Fields = Readonly<Record<string, unknown>>;

/** Does not fit: there is no plot to be made of it. */
class Unfit extends Error {}

function fields(value: unknown): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Unfit();
  return value as Fields;
}

/** A field that may be absent. */
function optional<T>(value: unknown, read: (value: unknown) => T): T | undefined {
  return value === undefined || value === null ? undefined : read(value);
}

function text(value: unknown): string {
  if (typeof value !== "string" || value.length > MOST.text) throw new Unfit();
  return value;
}

function names(value: unknown, least = 1): string[] {
  if (!Array.isArray(value) || value.length < least || value.length > MOST.names) throw new Unfit();
  return value.map(text);
}

function positive(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0) throw new Unfit();
  return value;
}

function count(value: unknown): number {
  const found = positive(value);
  if (!Number.isInteger(found) || found > MOST.traces) throw new Unfit();
  return found;
}

function flag(value: unknown): boolean {
  if (typeof value !== "boolean") throw new Unfit();
  return value;
}

function end(value: unknown): number | null {
  if (value === null) return null;
  if (typeof value !== "number" || !Number.isFinite(value)) throw new Unfit();
  return value;
}

function range(value: unknown): readonly [number | null, number | null] {
  if (!Array.isArray(value) || value.length !== 2) throw new Unfit();
  return [end(value[0]), end(value[1])];
}

function scale(value: unknown): "linear" | "log" {
  if (value !== "linear" && value !== "log") throw new Unfit();
  return value;
}

/** Without the fields that are undefined. */
function defined<T extends object>(value: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as T;
}

function axis(value: unknown): AxisDefinition {
  const given = fields(value);
  return defined<AxisDefinition>({
    label: optional(given["label"], text),
    scale: optional(given["scale"], scale),
    range: optional(given["range"], range),
  });
}

function read(value: unknown): PlotDefinition {
  const given = fields(value);
  const title = optional(given["title"], text);
  const last = optional(given["last"], positive);
  const axisOf = (name: string): AxisDefinition | undefined => optional(given[name], axis);
  switch (given["kind"]) {
    case "time":
      return defined<PlotDefinition>({
        kind: "time",
        title,
        left: names(given["left"], 0),
        right: optional(given["right"], (right) => names(right, 0)),
        last,
        leftAxis: axisOf("leftAxis"),
        rightAxis: axisOf("rightAxis"),
      });
    case "xy":
      return defined<PlotDefinition>({
        kind: "xy",
        title,
        x: text(given["x"]),
        y: names(given["y"]),
        last,
        xAxis: axisOf("xAxis"),
        yAxis: axisOf("yAxis"),
        line: optional(given["line"], flag),
      });
    case "heatmap":
      return defined<PlotDefinition>({
        kind: "heatmap",
        title,
        x: text(given["x"]),
        y: text(given["y"]),
        z: text(given["z"]),
        last,
        xAxis: axisOf("xAxis"),
        yAxis: axisOf("yAxis"),
        zAxis: axisOf("zAxis"),
      });
    case "trace":
      return defined<PlotDefinition>({
        kind: "trace",
        title,
        dataset: text(given["dataset"]),
        count: optional(given["count"], count),
        xAxis: axisOf("xAxis"),
        yAxis: axisOf("yAxis"),
      });
    default:
      throw new Unfit();
  }
}

/**
 * A plot's definition from plain data, such as an event of a session's file. Fields that no plot has are left out.
 *
 * @param value Anything.
 * @returns The definition; undefined if it is none, as when a newer version wrote it.
 */
export function parsePlotDefinition(value: unknown): PlotDefinition | undefined {
  try {
    return read(value);
  } catch (error) {
    if (error instanceof Unfit) return undefined;
    throw error;
  }
}
