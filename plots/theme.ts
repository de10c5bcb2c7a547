/**
 * Colours and sizes.
 *
 * @module
 */

import type { MarkLevel } from "./figure.ts";

/** How a drawing looks. Colours are written as CSS writes them. */
export interface Theme {
  /** What is behind everything. */
  readonly background: string;
  /** Titles and values. */
  readonly text: string;
  /** Labels of axes and ticks. */
  readonly quiet: string;
  /** Lines of axes and ticks. */
  readonly axis: string;
  /** Lines of the grid. */
  readonly grid: string;
  /** What tints a gap. */
  readonly gap: string;
  /** The strokes that hatch a gap. */
  readonly hatch: string;
  /** Event marks by level. */
  readonly marks: Readonly<Record<MarkLevel, string>>;
  /** The series' colours. */
  readonly lines: readonly string[];
  /** A cell of a heat map whose value is not a number. */
  readonly missing: string;
  /** The font's family, as CSS writes it. */
  readonly font: string;
}

/** The themes that there are. */
export type ThemeName = "light" | "dark" | "print";

// DejaVu Sans comes first as its widths are those that the layout reckons with.
const FONT = `"DejaVu Sans", "Helvetica Neue", Helvetica, Arial, sans-serif`;

const LIGHT: Theme = {
  background: "#ffffff",
  text: "#1b1f24",
  quiet: "#57606a",
  axis: "#8c959f",
  grid: "#e6e9ed",
  gap: "#f1f3f5",
  hatch: "#c9cfd6",
  marks: { debug: "#858e98", info: "#57606a", warning: "#b35900", error: "#c4161c" },
  lines: [
    "#144c8f",
    "#c76f22",
    "#189e8c",
    "#6c0c4a",
    "#624902",
    "#8879d8",
    "#077288",
    "#974d49",
  ],
  missing: "#d0d4d9",
  font: FONT,
};

const DARK: Theme = {
  background: "#12161b",
  text: "#e8ecf0",
  quiet: "#9aa5b1",
  axis: "#56616d",
  grid: "#262e37",
  gap: "#1a2027",
  hatch: "#3a444f",
  marks: { debug: "#6b7682", info: "#9aa5b1", warning: "#f0a33a", error: "#ff6b64" },
  lines: [
    "#4891be",
    "#fb9e58",
    "#a9f3b7",
    "#f5afee",
    "#9c892f",
    "#9998f9",
    "#56b6bb",
    "#e97078",
  ],
  missing: "#4a5460",
  font: FONT,
};

const THEMES: Readonly<Record<ThemeName, Theme>> = {
  light: LIGHT,
  dark: DARK,
  // Paper has no glare to spare: darker words and axes, a grid that survives a printer.
  print: {
    ...LIGHT,
    text: "#000000",
    quiet: "#333333",
    axis: "#555555",
    grid: "#d8d8d8",
    gap: "#f2f2f2",
    hatch: "#b0b0b0",
  },
};

/**
 * A theme.
 *
 * @param name Which one.
 * @param changes What is otherwise than in it.
 */
export function theme(name: ThemeName, changes: Partial<Theme> = {}): Theme {
  return { ...THEMES[name], ...changes };
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [1.5, 2.5], [7, 2.5, 1.5, 2.5]];

/** The colour of a series. */
export function lineColor(of: Theme, color: number): string {
  return of.lines[color % of.lines.length] ?? of.text;
}

/** The dashes of a series, in widths of its line. */
export function lineDash(of: Theme, color: number, dash?: number): readonly number[] {
  return DASHES[(dash ?? Math.floor(color / of.lines.length)) % DASHES.length] ?? [];
}

/** A font's size that suits a drawing: from phones in the hand to screens on the wall, pixels. */
export function fontSizeFor(width: number, height: number): number {
  const size = 12 + (Math.sqrt(width * height) - 640) * 0.009;
  return Math.round(Math.max(11, size) * 2) / 2;
}
