/**
 * Drawings on a canvas.
 *
 * @module
 */

import type { Box, DisplayList, Shape } from "./display_list.ts";

/** What is needed of a canvas: a part of `CanvasRenderingContext2D` and of the one of an `OffscreenCanvas`. */
export interface PaintContext {
  /** The colour that fills. */
  fillStyle: unknown;
  /** The colour of lines. */
  strokeStyle: unknown;
  /** The width of lines. */
  lineWidth: number;
  /** How lines bend. */
  lineJoin: string;
  /** The opacity of all that is drawn. */
  globalAlpha: number;
  /** The font, as CSS writes it. */
  font: string;
  /** Which part of a text is at its place. */
  textAlign: string;
  /** Which height of a text is at its place. */
  textBaseline: string;
  /** Keeps the state. */
  save(): void;
  /** Goes back to the state kept last. */
  restore(): void;
  /** Sets how lengths become pixels. */
  setTransform(a: number, b: number, c: number, d: number, e: number, f: number): void;
  /** Moves the origin. */
  translate(x: number, y: number): void;
  /** Turns around the origin. */
  rotate(angle: number): void;
  /** Begins a path. */
  beginPath(): void;
  /** Closes a line. */
  closePath(): void;
  /** Begins a line. */
  moveTo(x: number, y: number): void;
  /** Goes on with a line. */
  lineTo(x: number, y: number): void;
  /** Goes on with an arc. */
  arc(x: number, y: number, radius: number, from: number, to: number): void;
  /** Adds a rectangle to the path. */
  rect(x: number, y: number, width: number, height: number): void;
  /** Draws within the path only. */
  clip(): void;
  /** Fills the path. */
  fill(): void;
  /** Strokes the path. */
  stroke(): void;
  /** Fills a rectangle. */
  fillRect(x: number, y: number, width: number, height: number): void;
  /** Sets the dashes of lines. */
  setLineDash(segments: number[]): void;
  /** Writes a text. */
  fillText(text: string, x: number, y: number): void;
}

/** How {@linkcode paint} paints. */
export interface PaintOptions {
  /** Device pixels for each CSS pixel: the canvas is `width * ratio` by `height * ratio`. @default 1 */
  readonly ratio?: number;
}

function trace(context: PaintContext, points: Float64Array, closed: boolean): void {
  context.beginPath();
  let down = false;
  for (let k = 0; k + 1 < points.length; k += 2) {
    const x = points[k] as number;
    if (x !== x) {
      if (closed && down) context.closePath();
      down = false;
    } else if (down) {
      context.lineTo(x, points[k + 1] as number);
    } else {
      context.moveTo(x, points[k + 1] as number);
      down = true;
    }
  }
  if (closed && down) context.closePath();
}

const NO_DASH: number[] = [];

function one(context: PaintContext, shape: Shape, font: string): void {
  context.globalAlpha = "opacity" in shape && shape.opacity !== undefined ? shape.opacity : 1;
  switch (shape.kind) {
    case "line":
      context.strokeStyle = shape.stroke;
      context.lineWidth = shape.width;
      context.lineJoin = shape.role === "line" ? "bevel" : "miter";
      context.setLineDash(shape.dash === undefined ? NO_DASH : [...shape.dash]);
      trace(context, shape.points, false);
      context.stroke();
      return;
    case "area":
      context.fillStyle = shape.fill;
      trace(context, shape.points, true);
      context.fill();
      return;
    case "dots": {
      context.fillStyle = shape.fill;
      context.beginPath();
      const { points, radius } = shape;
      for (let k = 0; k + 1 < points.length; k += 2) {
        const x = points[k] as number;
        const y = points[k + 1] as number;
        context.moveTo(x + radius, y);
        context.arc(x, y, radius, 0, 2 * Math.PI);
      }
      context.fill();
      return;
    }
    case "box": {
      const { x, y, width, height } = shape.box;
      context.fillStyle = shape.fill;
      context.fillRect(x, y, width, height);
      return;
    }
    case "cells": {
      const { boxes, color, palette } = shape;
      let last = -1;
      for (let k = 0; k < color.length; k++) {
        const index = color[k] as number;
        if (index !== last) context.fillStyle = palette[index];
        last = index;
        const at = k * 4;
        context.fillRect(
          boxes[at] as number,
          boxes[at + 1] as number,
          boxes[at + 2] as number,
          boxes[at + 3] as number,
        );
      }
      return;
    }
    case "text":
      context.fillStyle = shape.fill;
      context.font = `${shape.bold === true ? "bold " : ""}${shape.size}px ${font}`;
      context.textAlign = shape.anchor === "middle" ? "center" : shape.anchor;
      context.textBaseline = "alphabetic";
      if (shape.rotate === undefined) {
        context.fillText(shape.text, shape.x, shape.y);
        return;
      }
      context.save();
      context.translate(shape.x, shape.y);
      context.rotate(shape.rotate * Math.PI / 180);
      context.fillText(shape.text, 0, 0);
      context.restore();
  }
}

/**
 * Paints a drawing on a canvas, over all that was on it.
 *
 * @param list The drawing.
 * @param context The canvas's context; its state is as before afterwards.
 * @param options The screen's pixels.
 */
export function paint(
  list: DisplayList,
  context: PaintContext,
  { ratio = 1 }: PaintOptions = {},
): void {
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  let clip: Box | undefined;
  for (const shape of list.shapes) {
    if (shape.clip !== clip) {
      if (clip !== undefined) context.restore();
      clip = shape.clip;
      if (clip !== undefined) {
        context.save();
        context.beginPath();
        context.rect(clip.x, clip.y, clip.width, clip.height);
        context.clip();
      }
    }
    one(context, shape, list.font);
  }
  if (clip !== undefined) context.restore();
  context.restore();
}
