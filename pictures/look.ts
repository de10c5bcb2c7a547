/**
 * How pictures look.
 *
 * @module
 */

import type { ThemeName } from "../plots/theme.ts";
import { zoneOffset } from "../plots/zone.ts";

/** How a picture looks, as far as somebody chose it. */
export interface PictureLookOptions {
  /** Its width, CSS pixels. @default 1200 */
  readonly width?: number;
  /** Its height, CSS pixels. @default 675 */
  readonly height?: number;
  /** Pixels of a PNG for each CSS pixel; data are reduced to them in an SVG too. @default 2 */
  readonly scale?: number;
  /** Its colours: `"light"`, `"dark"` or `"print"`. @default "light" */
  readonly theme?: ThemeName;
  /** The zone whose clocks times follow, such as `"Europe/Paris"`. @default the computer's */
  readonly timeZone?: string;
}

/** How a picture looks. */
export type PictureLook =
  & Required<Omit<PictureLookOptions, "timeZone">>
  & Pick<PictureLookOptions, "timeZone">;

/** The least width with room for axes and their words, and the greatest, CSS pixels. */
const WIDTHS = [200, 10_000] as const;
/** The least and the greatest height. */
const HEIGHTS = [120, 10_000] as const;
/** The least and the greatest scale. */
const SCALES = [0.1, 10] as const;
/** Pixels of a PNG at most: 160 MB while it is drawn. */
const MOST_PIXELS = 40e6;
const THEMES: readonly string[] = ["light", "dark", "print"] satisfies ThemeName[];

function within(what: string, value: number, [least, most]: readonly [number, number]): number {
  if (value >= least && value <= most) return value;
  throw new RangeError(
    `Cannot draw a picture, as its ${what} must be from ${least} to ${most}: ${value}`,
  );
}

/**
 * A look with what was left out.
 *
 * @throws {RangeError} If a size is out of bounds, or there is no such theme or time zone.
 */
export function pictureLook(options: PictureLookOptions): PictureLook {
  const { theme = "light", timeZone } = options;
  const width = within("width", options.width ?? 1200, WIDTHS);
  const height = within("height", options.height ?? 675, HEIGHTS);
  const scale = within("scale", options.scale ?? 2, SCALES);
  const pixels = Math.round(width * scale) * Math.round(height * scale);
  if (pixels > MOST_PIXELS) {
    throw new RangeError(
      `Cannot draw a picture, as it may have ${MOST_PIXELS / 1e6} million pixels at most: ` +
        `${width} x ${height} at scale ${scale}. Choose a smaller size or scale.`,
    );
  }
  if (!THEMES.includes(theme)) {
    throw new RangeError(
      `Cannot draw a picture, as its theme is one of ${THEMES.join(", ")}: ${theme}`,
    );
  }
  // Refuses a zone that there is not.
  if (timeZone !== undefined) zoneOffset(timeZone);
  return { width, height, scale, theme, ...(timeZone === undefined ? {} : { timeZone }) };
}
