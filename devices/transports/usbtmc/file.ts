/**
 * The open file of an instrument: requests that the driver answers at once, and those that it may take its time for.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError } from "../errors.ts";
import type { LinuxCalls } from "../serial/linux/libc.ts";
import type { Interest } from "../serial/poller.ts";
import type { Share } from "../serial/shared.ts";
import { ERRNO } from "../serial/unix/calls.ts";
import type { Io } from "../transport.ts";
import { Waiting } from "../waiting.ts";
import { within } from "../within.ts";
import { ERROR, fixed, REQUEST, word } from "./requests.ts";

/** The driver's own limits of a wait, in milliseconds. */
const LIMITS = { least: 100, most: 5000 } as const;

/** What an open file is made of. */
export interface FileParts {
  /** The descriptor. */
  readonly fd: number;
  /** As `/dev/usbtmc0`. */
  readonly path: string;
  /** As messages call it. */
  readonly resource: string;
  /** The C library and the wait; given back at closing. */
  readonly share: Share<LinuxCalls>;
  /** Where time comes from. */
  readonly clock: Clock;
  /** Whether the driver has transfers that it must end before the file is closed. */
  readonly transfers: boolean;
}

/**
 * An instrument's file. The driver does one thing at a time and keeps whoever comes meanwhile, even who only polls.
 * So a request that it takes its time for is made by another thread, nothing else is asked while that lasts, and the
 * file is out of the wait that all ports share.
 */
export class DeviceFile {
  readonly path: string;
  readonly resource: string;
  readonly clock: Clock;
  readonly #fd: number;
  readonly #share: Share<LinuxCalls>;
  readonly #transfers: boolean;
  readonly #waiting: Waiting;
  readonly #ended = new AbortController();
  readonly #wants = new Map<Interest, { call: () => void; cancel?: () => void }>();
  #slow: Promise<void> | undefined;
  #polled = false;
  #awaited = false;
  #closing: Promise<void> | undefined;

  constructor(parts: FileParts) {
    this.path = parts.path;
    this.resource = parts.resource;
    this.clock = parts.clock;
    this.#fd = parts.fd;
    this.#share = parts.share;
    this.#transfers = parts.transfers;
    this.#waiting = new Waiting(parts.clock);
    this.#poll();
  }

  /** The C library, for addresses. */
  get calls(): LinuxCalls {
    return this.#share.calls;
  }

  /** False once it is closed or the instrument is gone. */
  get alive(): boolean {
    if (this.#ended.signal.aborted) return false;
    return this.#slow !== undefined || this.#present();
  }

  /** Whether somebody waits for a transfer to get on. */
  get awaited(): boolean {
    return this.#awaited;
  }

  /** A request that the driver answers at once: its result, or the error number with its sign turned. */
  ask(request: number, argument: Uint8Array): number {
    this.#ended.signal.throwIfAborted();
    const result = this.calls.ioctl(this.#fd, request, argument);
    if (result === -ERRNO.ENODEV || result === -ERROR.SHUT_DOWN) throw this.#gone(-result);
    return result;
  }

  /** Closes it for a reason, which everybody who waits gets. */
  lose(why: LinkError): LinkError {
    this.close(why).catch(() => {});
    return why;
  }

  #gone(error: number): LinkError {
    return this.lose(
      new LinkError(
        `Cannot use ${this.resource}, as ${this.path} is gone: the system says error ${error}. ` +
          "Look at its plug and its power, and open it anew.",
        this.resource,
      ),
    );
  }

  /** Waits until the driver is done with what it takes its time for. */
  async settled(io: Io, late: () => Error): Promise<void> {
    io.signal?.throwIfAborted();
    this.#ended.signal.throwIfAborted();
    while (this.#slow !== undefined) await within(this.#slow, this.#either(io), this.clock, late);
    if (io.deadline <= this.clock.monotonic()) throw late();
  }

  /** Waits until a transfer has got on, or has failed. */
  async ready(direction: "read" | "write", io: Io, late: () => Error): Promise<void> {
    this.#ended.signal.throwIfAborted();
    this.#want(direction, () => {
      this.#awaited = false;
      this.#waiting.wake();
    });
    this.#awaited = true;
    try {
      await this.#waiting.wait(io, late);
    } finally {
      this.#awaited = false;
      this.#drop(direction);
    }
  }

  /** Calls back each time that the file is ready so, until the result is disposed. */
  watch(interest: Interest, callback: () => void): Disposable {
    const again = (): void => {
      try {
        callback();
      } finally {
        if (this.#wants.get(interest)?.call === again && !this.#ended.signal.aborted) {
          this.#want(interest, again);
        }
      }
    };
    this.#want(interest, again);
    return { [Symbol.dispose]: () => this.#drop(interest) };
  }

  /**
   * A request that the driver may take its time for.
   *
   * @returns Its result; why one that failed did so is not known, but that the instrument is there is.
   */
  request(request: number, argument: Uint8Array, io: Io, late: () => Error): Promise<number> {
    return this.slowly((calls, fd) => calls.slowIoctl(fd, request, argument), io, late);
  }

  /**
   * What the driver may take its time for, by another thread.
   *
   * @param longest How long the driver may wait by itself, in milliseconds.
   */
  async slowly(
    call: (calls: LinuxCalls, fd: number) => Promise<number>,
    io: Io,
    late: () => Error,
    longest: number = LIMITS.most,
  ): Promise<number> {
    await this.settled(io, late);
    const left = Math.min(Math.ceil(io.deadline - this.clock.monotonic()), longest);
    return await within(this.#begin(call, left), this.#either(io), this.clock, late);
  }

  /** A request that the driver may take its time for, at once: it must be settled. */
  requestNow(request: number, argument: Uint8Array): Promise<number> {
    return this.#begin((calls, fd) => calls.slowIoctl(fd, request, argument), LIMITS.most);
  }

  async #begin(
    call: (calls: LinuxCalls, fd: number) => Promise<number>,
    wait: number,
  ): Promise<number> {
    // A driver that does not know this waits for 5 s at most.
    this.ask(REQUEST.SET_TIMEOUT, word(Math.min(Math.max(LIMITS.least, wait), 2 ** 31 - 1)));
    this.#unpoll();
    const work = call(this.calls, this.#fd);
    this.#slow = work.then(() => {
      this.#slow = undefined;
      if (!this.#ended.signal.aborted) this.#poll();
    });
    const result = await work;
    if (result < 0 && !this.#ended.signal.aborted && !this.#present()) {
      throw this.#gone(ERRNO.ENODEV);
    }
    return result;
  }

  /** Closes the file, once the driver is done with what it takes its time for. A second call does nothing. */
  close(why: LinkError): Promise<void> {
    return this.#closing ??= (async () => {
      this.#ended.abort(why);
      this.#waiting.fail(why);
      this.#waiting.stop();
      await this.#slow;
      this.#unpoll();
      this.#wants.clear();
      // Closing would wait for them.
      if (this.#transfers) await this.calls.slowIoctl(this.#fd, REQUEST.CLEANUP_IO, fixed(4));
      this.calls.close(this.#fd);
      await this.#share.give();
    })();
  }

  #present(): boolean {
    const result = this.calls.ioctl(this.#fd, REQUEST.API_VERSION, fixed(4));
    return result !== -ERRNO.ENODEV;
  }

  #either(io: Io): Io {
    const ended = this.#ended.signal;
    const signal = io.signal === undefined ? ended : AbortSignal.any([io.signal, ended]);
    return { deadline: io.deadline, signal };
  }

  #want(interest: Interest, call: () => void): void {
    this.#drop(interest);
    this.#wants.set(interest, { call });
    if (this.#polled) this.#arm(interest);
  }

  #drop(interest: Interest): void {
    this.#wants.get(interest)?.cancel?.();
    this.#wants.delete(interest);
  }

  #arm(interest: Interest): void {
    const want = this.#wants.get(interest);
    if (want === undefined) return;
    want.cancel = this.#share.poller.when(this.#fd, interest, want.call);
  }

  #poll(): void {
    this.#share.poller.add(this.#fd);
    this.#polled = true;
    for (const interest of this.#wants.keys()) this.#arm(interest);
  }

  #unpoll(): void {
    if (this.#polled) this.#share.poller.remove(this.#fd);
    this.#polled = false;
  }
}
