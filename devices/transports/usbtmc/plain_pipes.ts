/**
 * Bytes by the driver of a kernel before 4.20, whose reading and writing wait. Another thread waits with them, one at
 * a time; what comes after it was given up is thrown away.
 *
 * @module
 */

import { ProtocolError, TimeoutError } from "../errors.ts";
import type { LinuxCalls } from "../serial/linux/libc.ts";
import type { Io, ReadIo, ReadResult } from "../transport.ts";
import type { DeviceFile } from "./file.ts";
import type { Abilities, Pipes } from "./pipes.ts";
import { fixed, REQUEST } from "./requests.ts";

/** Most bytes that are asked for at once. */
const LONGEST = 1024 * 1024;
const END = 1;
/** After which the driver gives up, where it can't be told another time, in milliseconds; and how exact that is. */
const PATIENCE = 5000;
const EXACT = 100;

/** The pipes of a driver that waits. */
export class PlainPipes implements Pipes {
  readonly #file: DeviceFile;
  readonly #abilities: Abilities;
  #parts: Uint8Array[] = [];
  #stopAt: number | undefined;
  #unsettled = false;

  constructor(file: DeviceFile, abilities: Abilities) {
    this.#file = file;
    this.#abilities = abilities;
  }

  get unsettled(): boolean {
    return this.#unsettled;
  }

  async write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    // This driver ends the message with each write, so that a message must be one.
    this.#parts.push(end ? data : data.slice());
    if (!end) return;
    const message = joined(this.#parts);
    this.#parts = [];
    if (message.length === 0) return;
    await this.#carry("write to", (calls, fd) => calls.slowWrite(fd, message), io);
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    this.#stop(this.#abilities.stopsAt ? io.stopAt : undefined);
    for (;;) {
      // The driver writes into it also after the reader gave up.
      const bytes = fixed(Math.min(target.length, LONGEST));
      const read = (calls: LinuxCalls, fd: number) => calls.slowRead(fd, bytes);
      const count = await this.#carry("read from", read, io);
      target.set(bytes.subarray(0, count));
      const attributes = new Uint8Array(1);
      const known = this.#file.ask(REQUEST.MSG_IN_ATTR, attributes) >= 0;
      // A driver that can't tell fills the buffer or comes to the end.
      const end = known ? ((attributes[0] ?? 0) & END) !== 0 : count < bytes.length;
      if (count > 0 || end) return { count, end };
    }
  }

  discard(): number {
    return 0;
  }

  restart(): void {
    this.#unsettled = false;
    this.#parts = [];
  }

  fail(): void {
    this.#unsettled = true;
  }

  async #carry(
    what: string,
    call: (calls: LinuxCalls, fd: number) => Promise<number>,
    io: Io,
  ): Promise<number> {
    const { resource, clock } = this.#file;
    const start = clock.monotonic();
    const late = (): TimeoutError =>
      new TimeoutError(`${what} ${resource}`, resource, clock.monotonic() - start);
    this.#unsettled = true;
    const result = await this.#file.slowly(call, io, late, io.deadline - start);
    if (result >= 0) {
      this.#unsettled = false;
      return result;
    }
    if (clock.monotonic() - start > PATIENCE - EXACT) throw late();
    throw new ProtocolError(
      `Cannot ${what} ${resource}, as the transfer failed. Look at what was sent to the instrument, and at ` +
        "the kernel's log: sudo dmesg",
      resource,
    );
  }

  #stop(at: number | undefined): void {
    if (at === this.#stopAt) return;
    const argument = new Uint8Array([at ?? 0, at === undefined ? 0 : 1]);
    // A driver that can't stop reads on to the end.
    if (this.#file.ask(REQUEST.CONFIG_TERMCHAR, argument) >= 0) this.#stopAt = at;
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
