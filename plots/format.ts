/**
 * Numbers, counts and lengths of time as the page and reports write them.
 *
 * @module
 */

/** A value at six significant digits, with a true minus sign. */
export function formatNumber(value: number, digits = 6): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  let text: string;
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) {
    const [mantissa = "", exponent = ""] = value.toExponential(digits - 2).split("e");
    text = `${trimmed(mantissa)}e${exponent.replace("+", "")}`;
  } else text = String(Number(value.toPrecision(digits)));
  return text.replaceAll("-", "−");
}

/** Without zeros at the end of the decimals. */
function trimmed(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/** A whole number in groups of three. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

/** A length of time in two units at most: `"3 d 4 h"`, `"12 min 5 s"`, `"250 ms"`. */
export function formatLength(seconds: number): string {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 0) return `−${formatLength(-seconds)}`;
  if (seconds < 1) return `${Math.round(seconds * 1e3)} ms`;
  if (seconds < 10) return `${trimmed(seconds.toFixed(1))} s`;
  const whole = Math.round(seconds);
  const units = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]] as const;
  const first = units.findIndex(([, size]) => whole >= size);
  const [unit, size] = units[first] ?? ["s", 1];
  const next = units[first + 1];
  const count = Math.floor(whole / size);
  const rest = next === undefined ? 0 : Math.floor((whole - count * size) / next[1]);
  return rest === 0 || next === undefined
    ? `${count} ${unit}`
    : `${count} ${unit} ${rest} ${next[0]}`;
}

/** How long ago in one unit: `"now"`, `"12 s ago"`, `"3 h ago"`. */
export function formatAge(seconds: number): string {
  if (!Number.isFinite(seconds)) return "never";
  if (seconds < 1) return "now";
  const units = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]] as const;
  const [unit, size] = units.find(([, size]) => seconds >= size * 2 || size === 1) ?? ["s", 1];
  return `${Math.floor(seconds / size)} ${unit} ago`;
}
