/**
 * Colours of heat maps: equal steps of the value look like equal steps.
 *
 * @module
 */

// The colour map viridis of Nathaniel Smith and Stéfan van der Walt (CC0, https://bids.github.io/colormap/): every
// eighth of its colours; between them straight lines are within 1.8 of 255.
const VIRIDIS = ("440154 470d60 48186a 482374 472d7b 453781 424086 3e4989 3b528b 375b8d 33638d " +
  "2f6b8e 2c728e 297a8e 26828e 23898e 21918c 1f978b 1f9f88 21a685 27ad81 31b57b 3dbc74 4cc26c " +
  "5cc863 6ece58 81d34d 95d840 aadc32 c0df25 d5e21a eae51a fde725").split(" ")
  .map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** How many colours the map has. */
export const MAP_COLORS = 256;

function channel(value: number): string {
  return Math.round(value).toString(16).padStart(2, "0");
}

/** The map's colours, from the least value to the greatest, as `"#rrggbb"`. */
export const colorMap: readonly string[] = Array.from({ length: MAP_COLORS }, (_, index) => {
  const place = index / (MAP_COLORS - 1) * (VIRIDIS.length - 1);
  const at = Math.min(Math.floor(place), VIRIDIS.length - 2);
  const [low = [], high = []] = [VIRIDIS[at], VIRIDIS[at + 1]];
  return `#${
    low.map((from, k) => channel(from + ((high[k] ?? from) - from) * (place - at))).join("")
  }`;
});

/** Which of the colours a fraction from 0 to 1 has. */
export function colorIndex(fraction: number): number {
  return Math.max(0, Math.min(MAP_COLORS - 1, Math.floor(fraction * MAP_COLORS)));
}
