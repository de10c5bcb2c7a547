/// <reference lib="dom" />
/**
 * A plot on its canvas, with what the hand is doing above it.
 *
 * @module
 */

import { paint } from "../../plots/canvas.ts";
import { draw } from "../../plots/draw.ts";
import type { Layout } from "../../plots/layout.ts";
import type { Place } from "./gestures.ts";

/** What is drawn above a plot. */
export interface Overlay {
  /** Where the cursor is. */
  readonly cursor?: Place | undefined;
  /** The box that is being drawn. */
  readonly box?: readonly [Place, Place] | undefined;
}

/** Draws a plot on a canvas of its size. */
export function drawOn(canvas: HTMLCanvasElement, layout: Layout, overlay: Overlay): void {
  const { width, height, resolution: ratio, plot, theme } = layout;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) {
    canvas.width = across;
    canvas.height = down;
  }
  const context = canvas.getContext("2d");
  if (context === null) return;
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(0, 0, across, down);
  paint(draw(layout), context, { ratio });
  const { cursor, box } = overlay;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  if (box !== undefined) {
    const [a, b] = box;
    context.fillStyle = theme.marks.info;
    context.globalAlpha = 0.18;
    context.fillRect(
      Math.min(a.x, b.x),
      Math.min(a.y, b.y),
      Math.abs(a.x - b.x),
      Math.abs(a.y - b.y),
    );
    context.globalAlpha = 1;
  } else if (cursor !== undefined && cursor.x >= plot.x && cursor.x <= plot.x + plot.width) {
    context.strokeStyle = theme.quiet;
    context.lineWidth = 1;
    context.setLineDash([3, 3]);
    context.beginPath();
    const x = Math.round(cursor.x) + 0.5;
    context.moveTo(x, plot.y);
    context.lineTo(x, plot.y + plot.height);
    if (layout.figure.kind !== "time" && layout.figure.kind !== "trace") {
      const y = Math.round(cursor.y) + 0.5;
      if (y >= plot.y && y <= plot.y + plot.height) {
        context.moveTo(plot.x, y);
        context.lineTo(plot.x + plot.width, y);
      }
    }
    context.stroke();
    context.setLineDash([]);
  }
}
