/**
 * A serial line's settings as attributes of a VISA library (VPP-4.3, section 5.5).
 *
 * @module
 */

import type { SerialOptions } from "../serial/options.ts";

const BAUD = 0x3fff0021;
const DATA_BITS = 0x3fff0022;
const PARITY = 0x3fff0023;
const STOP_BITS = 0x3fff0024;
const FLOW_CONTROL = 0x3fff0025;
const DTR = 0x3fff00b2;
const RTS = 0x3fff00c0;

const PARITIES = { none: 0, odd: 1, even: 2, mark: 3, space: 4 } as const;
const FLOWS = { "none": 0, "xon/xoff": 1, "rts/cts": 2 } as const;

/** The attributes that are asked for; what is not stays as the library has it. */
export function serialAttributes(
  { baudRate, dataBits, parity, stopBits, flowControl, dtr, rts }: SerialOptions,
): Record<number, number> {
  const wanted: readonly (readonly [number, number | undefined])[] = [
    [BAUD, baudRate],
    [DATA_BITS, dataBits],
    [PARITY, parity && PARITIES[parity]],
    [STOP_BITS, stopBits && 10 * stopBits],
    [FLOW_CONTROL, flowControl && FLOWS[flowControl]],
    [DTR, stateOf(dtr)],
    [RTS, stateOf(rts)],
  ];
  const attributes: Record<number, number> = {};
  for (const [attribute, state] of wanted) if (state !== undefined) attributes[attribute] = state;
  return attributes;
}

function stateOf(policy: SerialOptions["dtr"]): number | undefined {
  return policy === undefined || policy === "keep" ? undefined : policy === "on" ? 1 : 0;
}
