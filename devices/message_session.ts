/**
 * Messages and answers over any bus.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { milliseconds } from "../time/duration.ts";
import { systemClock } from "../time/system_clock.ts";
import { type BlockArrays, type BlockType, decodeBlock } from "./ieee_block.ts";
import { Input } from "./message_session/input.ts";
import { Link } from "./message_session/link.ts";
import { parseNumber } from "./message_session/numbers.ts";
import type {
  BlockOptions,
  CallOptions,
  ChunkOptions,
  LinkState,
  LockOptions,
  MessageSessionOptions,
  NumberOptions,
  NumbersOptions,
  ServiceRequestOptions,
} from "./message_session/options.ts";
import type { Patience } from "./message_session/source.ts";
import { ServiceRequests } from "./message_session/service_requests.ts";
import { decodeText, encodeText } from "./message_session/text.ts";
import { Wire } from "./message_session/wire.ts";
import { LinkError, UnsupportedError } from "./transports/errors.ts";
import type { Io, LockRequest, Transport } from "./transports/transport.ts";

/** IEEE 488.2's bit of the status byte for a service request. */
const REQUESTS_SERVICE = 0x40;
/** Largest block that is read into memory of its own, in bytes. */
const LONGEST_BLOCK = 2 ** 30;

/**
 * A conversation with one instrument, shared by any number of tasks: operations run one after the other, in the
 * order of their calls, and a query with its answer is one operation.
 *
 * After a time-out, an abort or an answer that breaks the rules, the session is stale: what the link holds is
 * unknown. The next operation first puts it in order by the bus's own means, so that a late answer is never taken
 * for the next one.
 *
 * @example
 * ```ts
 * import { open, simulated } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const encoder = new TextEncoder();
 * const meter = { receive: () => encoder.encode("+1.25E+00\n") };
 * await using dmm = await open(simulated(meter));
 *
 * assert.equal(await dmm.query("READ?"), "+1.25E+00");
 * assert.equal(await dmm.queryNumber("READ?", { timeout: "5s" }), 1.25);
 * ```
 */
export class MessageSession implements AsyncDisposable {
  readonly #options: MessageSessionOptions;
  readonly #clock: Clock;
  readonly #link: Link;
  readonly #wire: Wire;
  readonly #input: Input;
  readonly #terminator: string;
  readonly #commandDelay: number;
  readonly #queryDelay: number;
  readonly #discards: boolean;
  /** Takes the lock again on a link that takes the place of a lost one. */
  #relock: Disposable | undefined;
  #nextCommand = -Infinity;

  /**
   * A session on a transport, which it closes in the end.
   *
   * @param transport The link.
   * @param options How to talk.
   */
  constructor(transport: Transport, options: MessageSessionOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#terminator = options.writeTerminator ?? "\n";
    this.#commandDelay = milliseconds(options.commandDelay ?? "0s");
    this.#queryDelay = milliseconds(options.queryDelay ?? "0s");
    this.#discards = options.discardUnasked ?? true;
    const { readTerminator = transport.hasEnd ? null : "\n" } = options;
    this.#link = new Link(transport, options, this.#clock, () => this.#input.restart());
    this.#wire = new Wire(() => this.#link.transport, this.#clock, options);
    this.#input = new Input({
      resource: transport.resource,
      hasEnd: transport.hasEnd,
      terminator: readTerminator === null || readTerminator === ""
        ? undefined
        : encodeText(readTerminator, options.readEncoding ?? "utf-8"),
      longestMessage: options.longestMessage ?? 64 * 1024 * 1024,
      chunk: options.readChunk ?? 1024 * 1024,
    }, (target, io) => this.#wire.read(target, io));
  }

  /** The resource name in its canonical form. */
  get resource(): string {
    return this.#link.resource;
  }

  /** False once the link is lost or closed. */
  get alive(): boolean {
    return this.#link.alive;
  }

  /** True if what the link holds is unknown, as after a time-out; the next operation puts it in order. */
  get stale(): boolean {
    return this.#link.stale;
  }

  /** Where the link stands. */
  get state(): LinkState {
    return this.#link.state;
  }

  /**
   * Sends a message.
   *
   * @param message Text, which gets the terminator, or bytes, which go as they are.
   * @param call Time-out, signal.
   * @throws {TimeoutError} If the instrument does not take it in time.
   * @throws {LinkError} If the link is lost or closed.
   * @throws {RangeError} If the encoding has no such character.
   */
  async write(message: string | Uint8Array, call?: CallOptions): Promise<void> {
    const bytes = this.#bytes(message);
    await this.#link.run(call, "order", (io) => this.#send(bytes, io));
  }

  /**
   * Waits for a message of the instrument.
   *
   * @param call Time-out, signal.
   * @returns Its text without the terminator.
   * @throws {TimeoutError} If no whole message comes in time; what came of it is thrown away by the next operation.
   * @throws {LinkError} If the link is lost or closed.
   * @throws {ProtocolError} If it is no text, or has no end.
   */
  read(call?: CallOptions): Promise<string> {
    return this.#link.run(
      call,
      "order",
      async (io) => this.#decode(await this.#input.message(io)),
    );
  }

  /**
   * Waits for a number of bytes, for instruments that send neither text nor blocks.
   *
   * @param count How many.
   * @param call Time-out without any byte, signal.
   */
  readBytes(count: number, call?: CallOptions): Promise<Uint8Array<ArrayBuffer>> {
    return this.#link.run(call, "order", () => this.#input.bytes(count, this.#patience(call)));
  }

  /**
   * Sends a message and waits for its answer; no other task's comes between.
   *
   * @param message Text, which gets the terminator, or bytes, which go as they are.
   * @param call Time-out for both together, signal.
   * @returns The answer's text without the terminator.
   * @throws As {@linkcode MessageSession.write} and {@linkcode MessageSession.read}.
   */
  query(message: string | Uint8Array, call?: CallOptions): Promise<string> {
    const bytes = this.#bytes(message);
    return this.#link.run(call, "order", async (io) => {
      await this.#ask(bytes, io);
      return this.#decode(await this.#input.message(io));
    });
  }

  /**
   * Asks for one number.
   *
   * @param message The query.
   * @param call Time-out, signal, what SCPI's numbers for NaN and Infinity mean.
   * @throws {ProtocolError} If the answer is no number.
   */
  async queryNumber(message: string | Uint8Array, call?: NumberOptions): Promise<number> {
    return this.#number(await this.query(message, call), call);
  }

  /**
   * Asks for numbers in one line.
   *
   * @param message The query.
   * @param call Time-out, signal, what separates them, what SCPI's numbers for NaN and Infinity mean.
   * @returns The numbers; none for an empty answer.
   * @throws {ProtocolError} If a part of the answer is no number.
   */
  async queryNumbers(message: string | Uint8Array, call?: NumbersOptions): Promise<number[]> {
    const text = await this.query(message, call);
    if (text.trim() === "") return [];
    return text.split(call?.separator ?? ",").map((part) => this.#number(part, call));
  }

  /**
   * Asks for a block of binary data, definite or indefinite. Its memory grows as the bytes come, never by what a
   * header says alone.
   *
   * @typeParam T The kind of numbers.
   * @param message The query.
   * @param call Kind and order of the numbers, memory to use, limits; the time-out is without any byte.
   * @returns The numbers, as {@linkcode decodeBlock} makes them; bytes by default.
   * @throws {ProtocolError} If the answer is no block, ends in it, or is longer than there is room for.
   * @throws {RangeError} If the data ends within a number.
   */
  async queryBlock<T extends BlockType = "uint8">(
    message: string | Uint8Array,
    call?: BlockOptions<T>,
  ): Promise<BlockArrays[T]> {
    const bytes = this.#bytes(message);
    const data = await this.#link.run(call, "order", async (io) => {
      await this.#ask(bytes, io);
      const patience = this.#patience(call);
      const header = await this.#input.header(call ?? {}, patience);
      const longest = call?.longest ?? LONGEST_BLOCK;
      return await this.#input.block(header, call?.into, longest, quiet(call), patience);
    });
    return decodeBlock<T>(data, call?.type ?? ("uint8" as T), call?.endianness);
  }

  /**
   * Asks for a block and gives its bytes piece by piece, whatever its length. The session is the loop's until it
   * ends; leaving it before the block's end makes the session stale.
   *
   * @param message The query.
   * @param call Limits; the time-out is without any byte.
   */
  async *queryChunks(
    message: string | Uint8Array,
    call?: ChunkOptions,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>, void, undefined> {
    const bytes = this.#bytes(message);
    using _turn = await this.#link.begin(call, "order");
    let whole = false;
    try {
      const patience = this.#patience(call);
      await this.#ask(bytes, this.#link.io(call));
      const header = await this.#input.header(call ?? {}, patience);
      yield* this.#input.chunks(header, quiet(call), patience);
      whole = true;
    } finally {
      if (!whole) this.#link.spoil();
    }
  }

  /**
   * Reads the status byte, beside the messages.
   *
   * @throws {UnsupportedError} If the bus has no serial poll.
   */
  readStatusByte(call?: CallOptions): Promise<number> {
    return this.#link.run(
      call,
      "link",
      (io) =>
        this.#able("readStatusByte", "read a status byte", `Ask by query("*STB?").`)
          .readStatusByte(io),
    );
  }

  /**
   * Triggers the instrument.
   *
   * @throws {UnsupportedError} If the bus has no trigger.
   */
  trigger(call?: CallOptions): Promise<void> {
    return this.#link.run(
      call,
      "order",
      (io) => this.#able("trigger", "trigger", `Send "*TRG".`).trigger(io),
    );
  }

  /**
   * Clears the instrument's input and output. The session is no longer stale then.
   *
   * @throws {UnsupportedError} If the bus has no device clear.
   */
  clear(call?: CallOptions): Promise<void> {
    return this.#link.run(call, "link", async (io) => {
      await this.#able(
        "clear",
        "clear the instrument",
        "The session puts the link in order by itself after a time-out.",
      ).clear(io);
      this.#link.cleared();
    });
  }

  /**
   * Locks the instrument against other clients, until {@linkcode MessageSession.unlock}. A link that takes the
   * place of a lost one takes the lock first.
   *
   * @param call Time-out, signal, the key of a shared lock.
   * @throws {UnsupportedError} If the bus has no locks.
   */
  lock(call?: LockOptions): Promise<void> {
    const request = (io: Io): LockRequest =>
      call?.key === undefined ? io : { ...io, key: call.key };
    return this.#link.run(call, "order", async (io) => {
      await this.#able("lock", "lock the instrument", LOCKS).lock(request(io));
      this.#relock?.[Symbol.dispose]();
      this.#relock = this.#link.follow(
        async (link, io) => await link.lock?.(request(io)),
        () => {},
      );
    });
  }

  /**
   * Gives the lock back.
   *
   * @throws {UnsupportedError} If the bus has no locks.
   */
  unlock(call?: CallOptions): Promise<void> {
    return this.#link.run(call, "order", async (io) => {
      await this.#able("unlock", "unlock the instrument", LOCKS).unlock(io);
      this.#relock?.[Symbol.dispose]();
      this.#relock = undefined;
    });
  }

  /**
   * Puts the instrument under remote control, or gives its front panel back.
   *
   * @throws {UnsupportedError} If the bus has no such thing.
   */
  setRemote(remote: boolean, call?: CallOptions): Promise<void> {
    return this.#link.run(
      call,
      "order",
      (io) =>
        this.#able(
          "setRemote",
          "switch between remote and local control",
          `Many instruments take "SYSTem:REMote" and "SYSTem:LOCal".`,
        ).setRemote(remote, io),
    );
  }

  /**
   * The instrument's service requests from now on, for `for await`. Waiting for them keeps nobody from the
   * instrument. The loop ends when the session is closed.
   *
   * @param call The signal ends the loop with its reason; `poll` asks for the status byte time and again, where
   * the bus doesn't tell of requests by itself.
   * @throws {UnsupportedError} From the loop, if the bus does neither.
   */
  serviceRequests(call: ServiceRequestOptions = {}): ServiceRequests {
    const stopping = new AbortController();
    let subscription: AsyncDisposable | undefined;
    const requests = new ServiceRequests(async () => {
      stopping.abort();
      await started;
      following[Symbol.dispose]();
      call.signal?.removeEventListener("abort", abort);
      await subscription?.[Symbol.asyncDispose]();
    });
    const abort = (): void => requests.fail(call.signal?.reason);
    call.signal?.addEventListener("abort", abort, { once: true });
    const listener = (statusByte: number | undefined): void => requests.push(statusByte);
    const following = this.#link.follow(async (transport, io) => {
      if (call.poll === undefined) subscription = await transport.onServiceRequest?.(listener, io);
    }, () => requests.end());
    const subscribe = async (): Promise<void> => {
      if (call.poll !== undefined) return;
      await this.#link.run(call, "order", async (io) => {
        subscription = await this.#able(
          "onServiceRequest",
          "wait for service requests",
          `Set poll, as { poll: "100ms" }, where the bus has a status byte.`,
        ).onServiceRequest(listener, io);
      });
    };
    const started = subscribe().catch((error: unknown) => requests.fail(error));
    if (call.poll !== undefined) {
      this.#poll(milliseconds(call.poll), listener, stopping.signal, call)
        .catch((error: unknown) => {
          if (this.state === "closed") requests.end();
          else if (!stopping.signal.aborted) requests.fail(error);
        });
    }
    return requests;
  }

  /** Asks for the status byte until it is stopped. */
  async #poll(
    period: number,
    listener: (statusByte: number) => void,
    stopped: AbortSignal,
    call: CallOptions,
  ): Promise<void> {
    const signal = call.signal === undefined ? stopped : AbortSignal.any([stopped, call.signal]);
    while (!signal.aborted) {
      try {
        const statusByte = await this.readStatusByte({ ...call, signal });
        if ((statusByte & REQUESTS_SERVICE) !== 0) listener(statusByte);
      } catch (error) {
        if (!(error instanceof LinkError && this.#link.returns)) throw error;
      }
      await this.#link.pause(period, signal);
    }
  }

  /**
   * Does something with the link itself when it is its turn: what only one kind of bus can do.
   *
   * @param act Gets the link that there is then; after a loss it is another one.
   * @param call Time-out, signal.
   */
  use<T>(act: (link: Transport, io: Io) => T | Promise<T>, call?: CallOptions): Promise<T> {
    return this.#link.run(call, "order", (io) => act(this.#link.transport, io));
  }

  /** Closes the session and its link. Whoever waits is rejected with {@linkcode LinkError}, in order. */
  close(): Promise<void> {
    return this.#link.close();
  }

  /** Closes the session and its link. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #bytes(message: string | Uint8Array): Uint8Array {
    if (typeof message !== "string") return message;
    const encoding = this.#options.writeEncoding ?? "utf-8";
    return encodeText(message + this.#terminator, encoding);
  }

  #send(bytes: Uint8Array, io: Io): Promise<void> {
    return this.#commandDelay > 0 ? this.#sendInTime(bytes, io) : this.#wire.write(bytes, io);
  }

  async #sendInTime(bytes: Uint8Array, io: Io): Promise<void> {
    const wait = this.#nextCommand - this.#clock.monotonic();
    if (wait > 0) await this.#link.pause(wait, io.signal);
    await this.#wire.write(bytes, io);
    this.#nextCommand = this.#clock.monotonic() + this.#commandDelay;
  }

  /** Sends a query, after what came unasked has been thrown away. */
  #ask(bytes: Uint8Array, io: Io): Promise<void> {
    if (this.#discards) {
      const count = this.#input.reset() + (this.#link.transport.discard?.() ?? 0);
      if (count > 0) {
        const message = `${this.resource} sent ${count} bytes unasked; they were thrown away.`;
        this.#options.onEvent?.({ kind: "discarded", message });
      }
    }
    const sending = this.#send(bytes, io);
    if (this.#queryDelay === 0) return sending;
    return sending.then(() => this.#link.pause(this.#queryDelay, io.signal));
  }

  #decode(bytes: Uint8Array): string {
    return decodeText(bytes, this.#options.readEncoding ?? "utf-8", this.resource);
  }

  #number(text: string, call: NumberOptions | undefined): number {
    return parseNumber(text, call?.numbers ?? this.#options.numbers ?? "scpi", this.resource);
  }

  /** Deadlines that begin anew with each byte. */
  #patience(call: CallOptions | undefined): Patience {
    const timeout = this.#link.timeout(call);
    const signal = call?.signal;
    return (most = Infinity) => {
      const deadline = this.#clock.monotonic() + Math.min(timeout, most);
      return signal === undefined ? { deadline } : { deadline, signal };
    };
  }

  /** The transport, if it has a method. */
  #able<K extends keyof Transport>(
    method: K,
    what: string,
    instead: string,
  ): Transport & Required<Pick<Transport, K>> {
    const { transport } = this.#link;
    if (has(transport, method)) return transport;
    throw new UnsupportedError(what, this.resource, instead);
  }
}

const LOCKS = "Keep other programs from it by other means.";

function has<K extends keyof Transport>(
  transport: Transport,
  method: K,
): transport is Transport & Required<Pick<Transport, K>> {
  return typeof transport[method] === "function";
}

function quiet(call: ChunkOptions | undefined): number | undefined {
  return call?.quietTime === undefined ? undefined : milliseconds(call.quietTime);
}
