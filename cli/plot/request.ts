/**
 * What `stripchart plot` was asked for.
 *
 * @module
 */

import { type CommandLine, type FlagValues, UsageError } from "../../command_line/flags.ts";
import { plotInWords, type Plottable } from "../../plots/define.ts";
import type { PlotDefinition } from "../../plots/definition.ts";
import type { FigureOptions } from "../../session/figures/session_figure.ts";
import { printable } from "../../session/status_line.ts";
import type { Terminal } from "../../session/terminal.ts";
import { type DurationText, milliseconds } from "../../time/duration.ts";
import { momentOf } from "./moment.ts";

/** What was asked for. */
export interface PlotRequest {
  /** The session's file. */
  readonly file: string;
  /** The picture's file. */
  readonly output: string;
  /** What it is. */
  readonly format: "png" | "svg";
  /** The number of a declared plot, from 1, or a plot; undefined for the first one. */
  readonly what: number | Plottable | undefined;
  /** What of it is shown, and how it looks. */
  readonly options: FigureOptions;
}

/** Reads the command line. */
export function plotRequest({ words: [file = ""], flags }: CommandLine): PlotRequest {
  const output = textOf(flags, "output");
  if (output === undefined) {
    throw new UsageError("Cannot plot, as -o is missing. Name the picture: -o NAME.png");
  }
  const [, format] = /\.(png|svg)$/i.exec(output) ?? [];
  if (format === undefined) {
    throw new UsageError(
      `Cannot plot, as a picture's name ends in .png or .svg: ${JSON.stringify(output)}`,
    );
  }
  return {
    file,
    output,
    format: format.toLowerCase() === "svg" ? "svg" : "png",
    what: whatOf(flags),
    options: optionsOf(flags),
  };
}

function textOf(flags: FlagValues, name: string): string | undefined {
  const text = flags[name];
  return typeof text === "string" ? text : undefined;
}

/** Ways to say what is drawn, of which one is taken. */
const WAYS = [["plot"], ["variables"], ["dataset"], ["x", "y", "z"]] as const;

function whatOf(flags: FlagValues): number | Plottable | undefined {
  const given = WAYS.filter((names) => names.some((name) => flags[name] !== undefined));
  if (given.length > 1) {
    const names = given.map(([name]) => `--${name}`).join(" and ");
    throw new UsageError(`Cannot plot, as ${names} are given, which are plots of two kinds.`);
  }
  const [plot, variables, dataset] = ["plot", "variables", "dataset"].map((name) =>
    textOf(flags, name)
  );
  if (plot !== undefined) {
    if (/^[1-9]\d{0,6}$/.test(plot)) return Number(plot);
    throw new UsageError(
      `Cannot plot, as --plot takes a number from 1 on: ${JSON.stringify(plot)}. ` +
        "stripchart info FILE lists the plots.",
    );
  }
  if (variables !== undefined) return namesOf(variables);
  if (dataset !== undefined) return { dataset };
  return pairOf(flags);
}

function pairOf(flags: FlagValues): Plottable | undefined {
  const [x, y, z] = ["x", "y", "z"].map((name) => textOf(flags, name));
  if (x === undefined && y === undefined && z === undefined) return undefined;
  if (x === undefined || y === undefined) {
    throw new UsageError(
      `Cannot plot, as --${x === undefined ? "x" : "y"} is missing: --x A --y B draws B against A.`,
    );
  }
  return z === undefined ? { x, y: namesOf(y) } : { x, y, z };
}

function namesOf(list: string): string[] {
  return list.split(",").map((name) => name.trim()).filter((name) => name !== "");
}

function optionsOf(flags: FlagValues): FigureOptions {
  const [from, to] = ["from", "to"].map((name) => {
    const text = textOf(flags, name);
    return text === undefined ? undefined : momentOf(name, text);
  });
  const last = textOf(flags, "last");
  if (last !== undefined && from !== undefined) {
    throw new UsageError("Cannot plot, as both --from and --last say when it begins.");
  }
  if (last !== undefined) duration(last);
  const scale = textOf(flags, "scale");
  return {
    ...sizeOf(textOf(flags, "size")),
    ...(scale === undefined ? {} : { scale: Number(scale) }),
    ...(flags["dark"] === true ? { theme: "dark" as const } : {}),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(last === undefined ? {} : { last: last as DurationText }),
  };
}

function duration(text: string): void {
  try {
    milliseconds(text as DurationText);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function sizeOf(text: string | undefined): { width?: number; height?: number } {
  if (text === undefined) return {};
  const [, width, height] = /^(\d+)x(\d+)$/.exec(text) ?? [];
  if (width !== undefined && height !== undefined) {
    return { width: Number(width), height: Number(height) };
  }
  throw new UsageError(
    `Cannot plot, as --size takes a width and a height: ${JSON.stringify(text)}. ` +
      "Write it as 1200x675.",
  );
}

/** The plot that was asked for; undefined for what a session shows by itself. */
export function chosenPlot(
  { what }: PlotRequest,
  declared: readonly PlotDefinition[],
  stderr: Terminal,
): Plottable | PlotDefinition | undefined {
  if (typeof what !== "number" && what !== undefined) return what;
  const list = declared.map((plot, n) => `  ${n + 1}  ${printable(plotInWords(plot))}\n`).join("");
  if (what === undefined) {
    if (declared.length > 1) {
      stderr.write(`This is the first of ${declared.length} plots; --plot N draws another one:\n`);
      stderr.write(list);
    }
    return undefined;
  }
  const chosen = declared[what - 1];
  if (chosen !== undefined) return chosen;
  throw new RangeError(
    declared.length === 0
      ? `Cannot draw plot ${what}, as the last run declares none. Choose variables by --variables.`
      : `Cannot draw plot ${what}, as the last run declares ${declared.length}:\n${list.trimEnd()}`,
  );
}
