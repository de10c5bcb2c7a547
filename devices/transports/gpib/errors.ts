/**
 * What the GPIB library's error codes mean, and what helps.
 *
 * @module
 */

import { LinkError, TimeoutError, UnsupportedError } from "../errors.ts";
import { ERROR, STATUS } from "./ib.ts";
import type { GpibResult } from "./messages.ts";

/** There is no GPIB here: no library could be loaded, or there is no such board. */
export class NoGpibError extends LinkError {
  /** Each library that was tried, with the reason in brackets; none if one was loaded. */
  readonly tried: readonly string[];

  /** @param message A whole sentence. */
  constructor(message: string, resource: string, tried: readonly string[] = []) {
    super(message, resource);
    this.tried = tried;
  }
}

interface Meaning {
  readonly name: string;
  /** To be read after "as". */
  readonly why: string;
  /** The next step. */
  readonly next: string;
}

const CONTROLLER = "Set master = yes for the board in /etc/gpib.conf, and run gpib_config.";

const MEANINGS: Readonly<Record<number, Meaning>> = {
  1: { name: "ECIC", why: "the board is not the controller in charge", next: CONTROLLER },
  2: {
    name: "ENOL",
    why: "nothing listens at its address",
    next: "Check its address, its power and its cable.",
  },
  3: { name: "EADR", why: "the board could not address itself", next: CONTROLLER },
  4: {
    name: "EARG",
    why: "the library refuses the address or a setting",
    next: "Check the addresses; that of the board itself can't be an instrument's.",
  },
  5: { name: "ESAC", why: "the board is not the system controller", next: CONTROLLER },
  6: {
    name: "EABO",
    why: "the transfer was broken off",
    next: "See whether another program or controller uses the bus.",
  },
  7: {
    name: "ENEB",
    why: "there is no such board, or it is not set up",
    next: "Check the board's number, that its driver is loaded (lsmod), and run gpib_config.",
  },
  8: { name: "EDMA", why: "the board's memory access failed", next: "Restart the board's driver." },
  10: {
    name: "EOIP",
    why: "an earlier transfer is still under way",
    next: "End other programs that use the board.",
  },
  12: { name: "EFSO", why: "a file could not be used", next: "Check the library's installation." },
  14: {
    name: "EBUS",
    why: "no device takes part in the bus",
    next: "Check that an instrument is switched on and its cable is plugged.",
  },
  15: {
    name: "ESTB",
    why: "status bytes were lost",
    next: "Read the status byte more often.",
  },
  16: {
    name: "ESRQ",
    why: "the line of service requests is stuck",
    next: "Find the instrument that asks for service and clear it.",
  },
  20: { name: "ETAB", why: "the library's table is full", next: "Close instruments first." },
  21: { name: "ELCK", why: "another program has locked the board", next: "End that program." },
  23: { name: "EHDL", why: "the library has closed the device", next: "Open it anew." },
  26: { name: "EWIP", why: "an earlier wait is still under way", next: "Open it anew." },
  27: { name: "ERST", why: "the board was reset", next: "Open it anew." },
  28: {
    name: "EPWR",
    why: "the board has lost its power",
    next: "Check the adapter's plug, then open it anew.",
  },
};

/** Numbers of failed system calls that have a reason of their own. Linux. */
const SYSTEM_CALLS: Readonly<Record<number, Omit<Meaning, "name">>> = {
  2: {
    why: "the board's device or the library's settings are missing",
    next: "Check that the driver is loaded and /etc/gpib.conf is there, and run gpib_config.",
  },
  13: {
    why: "the board's device is not permitted",
    next: "Add yourself to its group (see ls -l /dev/gpib0), and log in anew.",
  },
  16: { why: "the board is in use", next: "End the other program that uses it." },
  19: { why: "the board is gone", next: "Check the adapter's plug, and run gpib_config." },
};

const NOT_FOUND = 2;
const TIMED_OUT = 110;
/** `ENXIO`, `EBADF`, `ENODEV`, `ESHUTDOWN`. */
const GONE: readonly (number | undefined)[] = [6, 9, 19, 108];

/** Whether a result is a time-out. */
export function timedOut({ status, error, count }: GpibResult): boolean {
  if ((status & STATUS.ERR) === 0) return false;
  return (status & STATUS.TIMO) !== 0 || (error === ERROR.EDVR && count === TIMED_OUT);
}

/** Whether the board must be opened anew. */
export function isGone({ status, error, count }: GpibResult): boolean {
  if ((status & STATUS.ERR) === 0) return false;
  return error === ERROR.ENEB || error === ERROR.EHDL || error === ERROR.EPWR ||
    (error === ERROR.EDVR && GONE.includes(count));
}

/** The error of a result, or undefined if it is none. */
export function errorOf(
  result: GpibResult,
  doing: string,
  resource: string,
  elapsed: number,
): Error | undefined {
  const { status, error = -1, count } = result;
  if ((status & STATUS.ERR) === 0) return undefined;
  if (timedOut(result)) return new TimeoutError(`${doing} ${resource}`, resource, elapsed);
  if (error === ERROR.ECAP) {
    return new UnsupportedError(`${doing} it`, resource, "The board can't do it: do without.");
  }
  const { name, why, next } = error === ERROR.EDVR ? systemCall(count) : MEANINGS[error] ?? {
    name: `error ${error}`,
    why: "the GPIB library fails",
    next: "See its documentation.",
  };
  const ErrorClass = isAbsent(error, count) ? NoGpibError : LinkError;
  return new ErrorClass(`Cannot ${doing} ${resource}, as ${why} (${name}). ${next}`, resource);
}

function isAbsent(error: number, count: number | undefined): boolean {
  return error === ERROR.ENEB || (error === ERROR.EDVR && count === NOT_FOUND);
}

function systemCall(number: number | undefined): Meaning {
  const known = SYSTEM_CALLS[number ?? -1];
  return {
    name: `EDVR, errno ${number ?? "unknown"}`,
    why: known?.why ?? "a system call of the GPIB library failed",
    next: known?.next ?? "See what the kernel says (dmesg).",
  };
}
