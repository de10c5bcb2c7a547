/**
 * A serial port on Linux or macOS: calls that never wait, on one descriptor.
 *
 * @module
 */

import { LinkError, UnsupportedError } from "../../errors.ts";
import type { LineErrors, ModemLines, OutputLines } from "../control.ts";
import type { Share } from "../shared.ts";
import type { Direction, SerialHandle } from "../system.ts";
import { ERRNO, type UnixCalls } from "./calls.ts";

/** Bits of the modem lines, the same on both systems. */
export const LINE = { dtr: 2, rts: 4, cts: 0x20, cd: 0x40, ri: 0x80, dsr: 0x100 } as const;

/** What differs between the systems once a port is open. */
export interface UnixDialect {
  /** The error number that says "nothing yet". */
  readonly again: number;
  /** The numbers of requests. */
  readonly requests: {
    readonly releaseExclusive: number;
    readonly getLines: number;
    readonly setBits: number;
    readonly clearBits: number;
    readonly startBreak: number;
    readonly endBreak: number;
    readonly inputWaiting: number;
    readonly outputWaiting: number;
  };
  /** Throws bytes away. */
  flush(calls: UnixCalls, fd: number, input: boolean, output: boolean): number;
  /** Goes on with output. */
  resume(calls: UnixCalls, fd: number): number;
  /** What the driver counted; undefined if it does not. */
  lineErrors(calls: UnixCalls, fd: number): LineErrors | undefined;
}

/** What opening found out. */
export interface UnixPortFacts {
  /** The open file. */
  readonly fd: number;
  /** The device without links. */
  readonly path: string;
  /** As messages call it. */
  readonly resource: string;
  /** As read back. */
  readonly baudRate: number;
  /** Whether the driver took it. */
  readonly lowLatency: boolean;
  /** Whether the device was made exclusive and must be released. */
  readonly exclusive: boolean;
}

function word(value = 0): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

/** An open port. */
export class UnixPort implements SerialHandle {
  readonly path: string;
  readonly baudRate: number;
  readonly lowLatency: boolean;
  readonly #fd: number;
  readonly #resource: string;
  readonly #exclusive: boolean;
  readonly #share: Share<UnixCalls>;
  readonly #dialect: UnixDialect;
  #closed = false;

  constructor(facts: UnixPortFacts, share: Share<UnixCalls>, dialect: UnixDialect) {
    this.path = facts.path;
    this.baudRate = facts.baudRate;
    this.lowLatency = facts.lowLatency;
    this.#fd = facts.fd;
    this.#resource = facts.resource;
    this.#exclusive = facts.exclusive;
    this.#share = share;
    this.#dialect = dialect;
    share.poller.add(this.#fd);
  }

  present(): boolean {
    return !this.#closed && this.#share.calls.ioctl(
          this.#fd,
          this.#dialect.requests.inputWaiting,
          word(),
        ) >= 0;
  }

  read(target: Uint8Array): number {
    const count = this.#share.calls.read(this.#fd, target);
    if (count > 0) return count;
    // The port is set up so that a silent line says "again"; an end of file is a device that left.
    if (count === 0) throw this.#gone("read from", "its end of file was read");
    return this.#later(count, "read from");
  }

  write(data: Uint8Array): number {
    const count = this.#share.calls.write(this.#fd, data);
    return count >= 0 ? count : this.#later(count, "write to");
  }

  when(direction: Direction, callback: () => void): () => void {
    return this.#share.poller.when(this.#fd, direction, callback);
  }

  inputWaiting(): number {
    return this.#get("count the input of", this.#dialect.requests.inputWaiting);
  }

  outputWaiting(): number {
    return this.#get("count the output of", this.#dialect.requests.outputWaiting);
  }

  flush(input: boolean, output: boolean): void {
    this.#check(this.#dialect.flush(this.#share.calls, this.#fd, input, output), "flush");
  }

  resumeOutput(): void {
    this.#check(this.#dialect.resume(this.#share.calls, this.#fd), "resume the output of");
  }

  setBreak(on: boolean): void {
    const { startBreak, endBreak } = this.#dialect.requests;
    const { calls } = this.#share;
    this.#check(calls.ioctlValue(this.#fd, on ? startBreak : endBreak, 0), "send a break on");
  }

  modemLines(): ModemLines {
    const bits = this.#get("read the modem lines of", this.#dialect.requests.getLines);
    const on = (bit: number): boolean => (bits & bit) !== 0;
    return {
      dtr: on(LINE.dtr),
      rts: on(LINE.rts),
      cts: on(LINE.cts),
      dsr: on(LINE.dsr),
      cd: on(LINE.cd),
      ri: on(LINE.ri),
    };
  }

  setLines(lines: Partial<OutputLines>): void {
    const { setBits, clearBits } = this.#dialect.requests;
    for (const state of [true, false]) {
      const bits = (lines.dtr === state ? LINE.dtr : 0) | (lines.rts === state ? LINE.rts : 0);
      if (bits === 0) continue;
      const { calls } = this.#share;
      const result = calls.ioctl(this.#fd, state ? setBits : clearBits, word(bits));
      this.#check(result, "set the modem lines of");
    }
  }

  lineErrors(): LineErrors {
    const found = this.#dialect.lineErrors(this.#share.calls, this.#fd);
    if (found !== undefined) return found;
    if (!this.present()) throw this.#gone("count the errors of", "it does not answer");
    throw this.#unsupported("count the errors of");
  }

  async close(): Promise<void> {
    if (this.#closed) return await this.#share.give();
    this.#closed = true;
    const { calls, poller } = this.#share;
    poller.remove(this.#fd);
    if (this.#exclusive) {
      calls.ioctlValue(this.#fd, this.#dialect.requests.releaseExclusive, 0);
    }
    calls.close(this.#fd);
    await this.#share.give();
  }

  #get(doing: string, request: number): number {
    const bytes = word();
    this.#check(this.#share.calls.ioctl(this.#fd, request, bytes), doing);
    return new DataView(bytes.buffer).getInt32(0, true);
  }

  #later(result: number, doing: string): number {
    if (result === -this.#dialect.again || result === -ERRNO.EINTR) return 0;
    throw this.#gone(doing, `the system says error ${-result}`);
  }

  #check(result: number, doing: string): void {
    if (result >= 0) return;
    if (result === -ERRNO.ENOTTY || result === -ERRNO.EINVAL) throw this.#unsupported(doing);
    throw this.#gone(doing, `the system says error ${-result}`);
  }

  #gone(doing: string, why: string): LinkError {
    return new LinkError(
      `Cannot ${doing} ${this.#resource}, as ${this.path} is gone: ${why}. ` +
        "Look at its plug and its power, and open it anew.",
      this.#resource,
    );
  }

  #unsupported(doing: string): UnsupportedError {
    const what = `${doing} ${this.#resource}`;
    return new UnsupportedError(what, this.path, "Do without, or use another adapter.");
  }
}
