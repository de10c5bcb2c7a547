/**
 * Floating-point numbers as Python writes them: rounded exactly, half to even.
 *
 * @module
 */

/** A positive finite number as digits and a power of ten: `digits · 10^scale`, rounded half to even. */
function scaled(value: number, places: number): bigint {
  // The number is mantissa · 2^exponent, exactly.
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const mantissa = biased === 0 ? fraction : fraction | 0x10000000000000n;
  const exponent = (biased === 0 ? 1 : biased) - 1075;
  let over = mantissa;
  let under = 1n;
  if (exponent >= 0) over <<= BigInt(exponent);
  else under <<= BigInt(-exponent);
  if (places >= 0) over *= 10n ** BigInt(places);
  else under *= 10n ** BigInt(-places);
  const floor = over / under;
  const rest = 2n * (over % under);
  return rest > under || (rest === under && (floor & 1n) === 1n) ? floor + 1n : floor;
}

/** A positive finite number in Python's `f` with so many decimals. */
export function fixed(value: number, decimals: number): string {
  const digits = String(scaled(value, decimals)).padStart(decimals + 1, "0");
  if (decimals === 0) return digits;
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
}

/** The digits of a positive finite number rounded to so many, and the power of ten of the first. */
export function significant(value: number, count: number): { digits: string; exponent: number } {
  if (value === 0) return { digits: "0".repeat(count), exponent: 0 };
  // The shortest form may be rounded up to the next power of ten, so we begin below it.
  let exponent = Number(value.toExponential().split("e")[1]) - 1;
  for (;;) {
    const digits = String(scaled(value, count - 1 - exponent));
    if (digits.length === count) return { digits, exponent };
    exponent++;
  }
}

function exponentText(exponent: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** A positive finite number in Python's `e` with so many decimals. */
export function exponential(value: number, decimals: number): string {
  const { digits, exponent } = significant(value, decimals + 1);
  const fraction = decimals > 0 ? `.${digits.slice(1)}` : "";
  return `${digits.charAt(0)}${fraction}${exponentText(exponent)}`;
}

/** How {@linkcode general} writes. */
export interface GeneralOptions {
  /** Keeps the zeros at the end. */
  readonly keepZeros?: boolean;
  /** Writes at least one decimal, as Python does without a type letter. */
  readonly oneDecimal?: boolean;
}

/** A positive finite number in Python's `g` with so many digits. */
export function general(value: number, precision: number, options: GeneralOptions = {}): string {
  const { keepZeros = false, oneDecimal = false } = options;
  const count = Math.max(precision, 1);
  const { digits, exponent } = significant(value, count);
  return arrange(keepZeros ? digits : digits.replace(/(?<=.)0+$/, ""), exponent, {
    below: count - (oneDecimal ? 1 : 0),
    oneDecimal,
  });
}

/** Digits with their point: plain where the exponent is from -4 to below a limit. */
function arrange(
  digits: string,
  exponent: number,
  { below, oneDecimal }: { readonly below: number; readonly oneDecimal: boolean },
): string {
  if (exponent < -4 || exponent >= below) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return `${digits.charAt(0)}${fraction}${exponentText(exponent)}`;
  }
  if (exponent < 0) return `0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  const fraction = digits.slice(exponent + 1);
  if (fraction !== "") return `${whole}.${fraction}`;
  return oneDecimal ? `${whole}.0` : whole;
}

/** What Python's `repr()` makes of a number: the shortest text that reads back as the same. */
export function reprFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  if (!Number.isFinite(value)) return `${sign}inf`;
  const [mantissa = "0", exponent = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  return sign + arrange(digits, Number(exponent), { below: 16, oneDecimal: true });
}
