/**
 * What the fields of HiSLIP's messages mean (IVI-6.1, section 6).
 *
 * @module
 */

import { encodeMessage, MessageType, readUint64, writeUint64 } from "./header.ts";

/** The MessageID of the first message, and of the first after a device clear. */
export const FIRST_MESSAGE_ID = 0xffffff00;

/** The MessageID of data that the server sent before it knew whose answer it is. */
export const UNKNOWN_MESSAGE_ID = 0xffffffff;

/** Bit of a control code: the last answer was handed over whole since the last message. */
export const RMT_DELIVERED = 1;

/** Bits of the control codes of InitializeResponse and of the device clear. */
export const Feature = { Overlap: 1, EncryptionMandatory: 2, InitialEncryption: 4 } as const;

/** Control codes of FatalError. */
export const FatalErrorCode = {
  Unidentified: 0,
  BadHeader: 1,
  NotEstablished: 2,
  BadInitialization: 3,
  TooManyClients: 4,
  SecureConnectionFailed: 5,
} as const;

/** Control codes of Error. */
export const ErrorCode = {
  Unidentified: 0,
  UnknownType: 1,
  UnknownControl: 2,
  UnknownVendorMessage: 3,
  TooLarge: 4,
  AuthenticationFailed: 5,
} as const;

/** Control codes of AsyncLock. */
export const LockCommand = { Release: 0, Request: 1 } as const;

/** Control codes of AsyncLockResponse. */
export const LockResult = { Failure: 0, Success: 1, SharedReleased: 2, Error: 3 } as const;

/** Control codes of AsyncRemoteLocalControl that this client sends. */
export const RemoteLocal = { DisableAndGoToLocal: 2, EnableAndGoToRemote: 3 } as const;

/** Control codes of AsyncStartTLSResponse. */
export const StartTlsResult = { Busy: 0, Success: 1, Error: 3 } as const;

const FATAL_ERRORS = [
  "unidentified error",
  "bad message header",
  "channels not both established",
  "invalid initialization sequence",
  "maximum number of clients reached",
  "secure connection failed",
];

const ERRORS = [
  "unidentified error",
  "unrecognized message type",
  "unrecognized control code",
  "unrecognized vendor message",
  "message too large",
  "authentication failed",
];

/** A protocol version: major in the high byte, minor in the low one. */
export const Version = { V1_0: 0x0100, V1_1: 0x0101, V2_0: 0x0200 } as const;

/** `"2.0"` for 0x0200. */
export function formatVersion(version: number): string {
  return `${version >> 8}.${version & 0xff}`;
}

/** The MessageID after this one. */
export function nextMessageId(id: number): number {
  return (id + 2) >>> 0;
}

/** The MessageID before this one. */
export function previousMessageId(id: number): number {
  return (id - 2) >>> 0;
}

/** Two 16-bit numbers in one parameter: version and session, or version and vendor. */
export function packParameter(high: number, low: number): number {
  return high * 0x10000 + low;
}

/** The two halves of a parameter. */
export function unpackParameter(parameter: number): [high: number, low: number] {
  return [parameter >>> 16, parameter & 0xffff];
}

/** AsyncMaximumMessageSize or its response. */
export function encodeMaximumSize(type: number, bytes: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(8);
  writeUint64(new DataView(payload.buffer), 0, bytes);
  return encodeMessage(type, 0, 0, payload);
}

/** The size in such a message; a size above 2⁵³ − 1 counts as that. Undefined if it is no size. */
export function decodeMaximumSize(payload: Uint8Array): number | undefined {
  if (payload.length !== 8) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, 8);
  return readUint64(view, 0) ?? Number.MAX_SAFE_INTEGER;
}

/** AsyncStartTLS: its payload is the last MessageID received. */
export function encodeStartTls(lastSent: number, lastReceived: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(4);
  new DataView(payload.buffer).setUint32(0, lastReceived);
  return encodeMessage(MessageType.AsyncStartTLS, 0, lastSent, payload);
}

/** What an Error or a FatalError says, in one line. */
export function describeError(type: number, control: number, payload: Uint8Array): string {
  const known = (type === MessageType.FatalError ? FATAL_ERRORS : ERRORS)[control];
  const text = new TextDecoder().decode(payload).replace(/[\p{Cc}\s]+/gu, " ").trim();
  const code = `${control} (${known ?? "device-defined"})`;
  return text === "" || text === known ? code : `${code}: ${text}`;
}

/** An Error or a FatalError with its usual text. */
export function encodeError(type: number, control: number): Uint8Array<ArrayBuffer> {
  const text = (type === MessageType.FatalError ? FATAL_ERRORS : ERRORS)[control] ?? "";
  return encodeMessage(type, control, 0, new TextEncoder().encode(text));
}
