/**
 * Answers of instruments.
 *
 * @module
 */

/** What a query gives: text as it is, numbers, a switch, or bytes as they are. */
export type ScpiResponse = string | number | boolean | readonly number[] | Uint8Array;

/** A number as SCPI writes it: NR3, with its own numbers for NaN and infinity. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "+9.91000000E+37";
  if (!Number.isFinite(value)) return value > 0 ? "+9.90000000E+37" : "-9.90000000E+37";
  const [digits = "0", exponent = "+0"] = value.toExponential(8).split("e");
  const sign = digits.startsWith("-") ? "" : "+";
  return `${sign}${digits}E${exponent.charAt(0)}${exponent.slice(1).padStart(2, "0")}`;
}

/** An answer as bytes. Whole numbers are written as such. */
export function encodeResponse(response: ScpiResponse): Uint8Array {
  if (response instanceof Uint8Array) return response;
  const text = typeof response === "string"
    ? response
    : typeof response === "boolean"
    ? response ? "1" : "0"
    : typeof response === "number"
    ? Number.isInteger(response) && Math.abs(response) < 1e9
      ? String(response)
      : formatNumber(response)
    : response.map(formatNumber).join(",");
  return new TextEncoder().encode(text);
}

const SEMICOLON = 0x3b;
const NEWLINE = 0x0a;

/**
 * Answers to the queries of one message, as one message: with a newline at its end, which IEEE 488.2 (8.5) has sent
 * together with END.
 */
export function joinResponses(responses: readonly Uint8Array[]): Uint8Array | undefined {
  if (responses.length === 0) return undefined;
  const length = responses.reduce((sum, one) => sum + one.length + 1, 0);
  const whole = new Uint8Array(length).fill(SEMICOLON);
  whole[length - 1] = NEWLINE;
  let at = 0;
  for (const one of responses) {
    whole.set(one, at);
    at += one.length + 1;
  }
  return whole;
}
