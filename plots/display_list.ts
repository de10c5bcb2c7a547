/**
 * A drawing as a flat list of shapes: what all ways of drawing have in common. Lengths are CSS pixels, y grows downwards.
 *
 * Points are `x0, y0, x1, y1, …` in one array; a point of NaN ends one line and begins another.
 *
 * @module
 */

/** A rectangle. */
export interface Box {
  /** Its left edge. */
  readonly x: number;
  /** Its upper edge. */
  readonly y: number;
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
}

/** What shapes have in common. */
export interface ShapeFacts {
  /** Nothing is drawn outside. */
  readonly clip?: Box;
  /** Which series it shows, by its name. */
  readonly series?: string;
  /** What it is to a reader of the drawing: `"grid"`, `"axis"`, `"line"`, … */
  readonly role: string;
}

/** Lines through points. */
export interface LineShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "line";
  /** Its points. */
  readonly points: Float64Array;
  /** The line's colour. */
  readonly stroke: string;
  /** The line's width. */
  readonly width: number;
  /** Lengths of dashes and of the blanks between them. */
  readonly dash?: readonly number[];
  /** From 0, which is not to be seen, to 1. @default 1 */
  readonly opacity?: number;
}

/** Filled polygons. */
export interface AreaShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "area";
  /** Its points. */
  readonly points: Float64Array;
  /** Its colour. */
  readonly fill: string;
  /** From 0, which is not to be seen, to 1. @default 1 */
  readonly opacity?: number;
}

/** Discs around points. */
export interface DotsShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "dots";
  /** Its points. */
  readonly points: Float64Array;
  /** The discs' radius. */
  readonly radius: number;
  /** Its colour. */
  readonly fill: string;
  /** From 0, which is not to be seen, to 1. @default 1 */
  readonly opacity?: number;
}

/** A filled rectangle. */
export interface BoxShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "box";
  /** Where it is. */
  readonly box: Box;
  /** Its colour. */
  readonly fill: string;
}

/** Rectangles, each in one of a few colours. */
export interface CellsShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "cells";
  /** `x, y, width, height` of each. */
  readonly boxes: Float64Array;
  /** Which colour each has. */
  readonly color: Uint16Array;
  /** The colours. */
  readonly palette: readonly string[];
}

/** A line of text. */
export interface TextShape extends ShapeFacts {
  /** Which shape it is. */
  readonly kind: "text";
  /** What it says. */
  readonly text: string;
  /** Where its anchor is. */
  readonly x: number;
  /** The baseline. */
  readonly y: number;
  /** The font's size. */
  readonly size: number;
  /** Its colour. */
  readonly fill: string;
  /** Which part of the text is at `x`. */
  readonly anchor: "start" | "middle" | "end";
  /** Whether it is bold. @default false */
  readonly bold?: boolean;
  /** Turned around its anchor, degrees clockwise. */
  readonly rotate?: number;
}

/** A shape. */
export type Shape = LineShape | AreaShape | DotsShape | BoxShape | CellsShape | TextShape;

/** A drawing. */
export interface DisplayList {
  /** Its width. */
  readonly width: number;
  /** Its height. */
  readonly height: number;
  /** The family of all text's font. */
  readonly font: string;
  /** Its name, for those who can't see it. */
  readonly title: string;
  /** What it shows in a sentence, for those who can't see it. */
  readonly description: string;
  /** Its axes: with them, values can be read off the points of the shapes. */
  readonly axes: readonly AxisNote[];
  /** The shapes, from back to front. */
  readonly shapes: readonly Shape[];
}

/** How pixels of a drawing are values. */
export interface AxisNote {
  /** Which axis: `"x"`, `"left"`, `"right"`, `"right2"`, `"z"`. */
  readonly id: string;
  /** What it says. */
  readonly label: string;
  /** How it is divided; `"time"` is linear in Unix seconds, `"elapsed"` in seconds. */
  readonly kind: "linear" | "log" | "time" | "elapsed";
  /** The values at its ends. */
  readonly range: readonly [number, number];
  /** The pixels at its ends. */
  readonly pixels: readonly [number, number];
  /** The names of the series along it. */
  readonly series: readonly string[];
}
