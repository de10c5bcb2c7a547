/**
 * Messages and answers over a serial port, and the line's own signals.
 *
 * @module
 */

import { type Clock, sleep } from "../time/clock.ts";
import { type DurationInput, milliseconds } from "../time/duration.ts";
import { MessageSession } from "./message_session.ts";
import type { CallOptions } from "./message_session/options.ts";
import { UnsupportedError } from "./transports/errors.ts";
import { overlaid } from "./transports/overlaid.ts";
import type {
  LineErrors,
  ModemLines,
  OutputLines,
  SerialControl,
} from "./transports/serial/control.ts";
import type { Io, Transport } from "./transports/transport.ts";

/**
 * A conversation with one instrument on a serial port. Beside messages it has the modem lines and breaks, each in
 * its turn among the messages. On a pseudo terminal and on an adapter that has none, they are an
 * `UnsupportedError`.
 *
 * @example
 * ```ts ignore
 * import { open, serial } from "@stripchart/stripchart/devices";
 *
 * await using board = await open(serial("/dev/ttyACM0", { baudRate: 115_200, dtr: "keep" }));
 * await board.setLines({ dtr: false });
 * await board.setLines({ dtr: true }); // Resets an Arduino.
 * ```
 */
export class SerialSession extends MessageSession {
  /**
   * The modem lines as they are now.
   *
   * @throws {UnsupportedError} If the port has none.
   */
  modemLines(call?: CallOptions): Promise<ModemLines> {
    return this.#control((port) => port.modemLines(), call);
  }

  /**
   * Drives the lines that are named, and leaves the others. A port that was lost and comes back has them as it was
   * opened with: set them again in `setup`.
   *
   * @throws {UnsupportedError} If the port has none.
   */
  setLines(lines: Partial<OutputLines>, call?: CallOptions): Promise<void> {
    return this.#control((port) => port.setLines(lines), call);
  }

  /** Holds the line in a break for a while. */
  sendBreak(duration: DurationInput = "250ms", call?: CallOptions): Promise<void> {
    const ms = milliseconds(duration);
    return this.#control((port, io) => port.sendBreak(ms, io), call);
  }

  /** Waits until all that was written has left. */
  drain(call?: CallOptions): Promise<void> {
    return this.#control((port, io) => port.drain(io), call);
  }

  /**
   * What went wrong on the line since the driver was loaded.
   *
   * @throws {UnsupportedError} If it does not count.
   */
  lineErrors(call?: CallOptions): Promise<LineErrors> {
    return this.#control((port) => port.lineErrors(), call);
  }

  #control<T>(act: (port: SerialControl, io: Io) => T | Promise<T>, call?: CallOptions) {
    return this.use((link, io) => {
      if (isSerialControl(link)) return act(link, io);
      throw new UnsupportedError(
        "use the signals of a serial line",
        this.resource,
        "Open the port by serial().",
      );
    }, call);
  }
}

function isSerialControl(link: Transport | (Transport & SerialControl)): link is
  & Transport
  & SerialControl {
  return "setLines" in link && "sendBreak" in link;
}

/** A simulated port's signals: the lines stay as they are set, and the other side is ready. */
export function withSimulatedLines(link: Transport, clock: Clock): Transport & SerialControl {
  let lines: OutputLines = { dtr: true, rts: true };
  const control: SerialControl = {
    path: link.resource,
    baudRate: 9600,
    lowLatency: true,
    modemLines: () => ({ ...lines, cts: true, dsr: true, cd: true, ri: false }),
    setLines: (set) => void (lines = { ...lines, ...set }),
    sendBreak: (ms, io) => sleep(clock, ms, io.signal),
    inputWaiting: () => 0,
    outputWaiting: () => 0,
    drain: () => Promise.resolve(),
    flush: () => {},
    lineErrors: () => ({ framing: 0, parity: 0, overrun: 0, bufferOverrun: 0, breaks: 0 }),
  };
  return overlaid(link, control);
}
