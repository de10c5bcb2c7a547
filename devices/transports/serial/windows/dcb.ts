/**
 * Windows' structures of serial ports, in bytes.
 *
 * @module
 */

import type { SerialSettings } from "../options.ts";

/** Bytes of a `DCB`. */
export const DCB_SIZE = 28;

const AT = { length: 0, baudRate: 4, bits: 8, xonLimit: 14, xoffLimit: 16, byteSize: 18 } as const;
const FRAME_AT = { parity: 19, stopBits: 20, xon: 21, xoff: 22 } as const;
const PARITY = { none: 0, odd: 1, even: 2, mark: 3, space: 4 } as const;
const STOP_BITS = { 1: 0, 1.5: 1, 2: 2 } as const;
const XON = 0x11;
const XOFF = 0x13;
const BIT = { binary: 1, parity: 2, ctsFlow: 4, xoffOut: 0x100, xonIn: 0x200 } as const;
const DTR_SHIFT = 4;
const RTS_SHIFT = 12;
const HANDSHAKE = 2;
/** How many bytes of room or rest make either side pause. */
const LIMIT = 512;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/**
 * The structure for raw bytes with these settings.
 *
 * @param current The structure as it is; only lines that are to be kept are taken from it.
 */
export function packDcb(current: Uint8Array, settings: SerialSettings): Uint8Array<ArrayBuffer> {
  const was = view(current).getUint32(AT.bits, true);
  const control = (policy: "on" | "off" | "keep", shift: number): number =>
    policy === "keep" ? was >> shift & 3 : policy === "on" ? 1 : 0;
  const hardware = settings.flowControl === "rts/cts";
  let bits = BIT.binary | (settings.parity === "none" ? 0 : BIT.parity);
  bits |= control(settings.dtr, DTR_SHIFT) << DTR_SHIFT;
  bits |= (hardware ? HANDSHAKE : control(settings.rts, RTS_SHIFT)) << RTS_SHIFT;
  if (hardware) bits |= BIT.ctsFlow;
  if (settings.flowControl === "xon/xoff") bits |= BIT.xoffOut | BIT.xonIn;

  const packed = new Uint8Array(new ArrayBuffer(DCB_SIZE));
  const fields = view(packed);
  fields.setUint32(AT.length, DCB_SIZE, true);
  fields.setUint32(AT.baudRate, settings.baudRate, true);
  fields.setUint32(AT.bits, bits, true);
  fields.setUint16(AT.xonLimit, LIMIT, true);
  fields.setUint16(AT.xoffLimit, LIMIT, true);
  packed[AT.byteSize] = settings.dataBits;
  packed[FRAME_AT.parity] = PARITY[settings.parity];
  packed[FRAME_AT.stopBits] = STOP_BITS[settings.stopBits];
  packed[FRAME_AT.xon] = XON;
  packed[FRAME_AT.xoff] = XOFF;
  return packed;
}

/** The rate that the structure says, in baud. */
export function baudRateOf(dcb: Uint8Array): number {
  return view(dcb).getUint32(AT.baudRate, true);
}

/** The lines of this side, as the structure says that they start. */
export function linesOf(dcb: Uint8Array): { readonly dtr: boolean; readonly rts: boolean } {
  const bits = view(dcb).getUint32(AT.bits, true);
  return { dtr: (bits >> DTR_SHIFT & 3) !== 0, rts: (bits >> RTS_SHIFT & 3) !== 0 };
}

/** What a driver made of the settings otherwise, in words; none if it took all. */
export function differences(read: Uint8Array, settings: SerialSettings): string[] {
  const asked = packDcb(read, settings);
  const found: string[] = [];
  const rate = baudRateOf(read);
  if (rate !== settings.baudRate) found.push(`${rate} baud instead of ${settings.baudRate}`);
  const check = (at: number, what: string): void => {
    if (read[at] !== asked[at]) found.push(`not ${what}`);
  };
  check(AT.byteSize, `${settings.dataBits} data bits`);
  check(FRAME_AT.parity, `parity ${settings.parity}`);
  check(FRAME_AT.stopBits, `${settings.stopBits} stop bits`);
  const flow = BIT.ctsFlow | BIT.xoffOut | BIT.xonIn;
  if ((view(read).getUint32(AT.bits, true) ^ view(asked).getUint32(AT.bits, true)) & flow) {
    found.push(`not flow control ${settings.flowControl}`);
  }
  return found;
}

/**
 * `COMMTIMEOUTS` with which a read gives what there is, or else waits for the first byte, and a write takes
 * the time that it takes.
 */
export function packTimeouts(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(20));
  const fields = view(bytes);
  [0xffffffff, 0xffffffff, 0xfffffffe, 0, 0].forEach((value, index) =>
    fields.setUint32(index * 4, value, true)
  );
  return bytes;
}

/** A string as Windows takes it. */
export function wideString(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(new ArrayBuffer(2 * text.length + 2));
  const fields = view(bytes);
  for (let at = 0; at < text.length; at++) fields.setUint16(2 * at, text.charCodeAt(at), true);
  return bytes;
}

/** The text up to the first zero. */
export function fromWideString(bytes: Uint8Array): string {
  const fields = view(bytes);
  let text = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const unit = fields.getUint16(at, true);
    if (unit === 0) break;
    text += String.fromCharCode(unit);
  }
  return text;
}
