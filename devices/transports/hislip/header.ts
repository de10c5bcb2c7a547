/**
 * The sixteen bytes before each HiSLIP message (IVI-6.1, section 6.1).
 *
 * @module
 */

import { ProtocolError } from "../errors.ts";

/** The first two bytes of each message, "HS". */
const H = 0x48;
const S = 0x53;

/** Length of a header, in bytes. */
export const HEADER_SIZE = 16;

/** The messages' numbers. */
export const MessageType = {
  Initialize: 0,
  InitializeResponse: 1,
  FatalError: 2,
  Error: 3,
  AsyncLock: 4,
  AsyncLockResponse: 5,
  Data: 6,
  DataEnd: 7,
  DeviceClearComplete: 8,
  DeviceClearAcknowledge: 9,
  AsyncRemoteLocalControl: 10,
  AsyncRemoteLocalResponse: 11,
  Trigger: 12,
  Interrupted: 13,
  AsyncInterrupted: 14,
  AsyncMaximumMessageSize: 15,
  AsyncMaximumMessageSizeResponse: 16,
  AsyncInitialize: 17,
  AsyncInitializeResponse: 18,
  AsyncDeviceClear: 19,
  AsyncServiceRequest: 20,
  AsyncStatusQuery: 21,
  AsyncStatusResponse: 22,
  AsyncDeviceClearAcknowledge: 23,
  AsyncLockInfo: 24,
  AsyncLockInfoResponse: 25,
  GetDescriptors: 26,
  GetDescriptorsResponse: 27,
  StartTLS: 28,
  AsyncStartTLS: 29,
  AsyncStartTLSResponse: 30,
} as const;

/** What a header says. */
export interface Header {
  /** The message's number, 0 to 255. */
  readonly type: number;
  /** The control code, 0 to 255. */
  readonly control: number;
  /** The parameter, 0 to 2³² − 1. */
  readonly parameter: number;
  /** How many bytes of payload follow. */
  readonly length: number;
}

/** A message's name, for a person. */
export function nameOf(type: number): string {
  for (const [name, number] of Object.entries(MessageType)) if (number === type) return name;
  return `message ${type}`;
}

/** A whole message. */
export function encodeMessage(
  type: number,
  control: number,
  parameter: number,
  payload?: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const length = payload?.length ?? 0;
  const bytes = new Uint8Array(HEADER_SIZE + length);
  bytes[0] = H;
  bytes[1] = S;
  bytes[2] = type;
  bytes[3] = control;
  putUint32(bytes, 4, parameter);
  putUint32(bytes, 8, Math.floor(length / 0x1_0000_0000));
  putUint32(bytes, 12, length);
  if (payload !== undefined) bytes.set(payload, HEADER_SIZE);
  return bytes;
}

/**
 * Reads a header.
 *
 * @param bytes At least {@linkcode HEADER_SIZE} from `offset`.
 * @param resource The resource name, for the error.
 * @throws {ProtocolError} If it does not begin with "HS", or if its length is past every sense.
 */
export function parseHeader(bytes: Uint8Array, offset: number, resource: string): Header {
  if (bytes[offset] !== H || bytes[offset + 1] !== S) {
    const seen = Array.from(
      bytes.subarray(offset, offset + 4),
      (b) => b.toString(16).padStart(2, "0"),
    );
    throw new ProtocolError(
      `Cannot read from ${resource}, as a HiSLIP message begins with 48 53 ("HS"): ${
        seen.join(" ")
      }`,
      resource,
    );
  }
  const upper = takeUint32(bytes, offset + 8);
  const length = upper * 0x1_0000_0000 + takeUint32(bytes, offset + 12);
  if (!Number.isSafeInteger(length)) {
    const view = new DataView(bytes.buffer, bytes.byteOffset + offset, HEADER_SIZE);
    throw new ProtocolError(
      `Cannot read from ${resource}, as no message is as long as ${view.getBigUint64(8)} bytes`,
      resource,
    );
  }
  return {
    type: bytes[offset + 2] ?? 0,
    control: bytes[offset + 3] ?? 0,
    parameter: takeUint32(bytes, offset + 4),
    length,
  };
}

// A DataView made for each message would cost more than these.
function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

function takeUint32(bytes: Uint8Array, at: number): number {
  const upper = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return ((upper << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)) >>> 0;
}

/** Puts an integer of up to 2⁵³ − 1 into eight bytes. */
export function writeUint64(view: DataView, offset: number, value: number): void {
  view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
  view.setUint32(offset + 4, value % 0x1_0000_0000);
}

/** Takes an integer from eight bytes; undefined if it is above 2⁵³ − 1. */
export function readUint64(view: DataView, offset: number): number | undefined {
  const value = view.getUint32(offset) * 0x1_0000_0000 + view.getUint32(offset + 4);
  return Number.isSafeInteger(value) ? value : undefined;
}
