/**
 * From points to a figure of variables against others: for the page and for pictures.
 *
 * @module
 */

import type { HeatmapDefinition, XyPlotDefinition } from "./definition.ts";
import type { Figure, Quantity } from "./figure.ts";
import { quantityOf } from "./time_figure.ts";

/** So many points of a line are drawn: more would hardly show. */
const MOST_LINE_POINTS = 5_000;
/** So many points of a heat map are: each is a cell, which would be missed. */
const MOST_CELLS = 100_000;

/** About how many points a figure takes at most; there may be more of them. */
export function mostPoints({ kind }: XyPlotDefinition | HeatmapDefinition): number {
  return kind === "heatmap" ? MOST_CELLS : MOST_LINE_POINTS;
}

/** What a figure of variables against others is made of. */
export interface PointsParts {
  /** What is shown and how. */
  readonly definition: XyPlotDefinition | HeatmapDefinition;
  /** What is known of a variable. */
  variable(name: string): Quantity;
  /** A variable's values, one a point, in the order of recording. */
  column(name: string): Float64Array;
}

/** A figure of variables against others. */
export function pointsFigure({ definition, variable, column }: PointsParts): Figure {
  const quantity = (name: string): Quantity => quantityOf(variable(name));
  if (definition.kind === "heatmap") {
    const { x, y, z } = definition;
    return {
      kind: "heatmap",
      definition,
      x: quantity(x),
      y: quantity(y),
      z: quantity(z),
      points: { x: column(x), y: column(y), z: column(z) },
    };
  }
  const x = column(definition.x);
  return {
    kind: "xy",
    definition,
    x: quantity(definition.x),
    series: definition.y.map((name, color) => ({ ...quantity(name), color, x, y: column(name) })),
  };
}
