/**
 * Linux's `struct termios2`, in bytes: the one way to any baud rate.
 *
 * @module
 */

import type { SerialSettings } from "../options.ts";

/** Bytes of the structure; the same on x64 and arm64. */
export const TERMIOS2_SIZE = 44;

const AT = { iflag: 0, oflag: 4, cflag: 8, lflag: 12, cc: 17, ispeed: 36, ospeed: 40 } as const;
const CC = { time: 5, min: 6, start: 8, stop: 9 } as const;
const XON = 0x11;
const XOFF = 0x13;

/** Flags of `c_iflag`. */
export const IFLAG = { IXON: 0x400, IXOFF: 0x1000 } as const;

/** Flags of `c_cflag`. */
export const CFLAG = {
  CSIZE: 0x30,
  CSTOPB: 0x40,
  CREAD: 0x80,
  PARENB: 0x100,
  PARODD: 0x200,
  HUPCL: 0x400,
  CLOCAL: 0x800,
  BOTHER: 0x1000,
  CBAUD: 0x100f,
  CIBAUD: 0x100f0000,
  CMSPAR: 0x40000000,
  CRTSCTS: 0x80000000,
} as const;

const PARITY_FLAGS = {
  none: 0,
  even: CFLAG.PARENB,
  odd: CFLAG.PARENB | CFLAG.PARODD,
  mark: CFLAG.PARENB | CFLAG.PARODD | CFLAG.CMSPAR,
  space: CFLAG.PARENB | CFLAG.CMSPAR,
} as const;

const FRAME = CFLAG.CSIZE | CFLAG.CSTOPB | CFLAG.PARENB | CFLAG.PARODD | CFLAG.CMSPAR |
  CFLAG.CRTSCTS;

/** How far a driver's rate may be from the one asked for; a receiver stands about this much. */
const MOST_DEVIATION = 0.03;

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function frameFlags(settings: SerialSettings): number {
  return (settings.dataBits - 5) << 4 | PARITY_FLAGS[settings.parity] |
    (settings.stopBits === 1 ? 0 : CFLAG.CSTOPB) |
    (settings.flowControl === "rts/cts" ? CFLAG.CRTSCTS : 0);
}

/**
 * The structure for raw bytes with these settings.
 *
 * @param current The structure as it is; what has no setting is kept.
 */
export function packTermios2(current: Uint8Array, settings: SerialSettings): Uint8Array {
  const packed = current.slice(0, TERMIOS2_SIZE);
  const fields = view(packed);
  const kept = fields.getUint32(AT.cflag, true) &
    ~(FRAME | CFLAG.CBAUD | CFLAG.CIBAUD | CFLAG.HUPCL);
  // A line that is to be kept must not drop when the port is closed.
  const hangUp = settings.dtr === "keep" ? 0 : CFLAG.HUPCL;
  const cflag = kept | frameFlags(settings) | CFLAG.CREAD | CFLAG.CLOCAL | CFLAG.BOTHER | hangUp;
  const soft = settings.flowControl === "xon/xoff" ? IFLAG.IXON | IFLAG.IXOFF : 0;
  fields.setUint32(AT.iflag, soft, true);
  fields.setUint32(AT.oflag, 0, true);
  fields.setUint32(AT.cflag, cflag >>> 0, true);
  fields.setUint32(AT.lflag, 0, true);
  fields.setUint32(AT.ispeed, settings.baudRate, true);
  fields.setUint32(AT.ospeed, settings.baudRate, true);
  // With a minimum of 0 a silent line would read as an end of file, which is how an unplugged one reads.
  packed[AT.cc + CC.min] = 1;
  packed[AT.cc + CC.time] = 0;
  packed[AT.cc + CC.start] = XON;
  packed[AT.cc + CC.stop] = XOFF;
  return packed;
}

/** The rate that the structure says, in baud. */
export function baudRateOf(bytes: Uint8Array): number {
  return view(bytes).getUint32(AT.ospeed, true);
}

/**
 * What a driver made of the settings otherwise, in words; none if it took all.
 *
 * @param read The structure as it was read back.
 * @param pseudo A pseudo terminal, which has no frame: only the rate is compared.
 */
export function differences(
  read: Uint8Array,
  settings: SerialSettings,
  pseudo: boolean,
): string[] {
  const found: string[] = [];
  const fields = view(read);
  for (const at of [AT.ispeed, AT.ospeed]) {
    const rate = fields.getUint32(at, true);
    // Zero input speed means "as the output's".
    if (at === AT.ispeed && rate === 0) continue;
    if (Math.abs(rate - settings.baudRate) > MOST_DEVIATION * settings.baudRate) {
      found.push(`${rate} baud instead of ${settings.baudRate}`);
      break;
    }
  }
  if (pseudo) return found;
  const wrong = (fields.getUint32(AT.cflag, true) ^ frameFlags(settings)) & FRAME;
  if (wrong & CFLAG.CSIZE) found.push(`not ${settings.dataBits} data bits`);
  if (wrong & (CFLAG.PARENB | CFLAG.PARODD | CFLAG.CMSPAR)) {
    found.push(`not parity ${settings.parity}`);
  }
  if (wrong & CFLAG.CSTOPB) found.push(`not ${settings.stopBits} stop bits`);
  if (wrong & CFLAG.CRTSCTS) found.push(`not flow control ${settings.flowControl}`);
  return found;
}
