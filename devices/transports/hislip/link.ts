/**
 * The client's side of HiSLIP.
 *
 * @module
 */

import { LinkError, ProtocolError, TimeoutError } from "../errors.ts";
import type { Io, LockRequest, ReadIo, ReadResult, Transport } from "../transport.ts";
import { type Late, Waiting } from "../waiting.ts";
import { Channel, type MessageSink } from "./channel.ts";
import { encodeMessage, type Header, HEADER_SIZE, MessageType, nameOf } from "./header.ts";
import {
  describeError,
  encodeError,
  ErrorCode,
  FatalErrorCode,
  Feature,
  FIRST_MESSAGE_ID,
  LockCommand,
  LockResult,
  nextMessageId,
  previousMessageId,
  RemoteLocal,
  RMT_DELIVERED,
  UNKNOWN_MESSAGE_ID,
} from "./messages.ts";
import { type Answer, AnswersDue, type Deadlines, Operation } from "./operation.ts";

/** Longest payload of a message that is not data, in bytes. */
const LONGEST_CONTROL = 65_536;

/** Longest payload that is sent in one message, in bytes, whatever the server would take. */
const LONGEST_SENT = 1_048_576;

/** Part of the time left that a server may wait for a lock: its refusal must come in time. */
const LOCK_WAIT = 0.9;

const KNOWN: ReadonlySet<number> = new Set(Object.values(MessageType));

const NOTHING: Uint8Array = new Uint8Array();

/** Which of the two connections. */
export type Side = "sync" | "async";

/** A link to an instrument over HiSLIP. */
export class HislipLink implements Transport {
  readonly resource: string;
  readonly hasEnd = true;
  /** Whether answers keep their order and are never thrown away. */
  overlap = false;
  /** Feature bits beside overlap that were agreed upon, to be repeated at each device clear. */
  encryption = 0;
  /** Longest payload that the server takes, in bytes. */
  longestPayload: number = LONGEST_SENT;
  readonly #deadlines: Deadlines;
  readonly #wantsOverlap: boolean;
  readonly #due: Record<Side, AnswersDue> = { sync: new AnswersDue(), async: new AnswersDue() };
  readonly #channels: Partial<Record<Side, Channel>> = {};
  readonly #listeners = new Set<(statusByte: number) => void>();
  #loss: Error | undefined;
  #disposed = false;
  #closing: Promise<void> | undefined;
  #nextId = FIRST_MESSAGE_ID;
  #lastId = previousMessageId(FIRST_MESSAGE_ID);
  #rmtDelivered = false;
  /** What came in before the last message was sent is no answer to it: bytes since the beginning. */
  #staleUntil = 0;
  #clearing = false;
  /** AsyncInterrupted less Interrupted: they come in pairs, in either order. */
  #interrupted = 0;
  #untilPaired: PromiseWithResolvers<void> | undefined;
  #target: Uint8Array | undefined;
  #filled = 0;
  #ended = false;
  #error: ProtocolError | undefined;
  readonly #arrived: Waiting;
  readonly #sent: Waiting;
  readonly #lateRead: Late;
  readonly #lateWrite: Late;
  /** What {@linkcode HislipLink.#sent} is about: what was given up may be sent later. */
  #sending: Promise<void> | undefined;

  constructor(resource: string, deadlines: Deadlines, wantsOverlap: boolean) {
    this.resource = resource;
    this.#deadlines = deadlines;
    this.#wantsOverlap = wantsOverlap;
    this.#arrived = new Waiting(deadlines.clock);
    this.#sent = new Waiting(deadlines.clock);
    this.#lateRead = this.#late("read from");
    this.#lateWrite = this.#late("write to");
  }

  get alive(): boolean {
    return this.#loss === undefined;
  }

  /** MessageID of the last message sent. */
  get lastMessageId(): number {
    return this.#lastId;
  }

  /** Takes a connection as one of the two. */
  attach(side: Side, conn: Deno.Conn): Channel {
    const sink: MessageSink = side === "sync" ? this.#syncSink() : this.#controlSink("async");
    const channel = new Channel(conn, this.resource, sink, (error) => this.#lose(error));
    this.#channels[side] = channel;
    channel.resume();
    return channel;
  }

  /** Sends a request and waits for its answer. */
  async request(
    side: Side,
    message: Uint8Array,
    answer: number,
    operation: Operation,
  ): Promise<Answer> {
    const answered = this.#due[side].expect(answer);
    this.#send(side, message);
    return await operation.wait(answered);
  }

  write(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    if (data.length > this.longestPayload || this.#interrupted < 0) {
      return this.#writeParts(data, end, io);
    }
    try {
      this.#check("write to", io);
      if (data.length === 0 && !end) return Promise.resolve();
      return this.#transmit(
        end ? MessageType.DataEnd : MessageType.Data,
        data,
        io,
        this.#lateWrite,
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #writeParts(data: Uint8Array, end: boolean, io: Io): Promise<void> {
    await this.#paired(this.#begin("write to", io));
    let offset = 0;
    do {
      const part = data.subarray(offset, offset + this.longestPayload);
      if (part.length === 0 && !end) return;
      offset += part.length;
      const last = end && offset >= data.length;
      await this.#transmit(
        last ? MessageType.DataEnd : MessageType.Data,
        part,
        io,
        this.#lateWrite,
      );
    } while (offset < data.length);
  }

  async read(target: Uint8Array, io: ReadIo): Promise<ReadResult> {
    this.#check("read from", io, this.#loss !== undefined && !this.#disposed);
    if (target.length === 0) {
      throw new RangeError(`Cannot read from ${this.resource} into a buffer of no length`);
    }
    this.#target = target;
    this.#filled = 0;
    this.#ended = false;
    try {
      this.#channels.sync?.drain();
      while (this.#filled === 0 && !this.#ended) {
        this.#throwIfLost();
        this.#throwIfRefused();
        await this.#arrived.wait(io, this.#lateRead);
      }
      if (this.#ended) this.#rmtDelivered = true;
      return { count: this.#filled, end: this.#ended };
    } finally {
      this.#target = undefined;
    }
  }

  async recover(io: Io): Promise<string> {
    const operation = this.#begin("recover", io, true);
    this.#throwIfLost();
    try {
      await this.#deviceClear(operation);
    } catch (error) {
      if (io.signal?.aborted || error instanceof LinkError) throw error;
      const lost = new LinkError(
        `Cannot recover ${this.resource}, as it did not answer a device clear. Open it anew`,
        this.resource,
        { cause: error },
      );
      this.#lose(lost);
      throw lost;
    }
    return "device clear";
  }

  async clear(io: Io): Promise<void> {
    const operation = this.#begin("clear", io, true);
    this.#throwIfLost();
    await this.#deviceClear(operation);
  }

  async readStatusByte(io: Io): Promise<number> {
    const operation = this.#begin("read the status byte of", io);
    const message = encodeMessage(MessageType.AsyncStatusQuery, this.#takeRmt(), this.#lastId);
    const answer = await this.request("async", message, MessageType.AsyncStatusResponse, operation);
    return answer.control;
  }

  async trigger(io: Io): Promise<void> {
    const operation = this.#begin("trigger", io);
    await this.#paired(operation);
    await this.#transmit(MessageType.Trigger, NOTHING, io, this.#late("trigger"));
  }

  async lock(request: LockRequest): Promise<void> {
    const operation = this.#begin("lock", request);
    const wait = Math.min(Math.floor(operation.left * LOCK_WAIT), 0xffffffff);
    const answered = this.#due.async.expect(MessageType.AsyncLockResponse);
    const key = new TextEncoder().encode(request.key ?? "");
    this.#send("async", encodeMessage(MessageType.AsyncLock, LockCommand.Request, wait, key));
    let result: number;
    try {
      result = (await operation.wait(answered)).control;
    } catch (error) {
      answered.then(({ control }) => {
        if (control === LockResult.Success) this.#giveBack();
      }, () => {});
      throw error;
    }
    if (result === LockResult.Success) return;
    if (result === LockResult.Failure) {
      throw new LinkError(
        `Cannot lock ${this.resource}, as another client held its lock for ${wait} ms`,
        this.resource,
      );
    }
    throw new ProtocolError(
      `Cannot lock ${this.resource}, as it refused the request with code ${result}. ` +
        "Is it locked by this session already?",
      this.resource,
    );
  }

  async unlock(io: Io): Promise<void> {
    const operation = this.#begin("unlock", io);
    const message = encodeMessage(MessageType.AsyncLock, LockCommand.Release, this.#lastId);
    const answer = await this.request("async", message, MessageType.AsyncLockResponse, operation);
    const released = answer.control === LockResult.Success ||
      answer.control === LockResult.SharedReleased;
    if (released) return;
    throw new ProtocolError(
      `Cannot unlock ${this.resource}, as it says with code ${answer.control} that this session ` +
        "holds no lock",
      this.resource,
    );
  }

  async setRemote(remote: boolean, io: Io): Promise<void> {
    const operation = this.#begin("set remote control of", io);
    const control = remote ? RemoteLocal.EnableAndGoToRemote : RemoteLocal.DisableAndGoToLocal;
    const message = encodeMessage(MessageType.AsyncRemoteLocalControl, control, this.#lastId);
    await this.request("async", message, MessageType.AsyncRemoteLocalResponse, operation);
  }

  onServiceRequest(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable> {
    try {
      this.#begin("await service requests of", io);
    } catch (error) {
      return Promise.reject(error);
    }
    const own = (statusByte: number): void => listener(statusByte);
    this.#listeners.add(own);
    return Promise.resolve({
      [Symbol.asyncDispose]: () => {
        this.#listeners.delete(own);
        return Promise.resolve();
      },
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    this.#lose(
      new LinkError(`Cannot go on with ${this.resource}, as it was closed`, this.resource),
    );
    await this.#close();
    this.#deadlines[Symbol.dispose]();
  }

  /** Clears the device, and agrees upon the mode. */
  async #deviceClear(operation: Operation): Promise<void> {
    this.#clearing = true;
    this.#channels.sync?.drain();
    const features = await this.request(
      "async",
      encodeMessage(MessageType.AsyncDeviceClear, 0, 0),
      MessageType.AsyncDeviceClearAcknowledge,
      operation,
    );
    const wanted = (features.control & ~Feature.Overlap & 0xff) |
      (this.#wantsOverlap ? Feature.Overlap : 0);
    const agreed = await this.request(
      "sync",
      encodeMessage(MessageType.DeviceClearComplete, wanted, 0),
      MessageType.DeviceClearAcknowledge,
      operation,
    );
    this.overlap = (agreed.control & Feature.Overlap) !== 0;
  }

  /** All is as at the beginning; called in the midst of the stream, before anything that follows. */
  #cleared(): void {
    this.#clearing = false;
    this.#nextId = FIRST_MESSAGE_ID;
    this.#lastId = previousMessageId(FIRST_MESSAGE_ID);
    this.#rmtDelivered = false;
    this.#interrupted = 0;
    this.#error = undefined;
    this.#untilPaired?.resolve();
  }

  #begin(doing: string, io: Io, evenSo = false): Operation {
    const operation = new Operation(
      `${doing} ${this.resource}`,
      this.resource,
      io,
      this.#deadlines,
    );
    this.#check(doing, io, evenSo);
    return operation;
  }

  #check(doing: string, io: Io, evenSo = false): void {
    io.signal?.throwIfAborted();
    if (evenSo) return;
    this.#throwIfLost();
    if (this.#clearing) {
      throw new LinkError(
        `Cannot ${doing} ${this.resource}, as a device clear was given up. Recover it first`,
        this.resource,
      );
    }
  }

  #late(doing: string): Late {
    return (elapsed) => new TimeoutError(`${doing} ${this.resource}`, this.resource, elapsed);
  }

  #throwIfLost(): void {
    if (this.#loss !== undefined) throw this.#loss;
  }

  #throwIfRefused(): void {
    const error = this.#error;
    this.#error = undefined;
    if (error !== undefined) throw error;
  }

  /** After Interrupted nothing may be sent until AsyncInterrupted has come too. */
  async #paired(operation: Operation): Promise<void> {
    if (this.#interrupted >= 0) return;
    this.#untilPaired ??= Promise.withResolvers();
    await operation.wait(this.#untilPaired.promise);
    this.#throwIfLost();
  }

  #interruption(step: 1 | -1): void {
    this.#interrupted += step;
    if (this.#interrupted >= 0) {
      this.#untilPaired?.resolve();
      this.#untilPaired = undefined;
    }
    // What was taken before Interrupted is old; what comes after it may overtake AsyncInterrupted.
    if (step === -1 || this.#interrupted > 0) this.#filled = 0;
    if (step === 1) this.#channels.sync?.drain();
  }

  #takeRmt(): number {
    const control = this.#rmtDelivered ? RMT_DELIVERED : 0;
    this.#rmtDelivered = false;
    return control;
  }

  #sendMessage(type: number, payload: Uint8Array): Promise<void> {
    const id = this.#nextId;
    this.#nextId = nextMessageId(id);
    this.#lastId = id;
    this.#error = undefined;
    const sync = this.#channels.sync;
    if (sync !== undefined && !this.overlap) {
      this.#staleUntil = sync.received;
      sync.drain();
    }
    return this.#send("sync", encodeMessage(type, this.#takeRmt(), id, payload));
  }

  #send(side: Side, message: Uint8Array): Promise<void> {
    return this.#channels[side]?.send(message) ?? Promise.resolve();
  }

  /** Sends a message of the sync channel, and waits until it is sent. */
  #transmit(type: number, payload: Uint8Array, io: Io, late: Late): Promise<void> {
    this.#throwIfLost();
    const sent = this.#sent.wait(io, late);
    const sending = this.#sending = this.#sendMessage(type, payload);
    // Whoever waits hears of a failure by the loss of the link.
    sending.then(() => {
      if (this.#sending === sending) this.#sent.wake();
    }, () => {});
    return sent;
  }

  /** Gives a lock back that came too late. */
  #giveBack(): void {
    this.#due.async.expect(MessageType.AsyncLockResponse);
    this.#send("async", encodeMessage(MessageType.AsyncLock, LockCommand.Release, this.#lastId));
  }

  #lose(error: Error): void {
    if (this.#loss !== undefined) return;
    this.#loss = error;
    this.#due.sync.refuseAll(error);
    this.#due.async.refuseAll(error);
    this.#arrived.fail(error);
    this.#sent.fail(error);
    this.#untilPaired?.promise.catch(() => {});
    this.#untilPaired?.reject(error);
    this.#listeners.clear();
    this.#deadlines[Symbol.dispose]();
    this.#arrived.stop();
    this.#sent.stop();
    if (error instanceof ProtocolError) {
      // The peer is told why, if it still listens; then there is nothing more to say.
      const fatal = encodeError(MessageType.FatalError, FatalErrorCode.BadHeader);
      this.#channels.sync?.send(fatal).then(() => this.#close(), () => this.#close());
    } else this.#close();
  }

  #close(): Promise<void> {
    this.#closing ??= Promise.all(Object.values(this.#channels).map((channel) => channel.close()))
      .then(() => {});
    return this.#closing;
  }

  #syncSink(): MessageSink {
    const control = this.#controlSink("sync");
    return {
      header: (header) =>
        isData(header)
          ? this.#target !== undefined || this.#unwanted(header)
          : control.header(header),
      payload: (bytes, header) => {
        if (!isData(header)) return control.payload(bytes, header);
        if (this.#unwanted(header)) return bytes.length;
        const target = this.#target;
        if (target === undefined) return 0;
        const count = Math.min(bytes.length, target.length - this.#filled);
        target.set(bytes.subarray(0, count), this.#filled);
        this.#filled += count;
        if (count > 0) this.#arrived.wake();
        return count;
      },
      end: (header) => {
        if (!isData(header)) return control.end(header);
        if (header.type !== MessageType.DataEnd || this.#unwanted(header)) return;
        this.#ended = true;
        this.#target = undefined;
        this.#arrived.wake();
      },
    };
  }

  /** Whether data is an answer to something that was given up, by the rules of the mode. */
  #unwanted(header: Header): boolean {
    if (this.#clearing) return true;
    if (this.overlap) return false;
    if (this.#interrupted > 0) return true;
    if ((this.#channels.sync?.messageStart ?? 0) < this.#staleUntil) return true;
    const unknown = header.type === MessageType.Data && header.parameter === UNKNOWN_MESSAGE_ID;
    return !unknown && header.parameter !== this.#lastId;
  }

  #controlSink(side: Side): MessageSink {
    let payload: Uint8Array = NOTHING;
    return {
      header: (header) => {
        if (header.length > LONGEST_CONTROL) {
          throw new ProtocolError(
            `Cannot read from ${this.resource}, as no ${nameOf(header.type)} has a payload of ` +
              `${header.length} bytes`,
            this.resource,
          );
        }
        payload = NOTHING;
        return true;
      },
      payload: (bytes) => {
        const longer = new Uint8Array(payload.length + bytes.length);
        longer.set(payload);
        longer.set(bytes, payload.length);
        payload = longer;
        return bytes.length;
      },
      end: (header) => this.#take(side, header, payload),
    };
  }

  #take(side: Side, header: Header, payload: Uint8Array): void {
    const { type, control, parameter } = header;
    switch (type) {
      case MessageType.FatalError:
        throw new LinkError(
          `Cannot go on with ${this.resource}, as it ended the session with fatal error ` +
            describeError(type, control, payload),
          this.resource,
        );
      case MessageType.Error:
        return this.#refused(side, describeError(type, control, payload));
      case MessageType.Interrupted:
        if (!this.#clearing) this.#interruption(-1);
        return;
      case MessageType.AsyncInterrupted:
        if (!this.#clearing) this.#interruption(1);
        return;
      case MessageType.AsyncServiceRequest:
        for (const listener of [...this.#listeners]) listener(control);
        return;
    }
    if (type === MessageType.AsyncDeviceClearAcknowledge) {
      // What was asked before and is not answered now never will be; a lock may still be granted.
      this.#due.async.forgetBefore(type, MessageType.AsyncLockResponse);
    }
    if (this.#due[side].take(type, { control, parameter, payload })) {
      const done = type === MessageType.DeviceClearAcknowledge && !this.#due.sync.has(type);
      if (done) this.#cleared();
      if (type === MessageType.InitializeResponse || type === MessageType.AsyncStartTLSResponse) {
        // What comes next may be TLS; who opens the link goes on with the reading.
        this.#channels[side]?.pause();
      }
    } else if (!KNOWN.has(type)) {
      this.#send(side, encodeError(MessageType.Error, ErrorCode.UnknownType));
    }
  }

  #refused(side: Side, what: string): void {
    const error = new ProtocolError(
      `Cannot go on, as ${this.resource} says: ${what}`,
      this.resource,
    );
    if (this.#due[side].refuse(error)) return;
    if (side === "async") return;
    if (this.#arrived.pending) this.#arrived.fail(error);
    else this.#error = error;
  }
}

/** Longest payload that fits into a message of a size, by the server's word and by ours. */
export function longestPayload(maximumSize: number): number {
  return Math.min(LONGEST_SENT, maximumSize - HEADER_SIZE);
}

function isData(header: Header): boolean {
  return header.type === MessageType.Data || header.type === MessageType.DataEnd;
}
