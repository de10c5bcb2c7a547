/**
 * Numbers as plots write them: with a true minus sign, and powers of ten as powers.
 *
 * @module
 */

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A power of ten: `"10⁻³"`. */
export function powerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]);
  return `10${exponent < 0 ? "⁻" : ""}${digits.join("")}`;
}

/** A number with a true minus sign in place of the hyphen. */
export function withMinus(text: string): string {
  return text.startsWith("-") ? `−${text.slice(1)}` : text;
}

/**
 * An integer times a power of ten, in full: `decimal(-125, -2)` is `"−1.25"`.
 *
 * @param integer A whole number below 2⁵³.
 * @param exponent Of ten; with a positive one zeros are added.
 */
export function decimal(integer: number, exponent: number): string {
  const sign = integer < 0 ? "−" : "";
  const digits = String(Math.abs(integer));
  if (exponent >= 0) return integer === 0 ? "0" : sign + digits + "0".repeat(exponent);
  const padded = digits.padStart(1 - exponent, "0");
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

/**
 * A measured value as legends and cursors show it.
 *
 * @param value The value.
 * @param digits How many digits count. @default 5
 * @returns For example `"−12.300"`, `"4.5000×10⁻⁷"`, `"NaN"`, `"∞"`.
 */
export function formatValue(value: number, digits = 5): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value < 0 ? "−∞" : "∞";
  if (value === 0) return "0";
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  if (power >= -4 && power <= digits) {
    return withMinus(value.toFixed(Math.max(0, digits - 1 - power)));
  }
  return `${withMinus(mantissa ?? "")}×${powerOfTen(power)}`;
}
