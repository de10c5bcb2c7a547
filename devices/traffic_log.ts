/**
 * Traffic as events of the session's file.
 *
 * @module
 */

import type { DeviceEvent } from "./device.ts";
import { decodeText } from "./message_session/text.ts";
import type { Traffic } from "./message_session/options.ts";

/** How traffic is recorded. */
export interface TrafficLogOptions {
  /** Most bytes of one piece that are recorded; of a longer one it is the beginning. @default 4096 */
  readonly most?: number;
}

/** Most bytes of one piece that a message shows. */
const SHOWN = 64;

/**
 * Makes a listener that reports each piece of traffic: when, which way, how long, and its bytes as text with a
 * character of the same code for each.
 *
 * @throws {RangeError} If `most` is no whole number.
 */
export function trafficLog(
  report: (event: DeviceEvent) => void,
  { most = 4096 }: TrafficLogOptions = {},
): (traffic: Traffic) => void {
  if (!Number.isSafeInteger(most) || most < 0) {
    throw new RangeError(
      `Cannot record traffic, as the most bytes of a piece are a whole number: ${most}`,
    );
  }
  return ({ direction, bytes, time }) => {
    const { length } = bytes;
    const text = decodeText(bytes.subarray(0, most), "latin1", "");
    const shown = JSON.stringify(text.slice(0, SHOWN));
    report({
      kind: "traffic",
      level: "debug",
      message: `${direction} ${shown}${length > SHOWN ? ` … (${length} bytes)` : ""}`,
      data: { direction, time, length, bytes: text },
    });
  };
}
