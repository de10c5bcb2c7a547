/**
 * How a serial port is set up.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { type DurationInput, milliseconds } from "../../../time/duration.ts";
import { systemClock } from "../../../time/system_clock.ts";
import type { SerialSystem } from "./system.ts";

/** The bit that checks each byte. `"mark"` is always one, `"space"` always zero. */
export type Parity = "none" | "even" | "odd" | "mark" | "space";

/** How either side makes the other wait. */
export type FlowControl = "none" | "rts/cts" | "xon/xoff";

/**
 * What becomes of a line at opening. `"keep"` leaves it as the system's opening puts it, which on Linux and
 * macOS is on, and does not drop it at closing: an Arduino resets less often.
 */
export type LinePolicy = "on" | "off" | "keep";

/** How {@linkcode openSerial} sets the port up. */
export interface SerialOptions {
  /** Any rate that the driver can do, in baud; what it makes of it is read back. @default 9600 */
  readonly baudRate?: number;
  /** Bits of a byte. @default 8 */
  readonly dataBits?: 5 | 6 | 7 | 8;
  /** The bit that checks a byte. @default "none" */
  readonly parity?: Parity;
  /** 1.5 goes with five data bits only. @default 1 */
  readonly stopBits?: 1 | 1.5 | 2;
  /** How either side makes the other wait. @default "none" */
  readonly flowControl?: FlowControl;
  /** Data terminal ready. @default "on" */
  readonly dtr?: LinePolicy;
  /** Request to send; with `flowControl: "rts/cts"` the driver has it. @default "on" */
  readonly rts?: LinePolicy;
  /** Asks the driver to hand on each byte at once; one that can't goes on as it does. @default true */
  readonly lowLatency?: boolean;
  /**
   * Refuses a port that another program has, and keeps others off. Windows never shares one.
   *
   * @default true
   */
  readonly exclusive?: boolean;
  /** How long nothing must come for a port to count as silent after a time-out. @default "50ms" */
  readonly quiet?: DurationInput;
  /** What the port is called in messages. @default "ASRL<path>::INSTR" */
  readonly resource?: string;
  /** Where time comes from. @default the system's clock */
  readonly clock?: Clock;
  /** What opens it. @default this computer's */
  readonly system?: SerialSystem;
}

/** All of a port's settings, checked. */
export interface SerialSettings {
  /** In baud. */
  readonly baudRate: number;
  /** Bits of a byte. */
  readonly dataBits: 5 | 6 | 7 | 8;
  /** The bit that checks a byte. */
  readonly parity: Parity;
  /** Length of the pause after a byte, in bits. */
  readonly stopBits: 1 | 1.5 | 2;
  /** How either side makes the other wait. */
  readonly flowControl: FlowControl;
  /** Data terminal ready at opening. */
  readonly dtr: LinePolicy;
  /** Request to send at opening. */
  readonly rts: LinePolicy;
  /** Whether the driver is asked for bytes at once. */
  readonly lowLatency: boolean;
  /** Whether others are kept off. */
  readonly exclusive: boolean;
}

/** The highest rate that is no slip of the keyboard, in baud. */
const HIGHEST_BAUD = 50_000_000;

const CHOICES = {
  dataBits: [5, 6, 7, 8],
  parity: ["none", "even", "odd", "mark", "space"],
  stopBits: [1, 1.5, 2],
  flowControl: ["none", "rts/cts", "xon/xoff"],
  dtr: ["on", "off", "keep"],
  rts: ["on", "off", "keep"],
  lowLatency: [true, false],
  exclusive: [true, false],
} as const;

/** What is told by options, each with its default. */
export interface CheckedOptions {
  /** How the line is set up. */
  readonly settings: SerialSettings;
  /** Silence that ends a recovery, in milliseconds. */
  readonly quiet: number;
  /** Where time comes from. */
  readonly clock: Clock;
}

/**
 * Checks options and fills in defaults.
 *
 * @throws {RangeError} If a setting is none of those that there are.
 */
export function checkOptions(options: SerialOptions): CheckedOptions {
  const settings: SerialSettings = {
    baudRate: options.baudRate ?? 9600,
    dataBits: options.dataBits ?? 8,
    parity: options.parity ?? "none",
    stopBits: options.stopBits ?? 1,
    flowControl: options.flowControl ?? "none",
    dtr: options.dtr ?? "on",
    rts: options.rts ?? "on",
    lowLatency: options.lowLatency ?? true,
    exclusive: options.exclusive ?? true,
  };
  const { baudRate, dataBits, stopBits } = settings;
  if (!Number.isInteger(baudRate) || baudRate < 1 || baudRate > HIGHEST_BAUD) {
    throw new RangeError(
      `Cannot set a serial port up, as a baud rate is a whole number from 1 to ${HIGHEST_BAUD}: ` +
        `${baudRate}. The instrument's manual or its front panel says which.`,
    );
  }
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value: unknown = Reflect.get(settings, name);
    if (!choices.some((choice) => choice === value)) {
      throw new RangeError(
        `Cannot set a serial port up, as ${name} is one of ${choices.join(", ")}: ${value}`,
      );
    }
  }
  if (stopBits === 1.5 && dataBits !== 5) {
    throw new RangeError(
      `Cannot set a serial port up, as 1.5 stop bits go with 5 data bits only: ${dataBits}. ` +
        `Use 1 or 2.`,
    );
  }
  return {
    settings,
    quiet: milliseconds(options.quiet ?? "50ms"),
    clock: options.clock ?? systemClock,
  };
}

/** How long a byte takes on the line, in milliseconds. */
export function byteTime(settings: SerialSettings, baudRate: number): number {
  const bits = 1 + settings.dataBits + (settings.parity === "none" ? 0 : 1) + settings.stopBits;
  return bits * 1000 / baudRate;
}
