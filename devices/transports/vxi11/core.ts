/**
 * The core channel of VXI-11: one link on one connection, and the calls on it.
 *
 * @module
 */

import { LinkError, ProtocolError, TimeoutError, UnsupportedError } from "../errors.ts";
import { RpcClient } from "../rpc/client.ts";
import type { RpcAddress } from "../rpc/connection.ts";
import type { XdrReader, XdrWriter } from "../rpc/xdr.ts";
import type { Io } from "../transport.ts";
import {
  Code,
  Flag,
  LEAST_RECEIVE_SIZE,
  meaning,
  Proc,
  Program,
  timeLeft,
  VERSION,
} from "./protocol.ts";

/** Most bytes that go in one call, whatever the instrument takes. */
export const MOST_PER_CALL = 1024 * 1024;

/** What a read call gave. */
export interface CoreRead {
  /** Bytes that were put into the target. */
  readonly count: number;
  /** Why the read ended. */
  readonly reason: number;
}

interface CoreCall<T> {
  readonly procedure: number;
  readonly doing: string;
  readonly room?: number;
  readonly most?: number;
  /** Puts the arguments, which are made at this moment. */
  readonly put: (writer: XdrWriter, now: number) => void;
  /** Takes the results of a call that succeeded. */
  readonly take: (reader: XdrReader) => T;
}

/** A link to a device. */
export class CoreLink {
  /** The connection. */
  readonly rpc: RpcClient;
  /** The link's number; 0 is one like another. */
  readonly id: number;
  /** The port of the abort channel; 0 if there is none. */
  readonly abortPort: number;
  /** Most bytes in one write call. */
  readonly maxReceiveSize: number;
  readonly #address: RpcAddress;
  readonly #lockTimeout: number;

  private constructor(
    rpc: RpcClient,
    address: RpcAddress,
    lockTimeout: number,
    answer: { id: number; abortPort: number; maxReceiveSize: number },
  ) {
    this.rpc = rpc;
    this.#address = address;
    this.#lockTimeout = lockTimeout;
    this.id = answer.id;
    this.abortPort = answer.abortPort;
    this.maxReceiveSize = Math.min(
      Math.max(answer.maxReceiveSize, LEAST_RECEIVE_SIZE),
      MOST_PER_CALL,
    );
  }

  /**
   * Connects and creates a link.
   *
   * @param lockTimeout How long calls wait for another client's lock, milliseconds; 0 is not at all.
   */
  static async open(
    address: RpcAddress,
    device: string,
    lockTimeout: number,
    io: Io,
  ): Promise<CoreLink> {
    const rpc = await RpcClient.connect(address, io);
    try {
      const doing = `open ${address.resource}`;
      const answer = await rpc.call({
        ...proc(Proc.createLink),
        doing,
        put: (writer) => writer.u32(1).bool(false).u32(0).string(device),
        take: (reader) => ({
          code: reader.u32(),
          id: reader.i32(),
          abortPort: reader.u32() & 0xFFFF,
          maxReceiveSize: reader.u32(),
        }),
      }, io);
      if (answer.code !== Code.ok) throw failure(answer.code, doing, address.resource, 0);
      return new CoreLink(rpc, address, lockTimeout, answer);
    } catch (error) {
      await rpc[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Writes what fits into one call; how many bytes the instrument took. */
  write(data: Uint8Array, end: boolean, io: Io): Promise<number> {
    const part = data.length <= this.maxReceiveSize ? data : data.subarray(0, this.maxReceiveSize);
    return this.#call({
      procedure: Proc.deviceWrite,
      doing: "write to",
      room: part.length + 32,
      put: (writer, now) => {
        const { timeout, lock, flags } = this.#waits(io, now);
        const last = end && part.length === data.length ? Flag.end : 0;
        writer.u32(this.id).u32(timeout).u32(lock).u32(flags | last).opaque(part);
      },
      take: (reader) => {
        const size = reader.u32();
        if (size <= part.length && (size > 0 || part.length === 0)) return size;
        throw new ProtocolError(
          `Cannot write to ${this.#address.resource}, as it says that it took ${size} of ` +
            `${part.length} bytes`,
          this.#address.resource,
        );
      },
    }, io);
  }

  /** Reads once. */
  read(target: Uint8Array, stopAt: number | undefined, io: Io): Promise<CoreRead> {
    const wanted = Math.min(target.length, MOST_PER_CALL);
    return this.#call({
      procedure: Proc.deviceRead,
      doing: "read from",
      most: wanted,
      put: (writer, now) => {
        const { timeout, lock, flags } = this.#waits(io, now);
        writer.u32(this.id).u32(wanted).u32(timeout).u32(lock)
          .u32(flags | (stopAt === undefined ? 0 : Flag.termCharSet)).u32(stopAt ?? 0);
      },
      take: (reader) => {
        const reason = reader.u32();
        const data = reader.opaque(wanted);
        target.set(data);
        return { count: data.length, reason };
      },
    }, io);
  }

  /** Reads the status byte. */
  readStatusByte(io: Io): Promise<number> {
    return this.#call({
      procedure: Proc.deviceReadStb,
      doing: "read the status byte of",
      put: (writer, now) => this.#putGeneric(writer, io, now),
      take: (reader) => reader.u32() & 0xFF,
    }, io);
  }

  /** Triggers, clears, or puts under remote or local control. */
  generic(procedure: number, doing: string, io: Io): Promise<void> {
    return this.#call({
      procedure,
      doing,
      put: (writer, now) => this.#putGeneric(writer, io, now),
      take: () => {},
    }, io);
  }

  /** Waits for the lock for as long as the deadline and a moment for the answer allow. */
  lock(io: Io): Promise<void> {
    return this.#call({
      procedure: Proc.deviceLock,
      doing: "lock",
      put: (writer, now) => {
        const left = io.deadline - now;
        const wait = timeLeft(left - Math.min(200, left / 5), 0);
        writer.u32(this.id).u32(Flag.waitLock).u32(wait);
      },
      take: () => {},
    }, io);
  }

  /** Calls what has no result but its code. */
  plain(
    procedure: number,
    doing: string,
    put: (writer: XdrWriter) => void,
    io: Io,
  ): Promise<void> {
    return this.#call({ procedure, doing, put, take: () => {} }, io);
  }

  #call<T>(call: CoreCall<T>, io: Io): Promise<T> {
    const { resource, clock } = this.#address;
    const doing = `${call.doing} ${resource}`;
    const start = clock.monotonic();
    return this.rpc.call<T>({
      program: Program.core,
      version: VERSION,
      procedure: call.procedure,
      doing,
      room: call.room ?? 64,
      most: call.most ?? 0,
      put: (writer) => call.put(writer, start),
      take: (reader) => {
        const code = reader.u32();
        if (code === Code.ok) return call.take(reader);
        throw failure(code, doing, resource, clock.monotonic() - start);
      },
    }, io);
  }

  #putGeneric(writer: XdrWriter, io: Io, now: number): void {
    const { timeout, lock, flags } = this.#waits(io, now);
    writer.u32(this.id).u32(flags).u32(lock).u32(timeout);
  }

  #waits(io: Io, now: number): { timeout: number; lock: number; flags: number } {
    const timeout = timeLeft(io.deadline, now);
    const lock = Math.min(this.#lockTimeout, timeout);
    return { timeout, lock, flags: lock > 0 ? Flag.waitLock : 0 };
  }
}

/** A procedure of the core program. */
function proc(procedure: number): { program: number; version: number; procedure: number } {
  return { program: Program.core, version: VERSION, procedure };
}

/** An instrument's refusal that leaves the link as it is. */
export class RefusedError extends LinkError {
  /** The protocol's number for it. */
  readonly code: number;

  /** @param doing What was done, to be read after "Cannot". */
  constructor(code: number, doing: string, resource: string) {
    const next = code === Code.locked ? " Wait until it is given back, or ask who holds it." : "";
    super(`Cannot ${doing}, as ${meaning(code)} (VXI-11 error ${code}).${next}`, resource);
    this.code = code;
  }
}

function failure(code: number, doing: string, resource: string, elapsed: number): Error {
  if (code === Code.ioTimeout) return new TimeoutError(doing, resource, elapsed);
  if (code === Code.notSupported) {
    return new UnsupportedError(doing, resource, "The instrument says so (VXI-11 error 8).");
  }
  return new RefusedError(code, doing, resource);
}
