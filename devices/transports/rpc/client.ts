/**
 * Calls procedures of a server by ONC-RPC over TCP.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError, TimeoutError } from "../errors.ts";
import type { Io } from "../transport.ts";
import { beginCall, type Procedure, readReply } from "./messages.ts";
import { MARK_SIZE, RecordAssembler, sealRecord } from "./records.ts";
import { Waiting } from "../waiting.ts";
import { within } from "../within.ts";
import { connectTcp, type RpcAddress } from "./connection.ts";
import { XdrReader, XdrWriter } from "./xdr.ts";

/** Bytes that are read at once. */
const CHUNK = 256 * 1024;

/** Bytes that a reply may have beside the results that its caller expects. */
const SLACK = 1024;

/** What is called, and what comes back. */
export interface RpcCall<T> extends Procedure {
  /** What is done, to be read after "Cannot". */
  readonly doing: string;
  /** Puts the arguments. */
  readonly put?: (writer: XdrWriter) => void;
  /** How many bytes they are, if they are many. */
  readonly room?: number;
  /** Takes the results; called while their bytes are there, and not at all once the call was given up. */
  readonly take: (reader: XdrReader) => T;
  /** How many bytes of data may come back beside the fixed fields. @default 0 */
  readonly most?: number;
}

/** Room for the arguments of a short call, whose memory serves the next one as well. Bytes. */
const SHORT = 256;

interface Pending {
  readonly xid: number;
  readonly take: (reader: XdrReader) => unknown;
}

/**
 * A connection to a server, with one call at a time: servers answer in order. A call that was given up stays
 * under way until its reply has come; that reply is dropped, and the next call waits for it.
 */
export class RpcClient implements AsyncDisposable {
  readonly #conn: Deno.TcpConn;
  readonly #resource: string;
  readonly #clock: Clock;
  readonly #assembler: RecordAssembler;
  readonly #pump: Promise<void>;
  readonly #answer: Waiting<unknown>;
  readonly #writer = new XdrWriter(SHORT);
  #sending = false;
  #pending: Pending | undefined;
  #whenQuiet: PromiseWithResolvers<void> | undefined;
  #lost: Error | undefined;
  #xid = 0;

  private constructor(conn: Deno.TcpConn, { resource, clock }: RpcAddress) {
    this.#conn = conn;
    this.#resource = resource;
    this.#clock = clock;
    this.#answer = new Waiting(clock);
    this.#assembler = new RecordAssembler(resource, SLACK);
    this.#pump = this.#receive();
  }

  /**
   * Connects to a server.
   *
   * @throws {TimeoutError} If the deadline passes.
   * @throws {LinkError} If there is nobody.
   */
  static async connect(address: RpcAddress, io: Io): Promise<RpcClient> {
    return new RpcClient(await connectTcp(address, io), address);
  }

  /** False once the connection is lost or closed. */
  get alive(): boolean {
    return this.#lost === undefined;
  }

  /** True while a reply is due, be it to a call that was given up. */
  get busy(): boolean {
    return this.#pending !== undefined;
  }

  /** This side's address. */
  get localAddress(): string {
    return this.#conn.localAddr.hostname;
  }

  /**
   * Calls a procedure.
   *
   * @throws {TimeoutError} If the deadline passes.
   * @throws {LinkError} If the connection is lost.
   * @throws {ProtocolError} If the server refuses the call, or answers with what is no answer.
   */
  call<T>(call: RpcCall<T>, io: Io): Promise<T> {
    if (this.#pending !== undefined) return this.#callLater(call, io);
    try {
      return this.#call(call, io);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async #callLater<T>(call: RpcCall<T>, io: Io): Promise<T> {
    io.signal?.throwIfAborted();
    // Another caller may have been quicker when it became quiet.
    while (this.#pending !== undefined) await this.quiet(call.doing, io);
    return await this.#call(call, io);
  }

  #call<T>(call: RpcCall<T>, io: Io): Promise<T> {
    io.signal?.throwIfAborted();
    if (this.#lost !== undefined) throw this.#lost;
    const xid = this.#xid = (this.#xid + 1) >>> 0;
    const room = call.room ?? 64;
    // Memory that is still being sent must not change.
    const own = room <= SHORT && !this.#sending;
    const writer = beginCall(xid, call, room, own ? this.#writer.reset() : undefined);
    call.put?.(writer);
    const answer = this.#answer.wait(
      io,
      (elapsed) => new TimeoutError(call.doing, this.#resource, elapsed),
    );
    this.#assembler.limit = (call.most ?? 0) + SLACK;
    this.#pending = { xid, take: call.take };
    this.#send(sealRecord(writer));
    // One call is under way at a time, so that what it waits for is what its own `take` gives.
    return answer as Promise<T>;
  }

  /**
   * Waits until the reply to a call that was given up has come.
   *
   * @throws {TimeoutError} If it doesn't.
   * @throws {LinkError} If the connection is lost.
   */
  async quiet(doing: string, io: Io): Promise<void> {
    const start = this.#clock.monotonic();
    if (this.#pending !== undefined) {
      this.#whenQuiet ??= Promise.withResolvers<void>();
      await within(
        this.#whenQuiet.promise,
        io,
        this.#clock,
        () => new TimeoutError(doing, this.#resource, this.#clock.monotonic() - start),
      );
    }
    if (this.#lost !== undefined) throw this.#lost;
  }

  /** Sends whoever waits away; the reply that is due is dropped when it comes. */
  abandon(error: Error): void {
    if (this.#pending === undefined) return;
    this.#answer.fail(error);
    this.#whenQuiet?.reject(error);
    this.#whenQuiet = undefined;
  }

  /**
   * Closes the connection at once.
   *
   * @param error What whoever waits is rejected with, and whoever calls from now on.
   */
  close(error: Error): void {
    if (this.#lost !== undefined) return;
    this.#lost = error;
    this.#conn.close();
    this.#answer.fail(error);
    this.#answer.stop();
    this.#settle();
  }

  /** Closes the connection, and waits until nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.close(new LinkError(`Cannot use ${this.#resource}, as it was closed`, this.#resource));
    await this.#pump;
  }

  #settle(): void {
    this.#pending = undefined;
    this.#whenQuiet?.resolve();
    this.#whenQuiet = undefined;
  }

  #send(bytes: Uint8Array): void {
    this.#sending = true;
    this.#conn.write(bytes).then((sent) => {
      if (sent < bytes.length) return this.#send(bytes.subarray(sent));
      this.#sending = false;
    }, (error: unknown) => this.#lose(error));
  }

  /** Reads until the connection ends; a chain of calls costs each reply less than a loop that awaits. */
  #receive(): Promise<void> {
    const chunk = new Uint8Array(CHUNK);
    const ended = Promise.withResolvers<void>();
    const lose = (error: unknown): void => {
      this.#lose(error);
      ended.resolve();
    };
    const deliver = (record: Uint8Array): void => this.#deliver(record);
    const arrived = (count: number | null): void => {
      if (count === null) {
        const where = this.#assembler.atStart ? "" : " in the middle of an answer";
        return lose(new Error(`the other side closed the connection${where}`));
      }
      try {
        this.#assembler.push(chunk.subarray(0, count), deliver);
      } catch (error) {
        return lose(error);
      }
      next();
    };
    const next = (): void => void this.#conn.read(chunk).then(arrived, lose);
    next();
    return ended.promise;
  }

  #deliver(record: Uint8Array): void {
    const pending = this.#pending;
    // A reply that nobody waits for is thrown away, be it old or made up.
    if (pending === undefined || record.length < MARK_SIZE) return;
    const reader = new XdrReader(record, this.#resource);
    if (reader.u32() !== pending.xid) return;
    // Whoever was given up may use its memory for something else.
    if (this.#answer.pending) {
      try {
        readReply(reader, this.#resource);
        this.#answer.wake(pending.take(reader));
      } catch (error) {
        this.#answer.fail(error);
      }
    }
    this.#settle();
  }

  #lose(error: unknown): void {
    const cause = error instanceof Error ? error : new Error(String(error));
    const why = cause.message.replace(/^Cannot .*?, as /, "");
    const lost = new LinkError(
      `Cannot go on with ${this.#resource}, as the link is lost: ${why}. Open it anew.`,
      this.#resource,
      { cause },
    );
    // Whoever waits hears what came; whoever comes later only that the link is lost.
    if (cause.name === "ProtocolError") this.#answer.fail(cause);
    this.close(lost);
  }
}
