import assert from "node:assert/strict";
import { colorIndex, colorMap } from "../../plots/color_map.ts";
import { lineColor, lineDash, theme } from "../../plots/theme.ts";

type Triple = readonly [number, number, number];

function linear(hex: string): Triple {
  const channel = (at: number) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [channel(1), channel(3), channel(5)];
}

/** WCAG 2's contrast of two colours. */
function contrast(a: string, b: string): number {
  const luminance = (hex: string) => {
    const [red, green, blue] = linear(hex);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05;
  };
  const [x, y] = [luminance(a), luminance(b)];
  return Math.max(x, y) / Math.min(x, y);
}

function times(matrix: readonly Triple[], [a, b, c]: Triple): Triple {
  return matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;
}

/** Oklab of Björn Ottosson, in which distances are about as they are seen. */
function oklab(color: Triple): Triple {
  const cones = times([
    [0.4122214708, 0.5363325363, 0.0514459929],
    [0.2119034982, 0.6806995451, 0.1073969566],
    [0.0883024619, 0.2817188376, 0.6299787005],
  ], color).map(Math.cbrt) as unknown as Triple;
  return times([
    [0.2104542553, 0.793617785, -0.0040720468],
    [1.9779984951, -2.428592205, 0.4505937099],
    [0.0259040371, 0.7827717662, -0.808675766],
  ], cones);
}

// How colours are seen by those who lack a kind of cones: Machado, Oliveira and Fernandes 2009, severity 1.
const EYES: Readonly<Record<string, readonly Triple[]>> = {
  "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

function seen(hex: string, eye: readonly Triple[]): Triple {
  const clamped = times(eye, linear(hex)).map((part) => Math.max(0, Math.min(1, part)));
  return oklab(clamped as unknown as Triple);
}

function distance(a: Triple, b: Triple): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

const themes = ["light", "dark", "print"] as const;

Deno.test("theme() has lines, marks and words that stand out from what is behind them", () => {
  for (const name of themes) {
    const { background, lines, marks, quiet, text, gap } = theme(name);
    for (const color of [...lines, ...Object.values(marks)]) {
      assert.ok(contrast(color, background) >= 3, `${name}: ${color}`);
    }
    for (const color of lines) assert.ok(contrast(color, gap) >= 2.9, `${name}: ${color} on a gap`);
    assert.ok(contrast(quiet, background) >= 4.5 && contrast(text, background) >= 7);
  }
});

Deno.test("theme() has line colours that eyes of all kinds tell apart", () => {
  for (const name of themes) {
    const { lines } = theme(name);
    for (const [kind, eye] of Object.entries(EYES)) {
      const all = lines.map((hex) => seen(hex, eye));
      for (const [k, one] of all.entries()) {
        for (let other = 0; other < k; other++) {
          // The first ones, which most plots need, lie further apart.
          const least = k < 4 ? 0.085 : 0.07;
          const apart = distance(one, all[other] as Triple);
          assert.ok(apart >= least, `${name}, ${kind}: ${other} and ${k} by ${apart.toFixed(3)}`);
        }
      }
    }
  }
});

Deno.test("lineDash() tells series apart whose colour comes again", () => {
  const light = theme("light");
  const looks = Array.from(
    { length: 32 },
    (_, k) => `${lineColor(light, k)} ${lineDash(light, k)}`,
  );
  assert.equal(new Set(looks).size, 32);
  assert.deepEqual(lineDash(light, 0), []);
  assert.deepEqual(lineDash(light, 9, 0), []);
});

Deno.test("theme() takes changes", () => {
  assert.equal(theme("dark", { font: "Inter" }).font, "Inter");
  assert.equal(theme("dark", { font: "Inter" }).grid, theme("dark").grid);
});

Deno.test("colorMap is viridis, and grows lighter by equal steps", () => {
  assert.equal(colorMap.length, 256);
  // From the published table.
  for (
    const [at, hex] of [[0, "#440154"], [64, "#3b528b"], [127, "#21918c"], [
      255,
      "#fde725",
    ]] as const
  ) {
    const [a, b] = [linear(colorMap[at] ?? ""), linear(hex)];
    assert.ok(distance(oklab(a), oklab(b)) < 0.01, `${at}: ${colorMap[at]}`);
  }
  const lightness = colorMap.map((hex) => oklab(linear(hex))[0]);
  const steps = lightness.slice(8).map((value, k) => value - (lightness[k] ?? 0));
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  for (const step of steps) assert.ok(step > mean * 0.5 && step < mean * 1.6, `${step} of ${mean}`);
});

Deno.test("colorIndex() stays in the map", () => {
  const cases = [[0, 0], [1, 255], [0.5, 128], [-3, 0], [7, 255]] as const;
  for (const [fraction, index] of cases) assert.equal(colorIndex(fraction), index);
});
