/**
 * Gaps and marks of events as shapes.
 *
 * @module
 */

import type { Shape } from "./display_list.ts";
import { crisp, hairline } from "./hairline.ts";
import type { Layout } from "./layout.ts";
import { MARK_SIZE } from "./marks.ts";

/** Gaps: a tint with a faint hatch over the height of the plot. */
export function gapShapes({ gaps, plot, theme, fontSize }: Layout): Shape[] {
  const step = Math.max(6, fontSize / 2);
  const { y, height } = plot;
  return gaps.flatMap(([from, to]): Shape[] => {
    const box = { x: from, y, width: to - from, height };
    // Where a hatch has no room the tint has its strength.
    const narrow = to - from < step;
    const tint: Shape = { kind: "box", role: "gap", box, fill: narrow ? theme.hatch : theme.gap };
    if (narrow) return [tint];
    const points: number[] = [];
    // Lines x + y = c, on the same raster in all gaps, cut to the box.
    for (let c = Math.ceil((from + y) / step) * step; c < to + y + height; c += step) {
      const left = Math.max(from, c - y - height);
      const right = Math.min(to, c - y);
      if (points.length > 0) points.push(NaN, NaN);
      points.push(left, c - left, right, c - right);
    }
    return [tint, hairline(points, theme.hatch, fontSize, "hatch")];
  });
}

/** Marks of events: a dashed line through the plot, a flag at its top, the label above. */
export function markShapes({ marks, plot, theme, fontSize }: Layout): Shape[] {
  const flag = fontSize * 0.35;
  return marks.flatMap(({ x, level, label, side }): Shape[] => {
    const color = theme.marks[level];
    const at = crisp(x, fontSize);
    const shapes: Shape[] = [
      {
        ...hairline([at, plot.y, at, plot.y + plot.height], color, fontSize, "mark"),
        dash: [Math.round(fontSize / 6), Math.round(fontSize / 4)],
        opacity: 0.8,
      },
      {
        kind: "area",
        role: "mark",
        points: Float64Array.of(
          at - flag,
          plot.y - flag * 1.4,
          at + flag,
          plot.y - flag * 1.4,
          at,
          plot.y,
        ),
        fill: color,
      },
    ];
    if (label !== "") {
      shapes.push({
        kind: "text",
        role: "mark",
        text: label,
        x: at + fontSize * (side === "after" ? 0.6 : -0.6),
        y: plot.y - fontSize * 0.3,
        size: fontSize * MARK_SIZE,
        fill: color,
        anchor: side === "after" ? "start" : "end",
      });
    }
    return shapes;
  });
}
