/**
 * A USB instrument as a transport.
 *
 * @module
 */

import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Io, ReadIo, ReadResult, Transport } from "../transport.ts";
import type { DeviceFile } from "./file.ts";
import type { Pipes } from "./pipes.ts";
import { CAPABILITY, ERROR, fixed, REQUEST } from "./requests.ts";

/** What an instrument is made of. */
export interface InstrumentParts {
  /** Its open file. */
  readonly file: DeviceFile;
  /** How its bytes go. */
  readonly pipes: Pipes;
  /** What the driver says it can do, as bits of {@linkcode CAPABILITY}. */
  readonly capabilities: number;
  /** Whether it has a status byte. */
  readonly speaks488: boolean;
  /** Whether the driver keeps a service request when it is asked for the status byte. */
  readonly keepsRequests: boolean;
  /** What the driver says when it has been told of a service request. */
  readonly notifies: "priority" | "read" | undefined;
}

const REQUESTS_SERVICE = 0x40;

type ServiceListener = (statusByte: number | undefined) => void;

/** An open USB instrument. What it can't do, it has no method for. */
export class UsbtmcInstrument implements Transport {
  readonly resource: string;
  readonly hasEnd = true;
  readonly readStatusByte?: (io: Io) => Promise<number>;
  readonly trigger?: (io: Io) => Promise<void>;
  readonly setRemote?: (remote: boolean, io: Io) => Promise<void>;
  readonly onServiceRequest?: (listener: ServiceListener, io: Io) => Promise<AsyncDisposable>;
  readonly #file: DeviceFile;
  readonly #pipes: Pipes;
  readonly #keepsRequests: boolean;
  readonly #notifies: "priority" | "read" | undefined;
  readonly #listeners = new Set<ServiceListener>();
  #watch: Disposable | undefined;
  #using = 0;

  constructor(parts: InstrumentParts) {
    this.resource = parts.file.resource;
    this.#file = parts.file;
    this.#pipes = parts.pipes;
    this.#keepsRequests = parts.keepsRequests;
    this.#notifies = parts.notifies;
    if (parts.speaks488) this.readStatusByte = (io) => this.#readStatusByte(io);
    if (parts.capabilities & CAPABILITY.TRIGGER) {
      this.trigger = (io) => this.#simple("trigger", REQUEST.TRIGGER, io);
    }
    if (parts.capabilities & CAPABILITY.REMOTE) {
      this.setRemote = (remote, io) => this.#setRemote(remote, io);
    }
    if (parts.notifies !== undefined) this.onServiceRequest = (listener) => this.#listen(listener);
  }

  get alive(): boolean {
    return this.#file.alive;
  }

  write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    return this.#use(async () => {
      await this.#file.settled(io, this.#late("write to"));
      if (this.#pipes.unsettled) await this.#clear(io, this.#late("write to"));
      await this.#pipes.write(data, end, io);
    });
  }

  read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    return this.#use(async () => {
      if (target.length === 0) {
        throw new RangeError(
          `Cannot read from ${this.resource}, as the target has no room: 0 bytes`,
        );
      }
      await this.#file.settled(io, this.#late("read from"));
      return await this.#pipes.read(target, io);
    });
  }

  discard(): number {
    return this.#pipes.discard();
  }

  async recover(io: Io): Promise<string> {
    const late = (): LinkError =>
      new LinkError(
        `Cannot recover ${this.resource}, as it was not cleared in the time there was. Switch it off ` +
          "and on, or allow more time.",
        this.resource,
      );
    await this.#use(() => this.#clear(io, late));
    return "what was under way was ended, and the instrument was cleared";
  }

  clear(io: Io): Promise<void> {
    return this.#use(() => this.#clear(io, this.#late("clear")));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#watch?.[Symbol.dispose]();
    await this.#file.close(
      new LinkError(`Cannot use ${this.resource}, as it is closed`, this.resource),
    );
  }

  /** Something that is under way; requests of the driver's own accord are not looked at between its steps. */
  async #use<T>(act: () => Promise<T>): Promise<T> {
    this.#using++;
    try {
      return await act();
    } finally {
      this.#using--;
    }
  }

  /** Ends the transfers, and has the instrument forget what it was about to answer. */
  async #clear(io: Io, late: () => Error): Promise<void> {
    const file = this.#file;
    const request = (number: number): Promise<number> => file.request(number, fixed(4), io, late);
    // Drivers without these have no transfers of the kind.
    await request(REQUEST.CANCEL_IO);
    await request(REQUEST.CLEANUP_IO);
    if (await request(REQUEST.CLEAR) < 0) {
      // A pipe that the instrument halted must be opened first.
      await request(REQUEST.CLEAR_OUT_HALT);
      await request(REQUEST.CLEAR_IN_HALT);
      if (await request(REQUEST.CLEAR) < 0) {
        throw new LinkError(
          `Cannot clear ${this.resource}, as the instrument does not do so. Switch it off and on.`,
          this.resource,
        );
      }
    }
    this.#pipes.restart();
  }

  async #readStatusByte(io: Io): Promise<number> {
    const statusByte = fixed(1);
    const request = this.#keepsRequests ? REQUEST.GET_STB : REQUEST.READ_STB;
    await this.#simple("read the status byte of", request, io, statusByte);
    const byte = statusByte[0] ?? 0;
    // The driver has forgotten the request now: told twice is better than not at all.
    if (!this.#keepsRequests && (byte & REQUESTS_SERVICE) !== 0) this.#tell(byte);
    return byte;
  }

  async #setRemote(remote: boolean, io: Io): Promise<void> {
    const what = remote ? "put under remote control" : "give back the front panel of";
    if (!remote) await this.#simple(what, REQUEST.GOTO_LOCAL, io);
    const enable = fixed(1);
    enable[0] = remote ? 1 : 0;
    await this.#simple(what, REQUEST.REN_CONTROL, io, enable);
  }

  async #simple(what: string, request: number, io: Io, argument = fixed(4)): Promise<void> {
    const late = this.#late(what);
    const result = await this.#use(() => this.#file.request(request, argument, io, late));
    if (result >= 0) return;
    // Why is not known, but that it took as long as there was.
    if (io.deadline <= this.#file.clock.monotonic()) throw late();
    throw new ProtocolError(
      `Cannot ${what} ${this.resource}, as the instrument did not do so. Look at its front panel, and at ` +
        "the kernel's log: sudo dmesg",
      this.resource,
    );
  }

  #listen(listener: ServiceListener): Promise<AsyncDisposable> {
    return Promise.try(() => {
      const own: ServiceListener = (statusByte) => listener(statusByte);
      this.#listeners.add(own);
      if (this.#notifies !== undefined) {
        this.#watch ??= this.#file.watch(this.#notifies, () => this.#notified());
      }
      return {
        [Symbol.asyncDispose]: () => {
          this.#listeners.delete(own);
          if (this.#listeners.size === 0) {
            this.#watch?.[Symbol.dispose]();
            this.#watch = undefined;
          }
          return Promise.resolve();
        },
      };
    });
  }

  /** The driver has something to tell, or a transfer failed, or the instrument is gone. */
  #notified(): void {
    try {
      const statusByte = fixed(1);
      const result = this.#file.ask(REQUEST.GET_SRQ_STB, statusByte);
      if (result >= 0) this.#tell(statusByte[0]);
      else if (result === -ERROR.NO_MESSAGE) this.#failIdle();
      else this.#fetch();
    } catch (error) {
      // Whoever uses it next learns that it is gone.
      if (!(error instanceof LinkError)) throw error;
    }
  }

  /** A driver before version 3 tells of a service request with the status byte only. */
  #fetch(): void {
    // It is told of again, until somebody asked for it.
    if (this.#using > 0 && !this.#file.awaited) return;
    const statusByte = fixed(1);
    this.#file.requestNow(REQUEST.READ_STB, statusByte).then((result) => {
      const byte = statusByte[0] ?? 0;
      // From version 2 on it marks the request in it.
      const marked = this.#notifies === "read" || (byte & REQUESTS_SERVICE) !== 0;
      if (result >= 0 && marked) this.#tell(byte);
      this.#failIdle();
    }).catch(() => {});
  }

  /** If nobody waits for the transfer that is under way, it is what failed. */
  #failIdle(): void {
    if (this.#using === 0 && this.#pipes.unsettled) this.#pipes.fail();
  }

  #tell(statusByte: number | undefined): void {
    for (const listener of this.#listeners) listener(statusByte);
  }

  #late(what: string): () => TimeoutError {
    const start = this.#file.clock.monotonic();
    return () =>
      new TimeoutError(
        `${what} ${this.resource}`,
        this.resource,
        this.#file.clock.monotonic() - start,
      );
  }
}
