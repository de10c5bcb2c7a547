/**
 * A serial port on Windows: a read that is always under way, a write when there is one.
 *
 * @module
 */

import { LinkError, UnsupportedError } from "../../errors.ts";
import type { LineErrors, ModemLines, OutputLines } from "../control.ts";
import type { Poller } from "../poller.ts";
import type { Direction, SerialHandle } from "../system.ts";
import type { PortEvents } from "./events.ts";
import type { Kernel32 } from "./kernel32.ts";
import { Overlapped } from "./overlapped.ts";

const BUFFER = 65_536;
const PURGE = { output: 1 | 4, input: 2 | 8 } as const;
const ESCAPE = {
  resume: 2,
  rtsOn: 3,
  rtsOff: 4,
  dtrOn: 5,
  dtrOff: 6,
  breakOn: 8,
  breakOff: 9,
} as const;
const MODEM = { cts: 0x10, dsr: 0x20, ri: 0x40, cd: 0x80 } as const;
const STAT = { size: 12, input: 4, output: 8 } as const;

/** What opening found out. */
export interface WindowsPortFacts {
  /** The open file. */
  readonly handle: bigint;
  /** The poller's number for it. */
  readonly source: number;
  /** What its transfers set. */
  readonly events: PortEvents;
  /** As the user named it. */
  readonly path: string;
  /** As messages call it. */
  readonly resource: string;
  /** As read back. */
  readonly baudRate: number;
  /** The lines of this side, which Windows does not tell. */
  readonly lines: OutputLines;
}

/** A share in what all ports have. */
export interface WindowsShare {
  /** The library. */
  readonly calls: Kernel32;
  /** The wait. */
  readonly poller: Poller;
  /** Gives it back. */
  give(): Promise<void>;
}

/** An open port. */
export class WindowsPort implements SerialHandle {
  readonly path: string;
  readonly baudRate: number;
  readonly lowLatency = false;
  readonly #facts: WindowsPortFacts;
  readonly #share: WindowsShare;
  readonly #k: Kernel32;
  readonly #reading: Overlapped;
  readonly #writing: Overlapped;
  #taken = 0;
  #lines: OutputLines;
  #closed = false;

  constructor(facts: WindowsPortFacts, share: WindowsShare) {
    this.path = facts.path;
    this.baudRate = facts.baudRate;
    this.#facts = facts;
    this.#lines = facts.lines;
    this.#share = share;
    this.#k = share.calls;
    this.#reading = new Overlapped(BUFFER, facts.events.read);
    this.#writing = new Overlapped(BUFFER, facts.events.write);
    share.poller.add(facts.source);
  }

  present(): boolean {
    return !this.#closed && this.#stat() !== undefined;
  }

  read(target: Uint8Array): number {
    const reading = this.#reading;
    if (!reading.started) this.#startReading();
    if (reading.pending) return 0;
    if (reading.failed) throw this.#gone("read from");
    const count = Math.min(target.length, reading.count - this.#taken);
    target.set(reading.buffer.subarray(this.#taken, this.#taken + count));
    this.#taken += count;
    if (this.#taken < reading.count) return count;
    // Nothing is asked for before it is wanted again, but after an empty end somebody waits for it.
    reading.end();
    if (count === 0) this.#startReading();
    return count;
  }

  write(data: Uint8Array): number {
    const writing = this.#writing;
    if (writing.pending) return 0;
    if (writing.failed) throw this.#gone("write to");
    const count = Math.min(data.length, BUFFER);
    writing.buffer.set(data.subarray(0, count));
    writing.begin();
    const { handle } = this.#facts;
    const done = this.#k.WriteFile(handle, writing.buffer, count, 0n, writing.structure);
    if (done === 0 && !this.present()) {
      writing.end();
      throw this.#gone("write to");
    }
    return count;
  }

  when(direction: Direction, callback: () => void): () => void {
    return this.#share.poller.when(this.#facts.source, direction, callback);
  }

  inputWaiting(): number {
    const reading = this.#reading;
    const own = reading.started && !reading.pending ? reading.count - this.#taken : 0;
    return own + this.#statOrGone("count the input of").getUint32(STAT.input, true);
  }

  outputWaiting(): number {
    return this.#statOrGone("count the output of").getUint32(STAT.output, true);
  }

  flush(input: boolean, output: boolean): void {
    const what = (input ? PURGE.input : 0) | (output ? PURGE.output : 0);
    if (what === 0) return;
    if (this.#k.PurgeComm(this.#facts.handle, what) === 0) throw this.#gone("flush");
    // A read that the purge ends, now or later, is begun anew; one that had ended before is dropped.
    if (input && !this.#reading.pending) this.#reading.end();
  }

  resumeOutput(): void {
    this.#escape(ESCAPE.resume, "resume the output of");
  }

  setBreak(on: boolean): void {
    this.#escape(on ? ESCAPE.breakOn : ESCAPE.breakOff, "send a break on");
  }

  modemLines(): ModemLines {
    const bytes = new Uint8Array(4);
    if (this.#k.GetCommModemStatus(this.#facts.handle, bytes) === 0) {
      throw this.#refused("read the modem lines of");
    }
    const bits = bytes[0] ?? 0;
    return {
      ...this.#lines,
      cts: (bits & MODEM.cts) !== 0,
      dsr: (bits & MODEM.dsr) !== 0,
      cd: (bits & MODEM.cd) !== 0,
      ri: (bits & MODEM.ri) !== 0,
    };
  }

  setLines(lines: Partial<OutputLines>): void {
    const doing = "set the modem lines of";
    if (lines.dtr !== undefined) this.#escape(lines.dtr ? ESCAPE.dtrOn : ESCAPE.dtrOff, doing);
    if (lines.rts !== undefined) this.#escape(lines.rts ? ESCAPE.rtsOn : ESCAPE.rtsOff, doing);
    this.#lines = { dtr: lines.dtr ?? this.#lines.dtr, rts: lines.rts ?? this.#lines.rts };
  }

  lineErrors(): LineErrors {
    throw this.#refused("count the errors of");
  }

  async close(): Promise<void> {
    if (this.#closed) return await this.#share.give();
    this.#closed = true;
    const { handle, source } = this.#facts;
    this.#k.CancelIoEx(handle, 0n);
    this.#reading.abandon();
    this.#writing.abandon();
    this.#k.CloseHandle(handle);
    this.#share.poller.remove(source);
    await this.#share.give();
  }

  #startReading(): void {
    const reading = this.#reading;
    reading.begin();
    this.#taken = 0;
    const { handle } = this.#facts;
    const done = this.#k.ReadFile(handle, reading.buffer, BUFFER, 0n, reading.structure);
    // The last error may be another call's by now; a port that answers has the read under way.
    if (done === 0 && reading.pending && !this.present()) {
      reading.end();
      throw this.#gone("read from");
    }
  }

  #stat(): DataView | undefined {
    const stat = new Uint8Array(STAT.size);
    const good = this.#k.ClearCommError(this.#facts.handle, new Uint8Array(4), stat) !== 0;
    return good ? new DataView(stat.buffer) : undefined;
  }

  #statOrGone(doing: string): DataView {
    const stat = this.#stat();
    if (stat === undefined) throw this.#gone(doing);
    return stat;
  }

  #escape(what: number, doing: string): void {
    if (this.#k.EscapeCommFunction(this.#facts.handle, what) === 0) throw this.#refused(doing);
  }

  #refused(doing: string): Error {
    if (!this.present()) return this.#gone(doing);
    const what = `${doing} ${this.#facts.resource}`;
    return new UnsupportedError(what, this.path, "Do without, or use another adapter.");
  }

  #gone(doing: string): LinkError {
    const { resource } = this.#facts;
    return new LinkError(
      `Cannot ${doing} ${resource}, as ${this.path} is gone: the system does not answer for it. ` +
        "Look at its plug and its power, and open it anew.",
      resource,
    );
  }
}
