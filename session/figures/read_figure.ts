/**
 * From the file to a figure, reduced to what its pixels can show.
 *
 * @module
 */

import {
  type HeatmapDefinition,
  type PlotDefinition,
  plotVariables,
  type TimePlotDefinition,
  type TracePlotDefinition,
  type XyPlotDefinition,
} from "../../plots/definition.ts";
import type { Figure, Quantity, TimeFigure, TraceFigure } from "../../plots/figure.ts";
import { ownSpan } from "../../plots/own_span.ts";
import { mostPoints, pointsFigure } from "../../plots/points_figure.ts";
import type { Span } from "../../plots/scale.ts";
import { type Runs, timeFigure } from "../../plots/time_figure.ts";
import type { ZoneOffset } from "../../plots/time_ticks.ts";
import { traceFigure } from "../../plots/trace_figure.ts";
import { readDataset } from "../history/read_dataset.ts";
import { readPoints } from "../history/read_points.ts";
import { readTiles } from "../history/read_tiles.ts";
import { runOfTile } from "../history/tile.ts";
import { toMicroseconds, toSeconds } from "../moment.ts";
import type { Reader } from "../store/reader.ts";
import { readFigureEvents } from "./figure_events.ts";

/** What of a session is drawn. Times are Unix seconds. */
export interface FigureRequest {
  /** Since when. @default as the plot says: the last run, or the last while of it */
  readonly from?: number;
  /** Until when. @default now, or the last entry */
  readonly to?: number;
  /** What time it is, for a run that goes on: plots end then. @default the time of the last entry */
  readonly now?: number;
  /** How wide the figure is, pixels of the picture. */
  readonly width: number;
  /** The clocks by which legends say when something was. */
  readonly offset: ZoneOffset;
}

/** Elements of a trace, or pairs of least and greatest ones, that are read at least. */
const LEAST_BUCKETS = 2_000;
/** Buckets of time that are read at least. */
const LEAST_WIDTH = 16;

/**
 * Reads what a plot shows.
 *
 * @param signal Ends it when nobody wants it any more.
 * @throws {RangeError} If it was to end before it begins.
 */
export async function readFigure(
  reader: Reader,
  plot: PlotDefinition,
  request: FigureRequest,
  signal: AbortSignal,
): Promise<Figure> {
  switch (plot.kind) {
    case "time":
      return reader.snapshot(() => readTime(reader, plot, request));
    case "xy":
    case "heatmap":
      return await readPairs(reader, plot, request, signal);
    case "trace":
      return reader.snapshot(() => readTraces(reader, plot, request));
  }
}

/** The times that are shown: those of the run that holds the end, unless they are chosen. */
function spanOf(reader: Reader, plot: PlotDefinition, { from, to, now }: FigureRequest): Span {
  const runs = reader.runOutlines();
  const end = to === undefined ? Infinity : toMicroseconds(to);
  const run = runs.findLast(({ started }) => started <= end);
  const range = reader.range();
  const entries: Span | null = range.first === null || range.last === null
    ? null
    : [toSeconds(range.first), toSeconds(range.last)];
  const own = ownSpan(plot, {
    started: run === undefined ? undefined : toSeconds(run.started),
    now: to ?? (runs.at(-1)?.status === "running" ? now : undefined),
    entries,
  });
  const span: Span = [from ?? own[0], to ?? own[1]];
  if (from !== undefined && !(from < span[1])) {
    throw new RangeError(
      `Cannot plot, as the plot must begin before it ends: from ${written(from)} ` +
        `to ${written(span[1])}`,
    );
  }
  return span;
}

function written(t: number): string {
  return new Date(t * 1e3).toISOString();
}

type Variable = Quantity & { readonly period?: number };

/** What is known of each variable; its name at least. */
function variablesOf(reader: Reader): (name: string) => Variable {
  const spacings = reader.spacings();
  const all = new Map(
    reader.variables().map((variable): [string, Variable] => {
      const spacing = spacings.get(variable.name);
      return [variable.name, {
        ...variable,
        ...(spacing === undefined ? {} : { period: toSeconds(spacing) }),
      }];
    }),
  );
  return (name) => all.get(name) ?? { name };
}

function readTime(reader: Reader, plot: TimePlotDefinition, request: FigureRequest): TimeFigure {
  const { width } = request;
  const span = spanOf(reader, plot, request);
  const names = plotVariables(plot);
  const runs = readRuns(reader, names, span, width);
  return timeFigure({
    definition: plot,
    span,
    width,
    variable: variablesOf(reader),
    data: (name) => runs.get(name) ?? [],
    events: readFigureEvents(reader, span[0]),
  });
}

/** The variables' data: up to the last entry, if the span goes on after it. */
function readRuns(
  reader: Reader,
  names: readonly string[],
  [from, to]: Span,
  width: number,
): ReadonlyMap<string, Runs> {
  const { last } = reader.range();
  if (last === null) return new Map();
  const first = toMicroseconds(from);
  const live = toMicroseconds(to) >= last;
  const window = {
    from: first,
    to: Math.max(live ? last : toMicroseconds(to), first + 1),
    buckets: Math.max(LEAST_WIDTH, Math.round(width)),
  };
  const tiles = readTiles(reader, names, window);
  const until = live ? toSeconds(last) : Infinity;
  return new Map(
    tiles.map((tile, i): [string, Runs] => [names[i] ?? "", [runOfTile(tile, until)]]),
  );
}

async function readPairs(
  reader: Reader,
  plot: XyPlotDefinition | HeatmapDefinition,
  request: FigureRequest,
  signal: AbortSignal,
): Promise<Figure> {
  const names = plotVariables(plot);
  const [from, to] = spanOf(reader, plot, request);
  const window = {
    from: toMicroseconds(from),
    to: toMicroseconds(to),
    most: mostPoints(plot),
  };
  const points = await readPoints(reader, names, window, signal);
  return pointsFigure({
    definition: plot,
    variable: variablesOf(reader),
    column: (name) => points.values[names.indexOf(name)] ?? new Float64Array(0),
  });
}

function readTraces(
  reader: Reader,
  plot: TracePlotDefinition,
  request: FigureRequest,
): TraceFigure {
  const { dataset, count = 1 } = plot;
  const { from = -Infinity, to = Infinity, width, offset } = request;
  const within = [...reader.datasetTimes(dataset).entries()].filter(([, t]) =>
    toSeconds(t) >= from && toSeconds(t) <= to
  );
  const traces = within.slice(-count).flatMap(([n]) =>
    readDataset(reader, dataset, n, Math.max(LEAST_BUCKETS, Math.round(width))) ?? []
  );
  const now = request.now ?? toSeconds(reader.range().last ?? 0);
  return traceFigure(plot, traces, now, offset);
}
