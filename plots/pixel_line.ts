/**
 * Lines of any number of points, reduced to what pixels can show.
 *
 * @module
 */

import type { Box } from "./display_list.ts";

/** Numbers in an array that grows. */
class Numbers {
  #array = new Float64Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(x: number, y: number): void {
    if (this.#length + 2 > this.#array.length) {
      const longer = new Float64Array(this.#array.length * 2);
      longer.set(this.#array);
      this.#array = longer;
    }
    this.#array[this.#length++] = x;
    this.#array[this.#length++] = y;
  }

  taken(): Float64Array {
    return this.#array.slice(0, this.#length);
  }
}

/** What a {@linkcode PixelLine} has come to. */
export interface ReducedLine {
  /** Lines, with a point of NaN between two of them. */
  readonly line: Float64Array;
  /** Points that stand alone. */
  readonly alone: Float64Array;
}

/** How a {@linkcode PixelLine} reduces. */
export interface PixelLineOptions {
  /** What can be seen; lines are cut a little outside of it. */
  readonly box: Box;
  /**
   * How points are reduced. `"columns"`: of each column of pixels the first, the least, the greatest and the last point
   * (M4), by which the picture stays the same; for lines that run from left to right. `"distance"`: points less than
   * half a pixel from the one before are left out; for lines that run anywhere.
   */
  readonly by: "columns" | "distance";
  /** Device pixels for each CSS pixel. @default 1 */
  readonly resolution?: number;
}

/** How far outside of what can be seen lines are cut, pixels: more than a line is wide. */
const MARGIN = 64;

/** So many points in a column are as good as any number. */
const DENSE = 8;

/**
 * Takes the points of a line in pixels, one after the other, and keeps those that matter. Spikes are kept whatever they
 * stand between, and so is each interruption.
 */
export class PixelLine {
  readonly #out = new Numbers();
  readonly #alone = new Numbers();
  readonly #byColumns: boolean;
  readonly #resolution: number;
  readonly #left: number;
  readonly #right: number;
  readonly #top: number;
  readonly #bottom: number;

  /** The column that is gathered, and its points: first, least, greatest, last, each with its turn. */
  #column = NaN;
  #count = 0;
  #firstX = 0;
  #firstY = 0;
  #lowX = 0;
  #lowY = 0;
  #lowTurn = 0;
  #highX = 0;
  #highY = 0;
  #highTurn = 0;
  #lastX = 0;
  #lastY = 0;

  /** The last point of the line that was kept, where the written line ends, and how many points this line has. */
  #atX = NaN;
  #atY = NaN;
  #penX = NaN;
  #penY = NaN;
  #kept = 0;

  constructor({ box, by, resolution = 1 }: PixelLineOptions) {
    this.#byColumns = by === "columns";
    this.#resolution = resolution;
    this.#left = box.x - MARGIN;
    this.#right = box.x + box.width + MARGIN;
    this.#top = box.y - MARGIN;
    this.#bottom = box.y + box.height + MARGIN;
  }

  /** Goes on to a point; one that is not finite interrupts the line. */
  to(x: number, y: number): void {
    if (!(x - x === 0 && y - y === 0)) {
      this.lift();
      return;
    }
    // All that is far out at one side counts as one column.
    const column = this.#byColumns
      ? Math.floor(Math.max(this.#left - 1, Math.min(this.#right + 1, x)) * this.#resolution)
      : 0;
    if (this.#count > 0) {
      if (this.#byColumns) {
        if (column === this.#column) {
          this.#gather(x, y);
          return;
        }
        this.#flush();
      } else {
        const near = 0.5 / this.#resolution;
        this.#lastX = x;
        this.#lastY = y;
        if (Math.abs(x - this.#firstX) < near && Math.abs(y - this.#firstY) < near) return;
        this.#keep(x, y);
        this.#firstX = x;
        this.#firstY = y;
        return;
      }
    }
    this.#column = column;
    this.#count = 1;
    this.#firstX =
      this.#lowX =
      this.#highX =
      this.#lastX =
        x;
    this.#firstY =
      this.#lowY =
      this.#highY =
      this.#lastY =
        y;
    this.#lowTurn = this.#highTurn = 0;
    if (!this.#byColumns) this.#keep(x, y);
  }

  /** Interrupts the line. */
  lift(): void {
    if (this.#count > 0) {
      if (this.#byColumns) this.#flush();
      else this.#keep(this.#lastX, this.#lastY);
    }
    if (this.#kept === 1) this.#alonePoint();
    this.#count = 0;
    this.#column = NaN;
    this.#kept = 0;
    this.#atX = NaN;
    this.#penX = NaN;
  }

  /** Ends the line and gives what is to be drawn. */
  end(): ReducedLine {
    this.lift();
    return { line: this.#out.taken(), alone: this.#alone.taken() };
  }

  #gather(x: number, y: number): void {
    const turn = this.#count++;
    if (y < this.#lowY) {
      this.#lowX = x;
      this.#lowY = y;
      this.#lowTurn = turn;
    }
    if (y > this.#highY) {
      this.#highX = x;
      this.#highY = y;
      this.#highTurn = turn;
    }
    this.#lastX = x;
    this.#lastY = y;
  }

  #flush(): void {
    if (this.#count >= DENSE) {
      // Of many points in a column it does not matter where in it they are, but strokes in its middle leave no slits.
      const middle = (this.#column + 0.5) / this.#resolution;
      if (middle > this.#left && middle < this.#right) this.#lowX = this.#highX = middle;
    }
    this.#keep(this.#firstX, this.#firstY);
    const last = this.#count - 1;
    const inner = (turn: number) => turn > 0 && turn < last;
    if (this.#lowTurn < this.#highTurn) {
      if (inner(this.#lowTurn)) this.#keep(this.#lowX, this.#lowY);
      if (inner(this.#highTurn)) this.#keep(this.#highX, this.#highY);
    } else {
      if (inner(this.#highTurn)) this.#keep(this.#highX, this.#highY);
      if (inner(this.#lowTurn)) this.#keep(this.#lowX, this.#lowY);
    }
    if (last > 0) this.#keep(this.#lastX, this.#lastY);
    this.#count = 0;
  }

  /** Draws on to a point, as far as it can be seen. */
  #keep(x: number, y: number): void {
    if (this.#kept > 0) {
      if (x === this.#atX && y === this.#atY) return;
      this.#segment(this.#atX, this.#atY, x, y);
    }
    this.#kept++;
    this.#atX = x;
    this.#atY = y;
  }

  #alonePoint(): void {
    if (
      this.#atX >= this.#left && this.#atX <= this.#right &&
      this.#atY >= this.#top && this.#atY <= this.#bottom
    ) this.#alone.push(this.#atX, this.#atY);
  }

  /** Writes the part of a segment that is inside, after Liang and Barsky. */
  #segment(x0: number, y0: number, x1: number, y1: number): void {
    let from = 0;
    let to = 1;
    const dx = x1 - x0;
    const dy = y1 - y0;
    const inside = x0 >= this.#left && x0 <= this.#right && x1 >= this.#left && x1 <= this.#right &&
      y0 >= this.#top && y0 <= this.#bottom && y1 >= this.#top && y1 <= this.#bottom;
    if (!inside) {
      const sides = [
        [-dx, x0 - this.#left],
        [dx, this.#right - x0],
        [-dy, y0 - this.#top],
        [dy, this.#bottom - y0],
      ] as const;
      for (const [toward, distance] of sides) {
        if (toward === 0) {
          if (distance < 0) return;
        } else {
          const part = distance / toward;
          if (toward < 0) from = Math.max(from, part);
          else to = Math.min(to, part);
        }
      }
      if (from > to) return;
    }
    const startX = from === 0 ? x0 : x0 + dx * from;
    const startY = from === 0 ? y0 : y0 + dy * from;
    if (startX !== this.#penX || startY !== this.#penY) {
      if (this.#out.length > 0) this.#out.push(NaN, NaN);
      this.#out.push(startX, startY);
    }
    this.#penX = to === 1 ? x1 : x0 + dx * to;
    this.#penY = to === 1 ? y1 : y0 + dy * to;
    this.#out.push(this.#penX, this.#penY);
  }
}
