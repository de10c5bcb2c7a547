/**
 * The axes that a figure needs: one for each unit on each side.
 *
 * @module
 */

import type { AxisDefinition } from "./definition.ts";
import { type AnySeries, type Figure, quantityLabel } from "./figure.ts";
import { textWidth } from "./text_width.ts";
import type { TickSet } from "./ticks.ts";
import { powerOfTen } from "./numbers.ts";

/** A vertical axis before it has a place. */
export interface AxisNeed {
  /** `"left"`, `"right"`, and further out on the right `"right2"`, `"right3"`. */
  readonly id: string;
  /** On which side it is. */
  readonly side: "left" | "right";
  /** What somebody chose for it. */
  readonly definition: AxisDefinition;
  /** The series along it, by their place in the figure. */
  readonly series: readonly number[];
}

/** So many axes there are at most; units beyond share the last one. */
const MOST_AXES = 4;

/** The series of a figure; a heat map has none. */
export function seriesOf(figure: Figure): readonly AnySeries[] {
  return figure.kind === "heatmap" ? [] : figure.series;
}

/** What was chosen for the first axis of each side. */
function chosen(figure: Figure): { left: AxisDefinition; right: AxisDefinition } {
  if (figure.kind === "time") {
    const { leftAxis = {}, rightAxis = {} } = figure.definition;
    return { left: leftAxis, right: rightAxis };
  }
  return { left: figure.definition.yAxis ?? {}, right: {} };
}

/**
 * The vertical axes. Series of one side and one unit share one; a further unit gets an axis further out on the right.
 */
export function axisNeeds(figure: Figure): AxisNeed[] {
  const definitions = chosen(figure);
  const groups = new Map<string, { side: "left" | "right"; own: boolean; series: number[] }>();
  const first: { left?: string; right?: string } = {};
  for (const [place, series] of seriesOf(figure).entries()) {
    const side = "axis" in series && series.axis === "right" ? "right" : "left";
    const key = `${side} ${series.unit ?? ""}`;
    first[side] ??= key;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { side, own: first[side] === key, series: [place] });
    else group.series.push(place);
  }
  if (groups.size === 0) {
    return [{ id: "left", side: "left", definition: definitions.left, series: [] }];
  }
  const all = [...groups.values()];
  // The chosen axes come first; a left side without series leaves the left to the right side's axis.
  const inOrder = [
    ...all.filter(({ side, own }) => side === "left" && own),
    ...all.filter(({ side, own }) => side === "right" && own),
    ...all.filter(({ own }) => !own),
  ];
  for (const { series } of inOrder.splice(MOST_AXES)) inOrder.at(-1)?.series.push(...series);
  let right = 0;
  return inOrder.map(({ side, own, series }) => {
    const onLeft = side === "left" && own;
    right += onLeft ? 0 : 1;
    return {
      id: onLeft ? "left" : right === 1 ? "right" : `right${right}`,
      side: onLeft ? "left" : "right",
      definition: own ? definitions[side] : {},
      series,
    };
  });
}

/** A label with what its ticks' labels leave out: `"Pressure (10⁶ Pa)"`. */
function withFactor(label: string, unit: string, { power, shift }: TickSet): string {
  const factor = power === 0 ? "" : powerOfTen(power);
  const units = [factor, unit].filter((part) => part !== "").join(" ");
  return [label, shift, units === "" ? "" : `(${units})`].filter((part) => part !== "").join(" ");
}

/**
 * What an axis says.
 *
 * @param definition What somebody chose.
 * @param series What is along it.
 * @param ticks Its ticks, whose common factor it names.
 * @param room How long it is, pixels.
 * @param size The font's size.
 */
export function axisText(
  definition: AxisDefinition,
  series: readonly { readonly name: string; readonly label?: string; readonly unit?: string }[],
  ticks: TickSet,
  room: number,
  size: number,
): string {
  if (definition.label !== undefined) return withFactor(definition.label, "", ticks);
  const units = [...new Set(series.map(({ unit }) => unit ?? ""))];
  const names = [...new Set(series.map(({ name, label }) => label ?? name))];
  const unit = units[0] ?? "";
  if (units.length > 1) {
    const all = withFactor(series.map(quantityLabel).join(", "), "", ticks);
    return textWidth(all, size) <= room
      ? all
      : withFactor(units.filter((one) => one !== "").join(", "), "", ticks);
  }
  const named = withFactor(names.join(", "), unit, ticks);
  if (names.length === 1 || textWidth(named, size) <= room) return named;
  // The legend has the names.
  return ticks.power === 0 && ticks.shift === "" ? unit : withFactor("", unit, ticks);
}
