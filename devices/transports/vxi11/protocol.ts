/**
 * The numbers of VXI-11 (VXIbus TCP/IP Instrument Protocol, revision 1.0).
 *
 * @module
 */

/** Programs. */
export const Program = {
  core: 0x0607AF,
  abort: 0x0607B0,
  interrupt: 0x0607B1,
} as const;

/** The version of all programs. */
export const VERSION = 1;

/** Procedures of the core, abort and interrupt programs. */
export const Proc = {
  deviceAbort: 1,
  createLink: 10,
  deviceWrite: 11,
  deviceRead: 12,
  deviceReadStb: 13,
  deviceTrigger: 14,
  deviceClear: 15,
  deviceRemote: 16,
  deviceLocal: 17,
  deviceLock: 18,
  deviceUnlock: 19,
  deviceEnableSrq: 20,
  deviceDoCmd: 22,
  destroyLink: 23,
  createIntrChan: 25,
  destroyIntrChan: 26,
  deviceIntrSrq: 30,
} as const;

/** Bits of a call's flags. */
export const Flag = { waitLock: 0x01, end: 0x08, termCharSet: 0x80 } as const;

/** Bits that say why a read ended. */
export const Reason = { requestCount: 1, termChar: 2, end: 4 } as const;

/** What a call gave. */
export const Code = {
  ok: 0,
  syntax: 1,
  notAccessible: 3,
  invalidLink: 4,
  parameter: 5,
  noChannel: 6,
  notSupported: 8,
  outOfResources: 9,
  locked: 11,
  noLock: 12,
  ioTimeout: 15,
  ioError: 17,
  invalidAddress: 21,
  abort: 23,
  channelExists: 29,
} as const;

/** The codes in words, to be read after "as". */
const MEANINGS: Readonly<Record<number, string>> = {
  [Code.syntax]: "it finds a syntax error",
  [Code.notAccessible]: "it says that the device is not accessible",
  [Code.invalidLink]: "it says that the link doesn't exist any more",
  [Code.parameter]: "it says that a parameter is wrong",
  [Code.noChannel]: "it has no channel for it",
  [Code.notSupported]: "it doesn't support that",
  [Code.outOfResources]: "it is out of resources",
  [Code.locked]: "another client has locked it",
  [Code.noLock]: "this link holds no lock",
  [Code.ioTimeout]: "it took too long",
  [Code.ioError]: "it met an I/O error",
  [Code.invalidAddress]: "it says that the address is invalid",
  [Code.abort]: "it was aborted",
  [Code.channelExists]: "it has such a channel already",
};

/** What a code means, to be read after "as". */
export function meaning(code: number): string {
  return MEANINGS[code] ?? "it met an error that the protocol doesn't know";
}

/** Least size of a message that every instrument takes in one call, bytes. */
export const LEAST_RECEIVE_SIZE = 1024;

/** Longest handle of a service request, bytes. */
export const MOST_HANDLE = 40;

/** Longest name of a device that a server takes, bytes. */
export const MOST_DEVICE_NAME = 256;

/** An IPv4 address as a number; undefined for any other text. */
export function ipv4ToNumber(address: string): number | undefined {
  if (!/^\d{1,3}(?:\.\d{1,3}){3}$/.test(address)) return undefined;
  const parts = address.split(".").map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((all, part) => all * 256 + part, 0);
}

/** An IPv4 address as a text. */
export function numberToIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join(".");
}

/**
 * Time that is left, as the protocol wants it: whole milliseconds, never 0, whose meaning is not defined,
 * and never more than a signed integer holds.
 */
export function timeLeft(deadline: number, now: number): number {
  return Math.min(Math.max(Math.floor(deadline - now), 1), 0x7FFFFFFF);
}
