/**
 * What a plot on the page is drawn from.
 *
 * @module
 */

import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
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

/** A variable's name, label and unit, as figures have them. */
export function quantityOf(
  store: SessionStore,
  name: string,
): { readonly name: string; readonly label?: string; readonly unit?: string } {
  const { label, unit } = variableOf(store, name);
  return {
    name,
    ...(label === undefined ? {} : { label }),
    ...(unit === undefined ? {} : { unit }),
  };
}
