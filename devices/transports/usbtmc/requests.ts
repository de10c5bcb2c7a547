/**
 * Requests to the kernel's usbtmc driver, by the numbers and layouts of `<linux/usb/tmc.h>`; they are the same on
 * x64 and arm64.
 *
 * @module
 */

/** Numbers of requests. */
export const REQUEST = {
  CLEAR: 0x5b02,
  CLEAR_OUT_HALT: 0x5b06,
  CLEAR_IN_HALT: 0x5b07,
  SET_TIMEOUT: 0x40045b0a,
  CONFIG_TERMCHAR: 0x40025b0c,
  WRITE: 0xc0145b0d,
  READ: 0xc0145b0e,
  WRITE_RESULT: 0xc0045b0f,
  API_VERSION: 0x80045b10,
  GET_CAPS: 0x80015b11,
  READ_STB: 0x80015b12,
  REN_CONTROL: 0x40015b13,
  GOTO_LOCAL: 0x5b14,
  TRIGGER: 0x5b16,
  MSG_IN_ATTR: 0x80015b18,
  AUTO_ABORT: 0x40015b19,
  GET_STB: 0x80015b1a,
  GET_SRQ_STB: 0x80015b1b,
  CANCEL_IO: 0x5b23,
  CLEANUP_IO: 0x5b24,
} as const;

/** Flags of {@linkcode packMessage}. */
export const FLAG = { ASYNC: 1, APPEND: 2, IGNORE_TRAILER: 4 } as const;

/** Bits of what {@linkcode REQUEST.GET_CAPS} gives. */
export const CAPABILITY = { TRIGGER: 1, REMOTE: 2 } as const;

/** Error numbers that the driver has beside those of every file. */
export const ERROR = {
  AGAIN: 11,
  PIPE: 32,
  NO_MESSAGE: 42,
  BAD_REQUEST: 53,
  SHUT_DOWN: 108,
} as const;

/** The driver's first version that reads and writes without waiting (Linux 4.20). */
export const ASYNC_VERSION = 2;

/** The first version that keeps a service request when only the status byte is asked for. */
export const KEEPING_VERSION = 3;

/** What the driver sends and receives at a time; only the last piece of a transfer may be of another length. */
export const PIECE = 4096;
/** Pieces that may be under way at a time. */
export const MOST_PIECES = 16;

/** Bytes of `struct usbtmc_message`, which is packed. */
export const MESSAGE_SIZE = 20;
const AT = { size: 0, transferred: 4, flags: 8, address: 12 } as const;

/** Memory that a request may point into: unlike a small array's, it is not moved. */
export function fixed(size: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(size));
}

/**
 * Fills in the structure of a transfer.
 *
 * @param message Of {@linkcode MESSAGE_SIZE} bytes.
 * @param address Where the bytes are.
 */
export function packMessage(
  message: Uint8Array<ArrayBuffer>,
  size: number,
  flags: number,
  address: bigint,
): void {
  const fields = new DataView(message.buffer);
  fields.setUint32(AT.size, size, true);
  fields.setUint32(AT.transferred, 0, true);
  fields.setUint32(AT.flags, flags, true);
  fields.setBigUint64(AT.address, address, true);
}

/** How many bytes the driver says were transferred. */
export function transferred(message: Uint8Array<ArrayBuffer>): number {
  return new DataView(message.buffer).getUint32(AT.transferred, true);
}

/** A 32-bit number as the driver takes it. */
export function word(value: number): Uint8Array<ArrayBuffer> {
  const bytes = fixed(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** The 32-bit number that the driver gave. */
export function wordOf(bytes: Uint8Array<ArrayBuffer>): number {
  return new DataView(bytes.buffer).getUint32(0, true);
}
