/// <reference lib="dom" />
import assert from "node:assert/strict";
import { paint, type PaintContext } from "../../plots/canvas.ts";
import type { DisplayList } from "../../plots/display_list.ts";
import { draw } from "../../plots/draw.ts";
import type { Figure } from "../../plots/figure.ts";
import { layOut } from "../../plots/layout.ts";
import { toSvg } from "../../plots/svg.ts";
import { theme } from "../../plots/theme.ts";
import { points, timeFigure, unescape } from "./_figures.ts";

// What a browser gives is what is asked for; that this compiles is the test.
const _onScreen: (context: CanvasRenderingContext2D) => PaintContext = (context) => context;
const _offScreen: (context: OffscreenCanvasRenderingContext2D) => PaintContext = (context) =>
  context;

interface State {
  fillStyle: unknown;
  strokeStyle: unknown;
  lineWidth: number;
  lineJoin: string;
  globalAlpha: number;
  font: string;
  textAlign: string;
  textBaseline: string;
  dash: string;
  clip: string;
  shift: readonly [number, number];
  turn: number;
}

const round = (value: number) => String(Math.round(value * 100) / 100);

/** A canvas that notes what would be seen: one line of text a shape. */
class Recorder implements PaintContext {
  fillStyle: unknown = "#000";
  strokeStyle: unknown = "#000";
  lineWidth = 1;
  lineJoin = "miter";
  globalAlpha = 1;
  font = "";
  textAlign = "start";
  textBaseline = "alphabetic";
  readonly seen: string[] = [];
  readonly transforms: number[][] = [];
  depth = 0;
  #dash = "";
  #clip = "";
  #shift: readonly [number, number] = [0, 0];
  #turn = 0;
  #path = "";
  readonly #kept: State[] = [];

  save() {
    const { fillStyle, strokeStyle, lineWidth, lineJoin, globalAlpha, font } = this;
    const { textAlign, textBaseline } = this;
    const own = {
      fillStyle,
      strokeStyle,
      lineWidth,
      lineJoin,
      globalAlpha,
      font,
      textAlign,
      textBaseline,
    };
    this.#kept.push({
      ...own,
      dash: this.#dash,
      clip: this.#clip,
      shift: this.#shift,
      turn: this.#turn,
    });
    this.depth++;
  }
  restore() {
    const state = this.#kept.pop();
    assert.ok(state !== undefined, "what is restored was saved");
    const { dash, clip, shift, turn, ...own } = state;
    Object.assign(this, own);
    [this.#dash, this.#clip, this.#shift, this.#turn] = [dash, clip, shift, turn];
    this.depth--;
  }
  setTransform(...numbers: number[]) {
    this.transforms.push(numbers);
  }
  translate(x: number, y: number) {
    this.#shift = [x, y];
  }
  rotate(angle: number) {
    this.#turn = angle * 180 / Math.PI;
  }
  beginPath() {
    this.#path = "";
  }
  closePath() {
    this.#path += "Z";
  }
  moveTo(x: number, y: number) {
    this.#path += `M${round(x)} ${round(y)}`;
  }
  lineTo(x: number, y: number) {
    this.#path += `L${round(x)} ${round(y)}`;
  }
  arc(x: number, y: number, radius: number) {
    this.#path = this.#path.replace(/M[^M]*$/, "") +
      `O${round(x)} ${round(y)} ${round(radius * 2)}`;
  }
  rect(x: number, y: number, width: number, height: number) {
    this.#path += `R${[x, y, width, height].map(round).join(" ")}`;
  }
  clip() {
    this.#clip = this.#path;
  }
  fill() {
    this.#note(`fill ${this.fillStyle} ${this.#path}`);
  }
  stroke() {
    const dash = this.#dash === "" ? "" : ` dash ${this.#dash}`;
    this.#note(`stroke ${this.strokeStyle} ${round(this.lineWidth)}${dash} ${this.#path}`);
  }
  fillRect(x: number, y: number, width: number, height: number) {
    this.#note(`rect ${this.fillStyle} ${[x, y, width, height].map(round).join(" ")}`);
  }
  setLineDash(segments: number[]) {
    this.#dash = segments.map(round).join(" ");
  }
  fillText(text: string, x: number, y: number) {
    const [dx, dy] = this.#shift;
    const turn = this.#turn === 0 ? "" : ` turn ${round(this.#turn)}`;
    const place = `${round(x + dx)} ${round(y + dy)}`;
    const [bold, size] = this.font.startsWith("bold ")
      ? ["bold ", this.font.slice(5)]
      : ["", this.font];
    const font = bold + round(parseFloat(size));
    this.#note(
      `text ${this.fillStyle} ${font} ${this.textAlign}${turn} ${place} ${text}`,
    );
  }
  #note(what: string) {
    const alpha = this.globalAlpha === 1 ? "" : ` alpha ${round(this.globalAlpha)}`;
    this.seen.push(`${what}${alpha}${this.#clip === "" ? "" : " clipped"}`);
  }
}

/** The same notes of an SVG. */
function seenIn(svg: string): string[] {
  const seen: string[] = [];
  let clipped = "";
  let inCells = false;
  for (
    const [tag, name = "", text = "", content] of svg.matchAll(/<(\/?\w+)([^>]*?)\/?>([^<]*)/g)
  ) {
    const of = (attribute: string) => {
      const value = new RegExp(` ${attribute}="([^"]*)"`).exec(text)?.[1];
      return value === undefined ? undefined : unescape(value);
    };
    const alpha = of("opacity") === undefined ? "" : ` alpha ${of("opacity")}`;
    if (name === "g") {
      if (of("clip-path") !== undefined) clipped = " clipped";
      inCells = of("class") === "cells" || of("class") === "colors";
    } else if (name === "/g") {
      if (!inCells) clipped = "";
      inCells = false;
    } else if (name === "rect" && of("class") !== undefined) {
      const place = ["x", "y", "width", "height"].map(of).join(" ");
      seen.push(`rect ${of("fill")} ${place}${alpha}${clipped}`);
    } else if (name === "path" && inCells) {
      for (
        const [, x, y, width, height] of (of("d") ?? "").matchAll(
          /M(\S+) (\S+)h([^v]+)v([^h]+)h[^Z]+Z/g,
        )
      ) {
        seen.push(`rect ${of("fill")} ${x} ${y} ${width} ${height}${clipped}`);
      }
    } else if (name === "path" && of("stroke-linecap") === "round") {
      const dots = (of("d") ?? "").replace(/M(\S+) ([^h]+)h0/g, `O$1 $2 ${of("stroke-width")}`);
      seen.push(`fill ${of("stroke")} ${dots}${alpha}${clipped}`);
    } else if (name === "path" && of("fill") === "none") {
      const dash = of("stroke-dasharray") === undefined ? "" : ` dash ${of("stroke-dasharray")}`;
      seen.push(`stroke ${of("stroke")} ${of("stroke-width")}${dash} ${of("d")}${alpha}${clipped}`);
    } else if (name === "path") {
      seen.push(`fill ${of("fill")} ${of("d")}${alpha}${clipped}`);
    } else if (name === "text") {
      const anchor = of("text-anchor") === "middle" ? "center" : of("text-anchor") ?? "start";
      const turn = /rotate\((\S+)/.exec(of("transform") ?? "")?.[1];
      const font = `${of("font-weight") === "bold" ? "bold " : ""}${of("font-size")}`;
      const place = `${of("x")} ${of("y")}`;
      seen.push(
        `text ${of("fill")} ${font} ${anchor}${
          turn === undefined ? "" : ` turn ${turn}`
        } ${place} ${unescape(content ?? "")}`,
      );
    }
    assert.ok(tag.length > 0);
  }
  return seen;
}

/** Notes with neighbouring cells in any order, as SVG groups them by colour. */
function comparable(seen: readonly string[]): string[] {
  const runs: string[][] = [];
  for (const one of seen) {
    const last = runs.at(-1);
    if (last?.[0]?.startsWith("rect") && one.startsWith("rect")) last.push(one);
    else runs.push([one]);
  }
  return runs.flatMap((run) => run.toSorted());
}

const clock = Array.from({ length: 300 }, (_, k) => k);
const axis = Float64Array.from({ length: 24 }, (_, k) => k);
const figures: Readonly<Record<string, Figure>> = {
  time: timeFigure({
    a: {
      unit: "V",
      data: [points(clock, clock.map((k) => k % 50 === 49 ? NaN : Math.sin(k / 20)))],
    },
    "b <&>": {
      unit: "A",
      axis: "right",
      color: 9,
      data: [{
        kind: "buckets",
        width: 30,
        t: Float64Array.from([0, 30, 60]),
        min: Float64Array.from([0, 1, 2]),
        max: Float64Array.from([4, 4, 5]),
        mean: Float64Array.from([2, 2, 3]),
      }],
    },
    c: points([5], [0.5]),
  }, {
    definition: { kind: "time", title: `"Both" <b>`, left: [] },
    gaps: [{ from: 100, to: 150 }, { from: 200, to: 200.1 }],
    marks: [{ t: 50, level: "error", label: "Lost <it>" }],
  }),
  heatmap: {
    kind: "heatmap",
    definition: { kind: "heatmap", x: "x", y: "y", z: "z" },
    x: { name: "x" },
    y: { name: "y" },
    z: { name: "z" },
    points: {
      x: axis.map((k) => k % 6),
      y: axis.map((k) => Math.floor(k / 6)),
      z: axis.map((k) => k === 9 ? NaN : k * k),
    },
  },
  xy: {
    kind: "xy",
    definition: { kind: "xy", x: "x", y: ["y"], line: false },
    x: { name: "x" },
    series: [{ name: "y", x: axis, y: axis.map((k) => k * k) }],
  },
  empty: timeFigure({}),
};

function record(list: DisplayList, ratio = 1): Recorder {
  const canvas = new Recorder();
  paint(list, canvas, { ratio });
  return canvas;
}

Deno.test("paint() draws what toSvg() draws, shape by shape", () => {
  for (const [name, figure] of Object.entries(figures)) {
    for (const look of ["light", "dark"] as const) {
      const list = draw(
        layOut(figure, { width: 640, height: 320, theme: theme(look), lastValues: true }),
      );
      const [painted, written] = [comparable(record(list).seen), comparable(seenIn(toSvg(list)))];
      assert.ok(painted.length > 5, name);
      assert.deepEqual(painted, written, `${name}, ${look}`);
    }
  }
});

Deno.test("paint() scales to the screen's pixels and leaves the context as it was", () => {
  const list = draw(layOut(figures["time"] ?? timeFigure({}), { width: 640, height: 320 }));
  const canvas = record(list, 2.5);
  assert.deepEqual(canvas.transforms, [[2.5, 0, 0, 2.5, 0, 0]]);
  assert.equal(canvas.depth, 0);
  assert.equal(canvas.globalAlpha, 1);
  assert.deepEqual(canvas.seen, record(list).seen);
});
