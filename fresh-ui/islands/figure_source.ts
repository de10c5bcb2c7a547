/**
 * What a plot on the page is drawn from.
 *
 * @module
 */

import type { PlotDefinition } from "../../plots/definition.ts";
import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { ownSpan } from "../../plots/own_span.ts";
import type { Span } from "../../plots/scale.ts";
import type { VariableRow } from "../protocol.ts";
import type { SessionStore } from "./store.ts";

/** The data of one plot: it gets what the view needs and says when there is something new to draw. */
export interface FigureSource extends Disposable {
  /** Whether nothing has come yet. */
  readonly loading: boolean;
  /** Why something can't be read, if so. */
  readonly trouble: string | undefined;
  /**
   * The figure as it is to be drawn now. What the view lacks is asked for; the source calls back when it has come.
   *
   * @param view What the viewer looks at, as far as it is not what the plot shows by itself.
   * @param width The width in pixels of the screen.
   */
  figure(view: View, width: number): Figure;
  /** The address of what is shown as comma-separated values, if it can be had so. */
  csv(view: View): string | undefined;
}

/** What is known of a variable; its name at least. */
export function variableOf(store: SessionStore, name: string): VariableRow {
  return store.info.value.variables.find((one) => one.name === name) ?? { name };
}

/** The times that a plot shows by itself, Unix seconds. */
export function spanOf(store: SessionStore, definition: PlotDefinition): Span {
  const { runs, span } = store.info.value;
  return ownSpan(definition, {
    started: runs.at(-1)?.started,
    now: store.status.value.state === "running" ? store.time() : undefined,
    entries: span,
  });
}
