/**
 * macOS's `struct termios`, in bytes: its flags and speeds are 8 bytes each.
 *
 * @module
 */

import type { SerialSettings } from "../options.ts";

/** Bytes of the structure. */
export const TERMIOS_SIZE = 72;

const AT = { iflag: 0, oflag: 8, cflag: 16, lflag: 24, cc: 32, ispeed: 56, ospeed: 64 } as const;
const CC = { start: 12, stop: 13, min: 16, time: 17 } as const;
const XON = 0x11;
const XOFF = 0x13;
const IXON = 0x200;
const IXOFF = 0x400;

/** Flags of `c_cflag`. */
export const CFLAG = {
  CSIZE: 0x300,
  CSTOPB: 0x400,
  CREAD: 0x800,
  PARENB: 0x1000,
  PARODD: 0x2000,
  HUPCL: 0x4000,
  CLOCAL: 0x8000,
  CRTSCTS: 0x30000,
} as const;

const FRAME = CFLAG.CSIZE | CFLAG.CSTOPB | CFLAG.PARENB | CFLAG.PARODD | CFLAG.CRTSCTS;

/** Rates that the structure takes; any other takes a request of its own, after it. */
const RATES: ReadonlySet<number> = new Set(
  [50, 75, 110, 134, 150, 200, 300, 600, 1200, 1800, 2400, 4800, 7200, 9600, 14400, 19200, 28800]
    .concat([38400, 57600, 76800, 115200, 230400]),
);

/** Whether the structure takes this rate. */
export function isStandardRate(baudRate: number): boolean {
  return RATES.has(baudRate);
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function frameFlags(settings: SerialSettings): number {
  const { parity } = settings;
  return (settings.dataBits - 5) << 8 | (parity === "none" ? 0 : CFLAG.PARENB) |
    (parity === "odd" ? CFLAG.PARODD : 0) | (settings.stopBits === 1 ? 0 : CFLAG.CSTOPB) |
    (settings.flowControl === "rts/cts" ? CFLAG.CRTSCTS : 0);
}

/**
 * The structure for raw bytes with these settings.
 *
 * @param current The structure as it is; what has no setting is kept.
 */
export function packTermios(current: Uint8Array, settings: SerialSettings): Uint8Array {
  const packed = current.slice(0, TERMIOS_SIZE);
  const fields = view(packed);
  const kept = Number(fields.getBigUint64(AT.cflag, true)) & ~(FRAME | CFLAG.HUPCL);
  const hangUp = settings.dtr === "keep" ? 0 : CFLAG.HUPCL;
  const cflag = kept | frameFlags(settings) | CFLAG.CREAD | CFLAG.CLOCAL | hangUp;
  const speed = isStandardRate(settings.baudRate) ? settings.baudRate : 9600;
  fields.setBigUint64(
    AT.iflag,
    settings.flowControl === "xon/xoff" ? BigInt(IXON | IXOFF) : 0n,
    true,
  );
  fields.setBigUint64(AT.oflag, 0n, true);
  fields.setBigUint64(AT.cflag, BigInt(cflag >>> 0), true);
  fields.setBigUint64(AT.lflag, 0n, true);
  fields.setBigUint64(AT.ispeed, BigInt(speed), true);
  fields.setBigUint64(AT.ospeed, BigInt(speed), true);
  // With a minimum of 0 a silent line would read as an end of file, which is how an unplugged one reads.
  packed[AT.cc + CC.min] = 1;
  packed[AT.cc + CC.time] = 0;
  packed[AT.cc + CC.start] = XON;
  packed[AT.cc + CC.stop] = XOFF;
  return packed;
}

/** What a driver made of the settings otherwise, in words; none if it took all. */
export function differences(
  read: Uint8Array,
  settings: SerialSettings,
  pseudo: boolean,
): string[] {
  const found: string[] = [];
  const fields = view(read);
  const rate = Number(fields.getBigUint64(AT.ospeed, true));
  if (isStandardRate(settings.baudRate) && rate !== settings.baudRate) {
    found.push(`${rate} baud instead of ${settings.baudRate}`);
  }
  if (pseudo) return found;
  const wrong = (Number(fields.getBigUint64(AT.cflag, true)) ^ frameFlags(settings)) & FRAME;
  if (wrong & CFLAG.CSIZE) found.push(`not ${settings.dataBits} data bits`);
  // The system has no such parity at all.
  const none = settings.parity === "mark" || settings.parity === "space";
  if (none || wrong & (CFLAG.PARENB | CFLAG.PARODD)) found.push(`not parity ${settings.parity}`);
  if (wrong & CFLAG.CSTOPB) found.push(`not ${settings.stopBits} stop bits`);
  if (wrong & CFLAG.CRTSCTS) found.push(`not flow control ${settings.flowControl}`);
  return found;
}
