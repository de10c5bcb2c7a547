/**
 * What a serial port can do beside carrying bytes.
 *
 * @module
 */

import type { Io } from "../transport.ts";

/** Lines that this side drives. */
export interface OutputLines {
  /** Data terminal ready. */
  readonly dtr: boolean;
  /** Request to send. */
  readonly rts: boolean;
}

/** The modem lines as they are now. */
export interface ModemLines extends OutputLines {
  /** Clear to send. */
  readonly cts: boolean;
  /** Data set ready. */
  readonly dsr: boolean;
  /** Carrier detect. */
  readonly cd: boolean;
  /** Ring indicator. */
  readonly ri: boolean;
}

/** What went wrong on the line since the driver was loaded. */
export interface LineErrors {
  /** Bytes without a stop bit where it belongs: the baud rate is wrong, or the line is noisy. */
  readonly framing: number;
  /** Bytes with the wrong parity. */
  readonly parity: number;
  /** Bytes that the hardware lost, as it was not read in time. */
  readonly overrun: number;
  /** Bytes that the system lost, as its buffer was full. */
  readonly bufferOverrun: number;
  /** Breaks received. */
  readonly breaks: number;
}

/** A serial port's own signals, beside its bytes. */
export interface SerialControl {
  /** The device file behind the name that was opened, as `/dev/ttyUSB0`. */
  readonly path: string;
  /** The baud rate that the driver says it runs at. */
  readonly baudRate: number;
  /** Whether the driver hands on each byte at once instead of collecting some for a while. */
  readonly lowLatency: boolean;
  /**
   * The modem lines.
   *
   * @throws {UnsupportedError} If the port has none.
   * @throws {LinkError} If the port is closed or lost.
   */
  modemLines(): ModemLines;
  /**
   * Drives the lines that are named, and leaves the others.
   *
   * @throws {UnsupportedError} If the port has none.
   * @throws {LinkError} If the port is closed or lost.
   */
  setLines(lines: Partial<OutputLines>): void;
  /**
   * Holds the line in a break, and ends it.
   *
   * @param ms How long, in milliseconds.
   * @throws {TimeoutError} If the deadline comes first; the break is ended then.
   */
  sendBreak(ms: number, io: Io): Promise<void>;
  /** Bytes received and not yet read. */
  inputWaiting(): number;
  /** Bytes written and not yet handed to the hardware. */
  outputWaiting(): number;
  /** Waits until all that was written has left. */
  drain(io: Io): Promise<void>;
  /** Throws away what was received and not read, or written and not sent. */
  flush(what: "input" | "output" | "both"): void;
  /**
   * Counts of the driver.
   *
   * @throws {UnsupportedError} If it does not count.
   */
  lineErrors(): LineErrors;
}

/** What a USB adapter says it is. */
export interface UsbIdentity {
  /** The vendor's number, four hexadecimal digits in lower case. */
  readonly vendorId: string;
  /** The product's number, four hexadecimal digits in lower case. */
  readonly productId: string;
  /** Its serial number. */
  readonly serial?: string;
  /** Its maker. */
  readonly manufacturer?: string;
  /** Its name. */
  readonly product?: string;
  /** Which of its ports it is, two hexadecimal digits. */
  readonly interfaceNumber?: string;
}

/** A serial port of this computer. */
export interface SerialPortInfo {
  /** What to open now, as `/dev/ttyUSB0`, `/dev/cu.usbserial-1` or `COM3`. */
  readonly path: string;
  /** A name that stays the same whatever is plugged in when, if there is one. */
  readonly stableName?: string;
  /** The system's driver. */
  readonly driver?: string;
  /** What the adapter says it is, if it is on USB. */
  readonly usb?: UsbIdentity;
}
