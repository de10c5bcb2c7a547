/**
 * One client of a HiSLIP server.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import type { Responder } from "../responder.ts";
import type { Channel, MessageSink } from "./channel.ts";
import { encodeMessage, type Header, HEADER_SIZE, MessageType } from "./header.ts";
import type { Locks } from "./locks.ts";
import {
  decodeMaximumSize,
  encodeError,
  encodeMaximumSize,
  ErrorCode,
  FatalErrorCode,
  Feature,
  LockCommand,
  RMT_DELIVERED,
  StartTlsResult,
} from "./messages.ts";
import { type HislipServerTls, upgradeToTls } from "./tls_server.ts";

/** Longest payload of a message that is not data, in bytes. */
const LONGEST_CONTROL = 4096;

/** Messages that may wait for an instrument; the client's next ones are left unread. */
const MOST_WAITING = 64;

/** Longest payload of an answer's message, in bytes, whatever the client would take. */
const LONGEST_SENT = 1_048_576;

/** Status byte's bit for a message that is available (IEEE 488.2). */
const MAV = 0x10;

/** What all sessions of a server share. */
export interface SessionSettings {
  readonly clock: Clock;
  readonly overlap: boolean;
  readonly maximumMessageSize: number;
  readonly maximumProgramSize: number;
  readonly tls: HislipServerTls | undefined;
}

interface Message {
  readonly id: number;
  readonly trigger: boolean;
  readonly parts: Uint8Array[];
}

/** The server's side of a link, from the moment at which its channels are known. */
export class ServerSession {
  readonly #responder: Responder;
  readonly #locks: Locks;
  readonly #settings: SessionSettings;
  readonly #ended: () => void;
  readonly #serviceRequests: Disposable | undefined;
  #sync: Channel | undefined;
  #async: Channel | undefined;
  #closed = false;
  #overlap: boolean;
  /** Longest payload that the client takes. */
  #longestAnswer = LONGEST_SENT;
  /** Rises when all that is under way is void. */
  #generation = 0;
  #clearing = false;
  #parts: Uint8Array[] = [];
  #partsLength = 0;
  #tooLarge = false;
  #queue: Message[] = [];
  #working = false;
  /** MessageID of the program message whose first part has come. */
  #arriving: number | undefined;
  /** Whether an answer was sent whole and is not known to have been read. */
  #sent = false;

  constructor(
    responder: Responder,
    locks: Locks,
    settings: SessionSettings,
    ended: () => void,
  ) {
    this.#responder = responder;
    this.#locks = locks;
    this.#settings = settings;
    this.#ended = ended;
    this.#overlap = settings.overlap;
    this.#serviceRequests = responder.onServiceRequest?.((statusByte) => {
      this.#sendAsync(encodeMessage(MessageType.AsyncServiceRequest, statusByte & 0xff, 0));
    });
  }

  /** Its channels, as far as they are known. */
  get channels(): Channel[] {
    return [this.#sync, this.#async].filter((channel) => channel !== undefined);
  }

  /** The sink of the synchronous channel. */
  attachSync(channel: Channel): MessageSink {
    this.#sync = channel;
    return collect(
      (header) => this.#syncMessage(header),
      (header) => this.#limit(header),
      (header, payload) => this.#syncEnd(header, payload),
      () => this.#queue.length < MOST_WAITING,
    );
  }

  /** The sink of the asynchronous channel; false if there is one already. */
  attachAsync(channel: Channel): MessageSink | undefined {
    if (this.#async !== undefined) return undefined;
    this.#async = channel;
    return collect(
      () => {},
      (header) => header.length <= LONGEST_CONTROL ? header.length : 0,
      (header, payload) => this.#asyncEnd(header, payload),
      () => true,
    );
  }

  /** Ends the session. */
  async close(): Promise<void> {
    if (!this.#closed) {
      this.#closed = true;
      this.#generation++;
      this.#serviceRequests?.[Symbol.dispose]();
      this.#locks.forget(this);
      this.#ended();
    }
    await Promise.all([this.#sync?.close(), this.#async?.close()]);
  }

  #limit(header: Header): number {
    if (!isProgram(header)) return header.length <= LONGEST_CONTROL ? header.length : 0;
    const fits = header.length <= this.#settings.maximumMessageSize &&
      this.#partsLength + header.length <= this.#settings.maximumProgramSize;
    return fits ? header.length : 0;
  }

  #syncMessage(header: Header): void {
    if (this.#async === undefined) return this.#fatal(FatalErrorCode.NotEstablished);
    if (this.#clearing) return;
    if (!isProgram(header) && header.type !== MessageType.Trigger) return;
    if (!this.#tooLarge && this.#limit(header) < header.length) {
      this.#tooLarge = true;
      this.#parts = [];
      this.#partsLength = 0;
      this.#sendSync(encodeError(MessageType.Error, ErrorCode.TooLarge));
    }
    if (isProgram(header)) this.#arriving ??= header.parameter;
    const read = (header.control & RMT_DELIVERED) !== 0;
    if (this.#sent && !read && !this.#overlap) this.#interrupt(header.parameter);
    this.#sent = false;
  }

  /** Tells the client that an answer is void because of its message `id`. */
  #interrupt(id: number): void {
    this.#sendSync(encodeMessage(MessageType.Interrupted, 0, id));
    this.#sendAsync(encodeMessage(MessageType.AsyncInterrupted, 0, id));
  }

  #syncEnd(header: Header, payload: Uint8Array): void {
    const { type, parameter } = header;
    if (type === MessageType.DeviceClearComplete) return this.#clearComplete(header.control);
    if (this.#clearing) return;
    if (type === MessageType.Data || type === MessageType.DataEnd) {
      const end = type === MessageType.DataEnd;
      if (end) this.#arriving = undefined;
      if (this.#tooLarge) {
        if (end) this.#tooLarge = false;
        return;
      }
      this.#parts.push(payload);
      this.#partsLength += payload.length;
      if (end) this.#enqueue(parameter, false);
    } else if (type === MessageType.Trigger) this.#enqueue(parameter, true);
    else if (type === MessageType.GetDescriptors) {
      this.#sendSync(encodeMessage(MessageType.GetDescriptorsResponse, 0, 0));
    } else if (type === MessageType.StartTLS) this.#upgrade(this.#sync);
    else this.#unexpected(type, (error) => this.#sendSync(error));
  }

  #enqueue(id: number, trigger: boolean): void {
    const parts = trigger ? [] : this.#parts;
    if (!trigger) {
      this.#parts = [];
      this.#partsLength = 0;
    }
    this.#queue.push({ id, trigger, parts });
    if (!this.#working) this.#work(this.#generation);
  }

  /** Hands messages to the instrument, one after the other. */
  async #work(generation: number): Promise<void> {
    this.#working = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      try {
        await this.#handle(next, generation);
      } catch {
        if (this.#generation !== generation) return;
        this.#sendSync(encodeError(MessageType.Error, ErrorCode.Unidentified));
      }
      // A device clear has begun another round.
      if (this.#generation !== generation) return;
      this.#sync?.drain();
    }
    this.#working = false;
  }

  async #handle(message: Message, generation: number): Promise<void> {
    const admission = this.#locks.admission(this);
    if (admission !== undefined) await admission;
    if (this.#generation !== generation) return;
    if (message.trigger) {
      this.#responder.trigger?.();
      return;
    }
    const answering = this.#responder.receive(join(message.parts));
    const answer = answering instanceof Promise ? await answering : answering;
    if (answer === undefined) return;
    let offset = 0;
    do {
      if (this.#generation !== generation) return;
      const newer = this.#queue[0]?.id ?? this.#arriving;
      if (newer !== undefined && !this.#overlap) {
        this.#interrupt(newer);
        return;
      }
      const part = answer.subarray(offset, offset + this.#longestAnswer);
      offset += part.length;
      const last = offset >= answer.length;
      // Set before the bytes are out: the client's next message may be here before the write is done.
      this.#sent = last;
      const type = last ? MessageType.DataEnd : MessageType.Data;
      await this.#sync?.send(encodeMessage(type, 0, message.id, part)).catch(() => {});
    } while (offset < answer.length);
  }

  #clearComplete(wanted: number): void {
    if (!this.#clearing) return this.#unexpected(-1, (error) => this.#sendSync(error));
    this.#clearing = false;
    this.#overlap = (wanted & Feature.Overlap) !== 0;
    this.#sendSync(
      encodeMessage(MessageType.DeviceClearAcknowledge, this.#overlap ? Feature.Overlap : 0, 0),
    );
  }

  #asyncEnd(header: Header, payload: Uint8Array): void {
    const { type, control, parameter } = header;
    switch (type) {
      case MessageType.AsyncMaximumMessageSize: {
        const size = decodeMaximumSize(payload);
        if (size === undefined || size <= HEADER_SIZE) return this.#fatal(FatalErrorCode.BadHeader);
        this.#longestAnswer = Math.min(size - HEADER_SIZE, LONGEST_SENT);
        return this.#sendAsync(
          encodeMaximumSize(
            MessageType.AsyncMaximumMessageSizeResponse,
            this.#settings.maximumMessageSize,
          ),
        );
      }
      case MessageType.AsyncStatusQuery:
        if ((control & RMT_DELIVERED) !== 0) this.#sent = false;
        return this.#sendAsync(
          encodeMessage(MessageType.AsyncStatusResponse, this.#statusByte(), 0),
        );
      case MessageType.AsyncDeviceClear:
        return this.#clear();
      case MessageType.AsyncLock:
        return void this.#lock(control, parameter, payload);
      case MessageType.AsyncLockInfo:
        return this.#sendAsync(
          encodeMessage(
            MessageType.AsyncLockInfoResponse,
            this.#locks.exclusive ? 1 : 0,
            this.#locks.holders,
          ),
        );
      case MessageType.AsyncRemoteLocalControl:
        return this.#sendAsync(
          control <= 6
            ? encodeMessage(MessageType.AsyncRemoteLocalResponse, 0, 0)
            : encodeError(MessageType.Error, ErrorCode.UnknownControl),
        );
      case MessageType.GetDescriptors:
        return this.#sendAsync(encodeMessage(MessageType.GetDescriptorsResponse, 0, 0));
      case MessageType.AsyncStartTLS: {
        const able = this.#settings.tls !== undefined;
        this.#sendAsync(
          encodeMessage(
            MessageType.AsyncStartTLSResponse,
            able ? StartTlsResult.Success : StartTlsResult.Error,
            0,
          ),
        );
        return able ? this.#upgrade(this.#async) : undefined;
      }
    }
    this.#unexpected(type, (error) => this.#sendAsync(error));
  }

  #statusByte(): number {
    const statusByte = this.#responder.statusByte?.() ?? 0;
    return (this.#sent ? statusByte | MAV : statusByte) & 0xff;
  }

  #clear(): void {
    this.#clearing = true;
    this.#generation++;
    this.#sent = this.#working = this.#tooLarge = false;
    this.#arriving = undefined;
    this.#queue = [];
    this.#parts = [];
    this.#partsLength = 0;
    this.#responder.clear?.();
    this.#sync?.drain();
    this.#sendAsync(
      encodeMessage(
        MessageType.AsyncDeviceClearAcknowledge,
        this.#settings.overlap ? Feature.Overlap : 0,
        0,
      ),
    );
  }

  async #lock(command: number, timeout: number, payload: Uint8Array): Promise<void> {
    const key = new TextDecoder().decode(payload);
    let result: number;
    if (command === LockCommand.Release) result = this.#locks.release(this);
    else if (command === LockCommand.Request) {
      result = await this.#locks.request(this, key, timeout, this.#settings.clock);
    } else return this.#sendAsync(encodeError(MessageType.Error, ErrorCode.UnknownControl));
    this.#sendAsync(encodeMessage(MessageType.AsyncLockResponse, result, 0));
  }

  #upgrade(channel: Channel | undefined): void {
    const { tls } = this.#settings;
    if (tls === undefined || channel === undefined) {
      return this.#fatal(FatalErrorCode.SecureConnectionFailed);
    }
    channel.pause();
    const rest = channel.takeRest();
    channel.exchange(async (conn) => {
      const upgraded = await upgradeToTls(conn, rest, tls);
      channel.alsoWaitFor(upgraded.done);
      return upgraded.conn;
    }).then(() => channel.resume(), () => this.#fatal(FatalErrorCode.SecureConnectionFailed));
  }

  #unexpected(type: number, send: (error: Uint8Array) => void): void {
    if (type === MessageType.FatalError) return void this.close();
    if (type === MessageType.Error) return;
    const vendor = type >= 128;
    send(
      encodeError(
        MessageType.Error,
        vendor ? ErrorCode.UnknownVendorMessage : ErrorCode.UnknownType,
      ),
    );
  }

  #fatal(code: number): void {
    const end = (): void => void this.close();
    this.#sync?.send(encodeError(MessageType.FatalError, code)).then(end, end);
  }

  #sendSync(message: Uint8Array): void {
    this.#sync?.send(message).catch(() => {});
  }

  #sendAsync(message: Uint8Array): void {
    this.#async?.send(message).catch(() => {});
  }
}

/**
 * A sink that collects payloads.
 *
 * @param limit How many bytes of a payload are kept: all, or none.
 * @param ready Whether another message can be taken.
 */
export function collect(
  begin: (header: Header) => void,
  limit: (header: Header) => number,
  end: (header: Header, payload: Uint8Array) => void,
  ready: () => boolean,
): MessageSink {
  let parts: Uint8Array[] = [];
  let keep = false;
  return {
    header: (header) => {
      if (!ready()) return false;
      begin(header);
      keep = limit(header) === header.length;
      parts = [];
      return true;
    },
    payload: (bytes) => {
      if (keep) parts.push(bytes.slice());
      return bytes.length;
    },
    end: (header) => end(header, join(parts)),
  };
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first !== undefined && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function isProgram(header: Header): boolean {
  return header.type === MessageType.Data || header.type === MessageType.DataEnd;
}
