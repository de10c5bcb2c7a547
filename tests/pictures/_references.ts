/**
 * Figures whose pictures are kept beside this file. `deno run -A tests/pictures/_references.ts` makes them anew: look at
 * each before it is committed.
 *
 * @module
 */

import { drawPicture } from "../../pictures/draw_picture.ts";
import { packedAssets } from "../../pictures/assets.ts";
import { pictureLook, type PictureLookOptions } from "../../pictures/look.ts";
import { Rasterizer } from "../../pictures/rasterizer.ts";
import type { Figure } from "../../plots/figure.ts";
import { points, timeFigure } from "../plots/_figures.ts";

/** A figure and how it looks. */
export interface Reference {
  /** The name of its picture, without `.png`. */
  readonly name: string;
  /** What is drawn. */
  readonly figure: Figure;
  /** How it looks. */
  readonly look: PictureLookOptions;
}

const START = 1_767_225_600;
const N = 200;
const index = Array.from({ length: N }, (_, k) => k);
const t = index.map((k) => START + k * 60 + (k > 120 ? 1_800 : 0));
const wave = index.map((k) => 20 + 4 * Math.sin(k / 20) + (k === 70 ? 6 : 0));
const decay = index.map((k) => 1e-3 * Math.exp(-k / 30));

const gap = { from: START + 120 * 60, to: START + 121 * 60 + 1_800 };
const time = timeFigure({
  bath: { label: "Bath temperature", unit: "°C", data: [points(t, wave)] },
  "Δν": { unit: "µm²·s⁻¹", axis: "right", data: [points(t, decay)] },
}, {
  definition: { kind: "time", title: "Cooling of Cu-7", left: ["bath"], right: ["Δν"] },
  gaps: [gap],
  marks: [
    { t: START + 3_000, level: "info", label: "lid opened" },
    { t: START + 11_000, level: "error", label: "alarm: too hot" },
  ],
});
const circle = {
  x: Float64Array.from(index, (k) => (1 + k / N) * Math.cos(k / 8)),
  y: Float64Array.from(index, (k) => (1 + k / N) * Math.sin(k / 8)),
};
const swept = Array.from({ length: 130 }, (_, k) => [k % 16, Math.floor(k / 16)] as const);

/** The figures. */
export const REFERENCES: readonly Reference[] = [
  { name: "time", figure: time, look: { width: 480, height: 270 } },
  { name: "time_dark", figure: time, look: { width: 480, height: 270, theme: "dark" } },
  { name: "time_phone", figure: time, look: { width: 300, height: 220, scale: 1.5 } },
  {
    name: "log",
    figure: timeFigure({ p: { unit: "Pa", data: [points(t, decay)] } }, {
      definition: { kind: "time", left: ["p"], leftAxis: { scale: "log" } },
    }),
    look: { width: 360, height: 220 },
  },
  {
    name: "buckets",
    figure: timeFigure({
      v: {
        data: [{
          kind: "buckets",
          t: Float64Array.from({ length: 40 }, (_, k) => START + k * 60),
          min: Float64Array.from({ length: 40 }, (_, k) => Math.sin(k / 6) - 0.4),
          max: Float64Array.from({ length: 40 }, (_, k) => Math.sin(k / 6) + (k === 20 ? 3 : 0.4)),
          mean: Float64Array.from({ length: 40 }, (_, k) => Math.sin(k / 6)),
          width: 60,
        }],
      },
    }),
    look: { width: 360, height: 220 },
  },
  {
    name: "xy",
    figure: {
      kind: "xy",
      definition: { kind: "xy", x: "U", y: ["I"] },
      x: { name: "U", unit: "V" },
      series: [{ name: "I", unit: "µA", ...circle }],
    },
    look: { width: 300, height: 260, theme: "print" },
  },
  {
    name: "heatmap",
    figure: {
      kind: "heatmap",
      definition: { kind: "heatmap", x: "B", y: "Vg", z: "Rxx" },
      x: { name: "B", unit: "T" },
      y: { name: "Vg", label: "Gate voltage", unit: "V" },
      z: { name: "Rxx", label: "<b>R</b>&xx", unit: "Ω" },
      points: {
        x: Float64Array.from(swept, ([x]) => x / 2),
        y: Float64Array.from(swept, ([, y]) => y),
        z: Float64Array.from(
          swept,
          ([x, y]) => x === 3 && y === 3 ? NaN : Math.sin(x / 4) * Math.cos(y / 3),
        ),
      },
    },
    look: { width: 360, height: 240 },
  },
  {
    name: "trace",
    figure: {
      kind: "trace",
      definition: { kind: "trace", dataset: "scope", count: 3 },
      series: [2, 1, 0].map((color) => ({
        name: "scope",
        label: `scope, 12:00:0${3 - color}`,
        color,
        values: Float64Array.from(index, (k) => Math.exp(-k / 80) * Math.sin(k / 9 + color)),
      })),
    },
    look: { width: 360, height: 220 },
  },
  {
    name: "empty",
    figure: timeFigure({ nothing: { data: [] } }),
    look: { width: 240, height: 140 },
  },
];

/** The picture of a reference. */
export async function pictureOf({ figure, look }: Reference): Promise<Uint8Array<ArrayBuffer>> {
  const whole = pictureLook({ scale: 1, timeZone: "UTC", ...look });
  const rasterizer = await Rasterizer.load(await packedAssets());
  return rasterizer.png(drawPicture(figure, whole, "plot").svg, whole.scale);
}

/** Where a picture is kept. */
export function fileOf(name: string): URL {
  return new URL(`./references/${name}.png`, import.meta.url);
}

if (import.meta.main) {
  for (const reference of REFERENCES) {
    Deno.writeFileSync(fileOf(reference.name), await pictureOf(reference));
  }
}
