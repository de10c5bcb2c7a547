/**
 * Linux's numbers and structures of requests to serial ports.
 *
 * @module
 */

import type { LineErrors } from "../control.ts";
import type { UnixCalls } from "../unix/calls.ts";
import type { UnixDialect } from "../unix/port.ts";

/** Numbers of requests; the same on x64 and arm64. */
export const REQUEST = {
  TCGETS2: 0x802c542a,
  TCSETS2: 0x402c542b,
  TCXONC: 0x540a,
  TCFLSH: 0x540b,
  TIOCEXCL: 0x540c,
  TIOCNXCL: 0x540d,
  TIOCOUTQ: 0x5411,
  TIOCMGET: 0x5415,
  TIOCMBIS: 0x5416,
  TIOCMBIC: 0x5417,
  FIONREAD: 0x541b,
  TIOCGSERIAL: 0x541e,
  TIOCSSERIAL: 0x541f,
  TIOCSBRK: 0x5427,
  TIOCCBRK: 0x5428,
  TIOCGICOUNT: 0x545d,
  TIOCGEXCL: 0x80045440,
  TIOCGPTN: 0x80045430,
  TIOCSPTLCK: 0x40045431,
} as const;

/** To read and write, without a controlling terminal, without waiting, not for children. */
export const OPEN_FLAGS = 0x2 | 0x100 | 0x800 | 0x80000;

const RESUME = 1;
const SERIAL_STRUCT = { size: 72, flags: 16, lowLatency: 0x2000 } as const;
const COUNTS_SIZE = 80;

/** The driver's counts, from `struct serial_icounter_struct`. */
export function unpackCounts(bytes: Uint8Array): LineErrors {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, COUNTS_SIZE);
  const at = (offset: number): number => fields.getInt32(offset, true);
  return {
    framing: at(24),
    overrun: at(28),
    parity: at(32),
    breaks: at(36),
    bufferOverrun: at(40),
  };
}

/** Asks the driver for bytes at once; whether it said yes. */
export function askLowLatency(calls: UnixCalls, fd: number): boolean {
  const bytes = new Uint8Array(SERIAL_STRUCT.size);
  if (calls.ioctl(fd, REQUEST.TIOCGSERIAL, bytes) < 0) return false;
  const fields = new DataView(bytes.buffer);
  const flags = fields.getInt32(SERIAL_STRUCT.flags, true);
  if (flags & SERIAL_STRUCT.lowLatency) return true;
  fields.setInt32(SERIAL_STRUCT.flags, flags | SERIAL_STRUCT.lowLatency, true);
  return calls.ioctl(fd, REQUEST.TIOCSSERIAL, bytes) >= 0;
}

/** An open port on Linux. */
export const linuxDialect: UnixDialect = {
  again: 11,
  requests: {
    releaseExclusive: REQUEST.TIOCNXCL,
    getLines: REQUEST.TIOCMGET,
    setBits: REQUEST.TIOCMBIS,
    clearBits: REQUEST.TIOCMBIC,
    startBreak: REQUEST.TIOCSBRK,
    endBreak: REQUEST.TIOCCBRK,
    inputWaiting: REQUEST.FIONREAD,
    outputWaiting: REQUEST.TIOCOUTQ,
  },
  flush(calls, fd, input, output) {
    if (!input && !output) return 0;
    return calls.ioctlValue(fd, REQUEST.TCFLSH, input && output ? 2 : output ? 1 : 0);
  },
  resume: (calls, fd) => calls.ioctlValue(fd, REQUEST.TCXONC, RESUME),
  lineErrors(calls, fd) {
    const bytes = new Uint8Array(COUNTS_SIZE);
    return calls.ioctl(fd, REQUEST.TIOCGICOUNT, bytes) < 0 ? undefined : unpackCounts(bytes);
  },
};
