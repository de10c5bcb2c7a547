/**
 * A client of a VXI-11 server: one connection of the core channel, with its links.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { ProtocolError } from "../errors.ts";
import { Accepted } from "../rpc/messages.ts";
import type { RpcConnection, RpcResult } from "../rpc/server.ts";
import { type XdrReader, XdrWriter } from "../rpc/xdr.ts";
import { InterruptSender } from "./interrupt_sender.ts";
import {
  Code,
  Flag,
  ipv4ToNumber,
  MOST_DEVICE_NAME,
  MOST_HANDLE,
  numberToIpv4,
  Proc,
} from "./protocol.ts";
import { Refusal, type ServedDevice } from "./served_device.ts";
import { ServedLink } from "./served_link.ts";

/** How many links a server has at most. */
const MOST_LINKS = 256;

/** How long a client's interrupt channel may take to open, milliseconds. */
const CONNECT_TIME = 2000;

/** What the clients of one server share. */
export interface ServedLinks {
  /** All links. */
  readonly byId: Map<number, ServedLink>;
  /** The next link's number. */
  nextId: number;
  /** What time-outs are on. */
  readonly clock: Clock;
  /** Most bytes that one write call takes. */
  readonly maxRecvSize: number;
  /** Longest message. */
  readonly mostMessage: number;
  /** Most bytes that one read gives. */
  readonly mostPerRead: number;
  /** The abort channel's port. */
  abortPort: number;
  /** The device of a name, if there is one. */
  device(name: string): ServedDevice | undefined;
}

/** The results of each procedure after its code, where it failed: as many zeros. */
const EMPTY_RESULTS: Readonly<Record<number, number>> = {
  [Proc.createLink]: 3,
  [Proc.deviceWrite]: 1,
  [Proc.deviceRead]: 2,
  [Proc.deviceReadStb]: 1,
  [Proc.deviceTrigger]: 0,
  [Proc.deviceClear]: 0,
  [Proc.deviceRemote]: 0,
  [Proc.deviceLocal]: 0,
  [Proc.deviceLock]: 0,
  [Proc.deviceUnlock]: 0,
  [Proc.deviceEnableSrq]: 0,
  [Proc.deviceDoCmd]: 1,
  [Proc.destroyLink]: 0,
  [Proc.createIntrChan]: 0,
  [Proc.destroyIntrChan]: 0,
};

/** IEEE 488.2's bit of the status byte for an answer that waits to be read. */
const MESSAGE_AVAILABLE = 0x10;

/** One connection of the core channel. */
export class ServedClient implements RpcConnection {
  readonly #shared: ServedLinks;
  readonly #remote: string;
  readonly #links = new Map<number, ServedLink>();
  readonly #ended = new AbortController();
  #interrupts: InterruptSender | undefined;

  /** @param remote The client's address. */
  constructor(shared: ServedLinks, remote: string) {
    this.#shared = shared;
    this.#remote = remote;
  }

  async call(procedure: number, reader: XdrReader): Promise<RpcResult> {
    const fields = EMPTY_RESULTS[procedure];
    if (fields === undefined) return Accepted.procedureUnavailable;
    try {
      return await this.#carryOut(procedure, reader);
    } catch (error) {
      if (error instanceof ProtocolError) throw error;
      // What an instrument throws is a fault of its own, which its client hears of.
      const code = error instanceof Refusal ? error.code : Code.ioError;
      return new XdrWriter(16).u32(code).zeros(4 * fields);
    }
  }

  ended(): void {
    this.#ended.abort(new Refusal(Code.abort));
    for (const link of this.#links.values()) this.#destroy(link);
    this.#interrupts?.[Symbol.dispose]();
    this.#interrupts = undefined;
  }

  #carryOut(procedure: number, reader: XdrReader): RpcResult | Promise<RpcResult> {
    switch (procedure) {
      case Proc.createLink:
        return this.#createLink(reader);
      case Proc.createIntrChan:
        return this.#openInterrupts(reader);
      case Proc.destroyIntrChan:
        return this.#closeInterrupts();
    }
    const link = this.#links.get(reader.i32());
    if (link === undefined) throw new Refusal(Code.invalidLink);
    link.begin();
    switch (procedure) {
      case Proc.deviceWrite:
        return this.#write(link, reader);
      case Proc.deviceRead:
        return this.#read(link, reader);
      case Proc.deviceLock: {
        const flags = reader.u32();
        return this.#lock(link, flags, reader.u32());
      }
      case Proc.deviceUnlock:
        return code(link.device.unlock(link) ? Code.ok : Code.noLock);
      case Proc.deviceEnableSrq:
        return this.#enableRequests(link, reader);
      case Proc.destroyLink:
        this.#destroy(link);
        return code(Code.ok);
      case Proc.deviceDoCmd:
        throw new Refusal(Code.notSupported);
      default:
        return this.#generic(procedure, link, reader);
    }
  }

  async #createLink(reader: XdrReader): Promise<RpcResult> {
    reader.u32();
    const locks = reader.bool();
    const wait = reader.u32();
    const device = this.#shared.device(reader.string(MOST_DEVICE_NAME));
    if (device === undefined) throw new Refusal(Code.notAccessible);
    if (this.#shared.byId.size >= MOST_LINKS) throw new Refusal(Code.outOfResources);
    const id = this.#shared.nextId++;
    const link = new ServedLink({ ...this.#shared, id, device });
    if (locks) await device.lock(link, wait, () => this.#ended.signal);
    if (this.#ended.signal.aborted) {
      link.destroy();
      throw new Refusal(Code.abort);
    }
    this.#links.set(id, link);
    this.#shared.byId.set(id, link);
    return new XdrWriter(16).u32(Code.ok).u32(id).u32(this.#shared.abortPort)
      .u32(this.#shared.maxRecvSize);
  }

  async #write(link: ServedLink, reader: XdrReader): Promise<RpcResult> {
    const timeout = reader.u32();
    const wait = reader.u32();
    const flags = reader.u32();
    const data = reader.opaque(this.#shared.maxRecvSize).slice();
    await enter(link, flags, wait);
    await link.write(data, (flags & Flag.end) !== 0, timeout);
    return new XdrWriter(8).u32(Code.ok).u32(data.length);
  }

  async #read(link: ServedLink, reader: XdrReader): Promise<RpcResult> {
    const size = reader.u32();
    const timeout = reader.u32();
    const wait = reader.u32();
    const flags = reader.u32();
    const termChar = reader.u32() & 0xFF;
    await enter(link, flags, wait);
    const { data, reason } = await link.read(
      size,
      (flags & Flag.termCharSet) === 0 ? undefined : termChar,
      timeout,
    );
    return new XdrWriter(16 + data.length).u32(Code.ok).u32(reason).opaque(data);
  }

  async #lock(link: ServedLink, flags: number, wait: number): Promise<RpcResult> {
    await link.device.lock(link, (flags & Flag.waitLock) === 0 ? 0 : wait, link.signal);
    // A client that went away while it waited must not keep what nobody could give back.
    if (this.#ended.signal.aborted) link.destroy();
    return code(Code.ok);
  }

  async #generic(procedure: number, link: ServedLink, reader: XdrReader): Promise<RpcResult> {
    const flags = reader.u32();
    const wait = reader.u32();
    reader.u32();
    await enter(link, flags, wait);
    const { responder } = link.device;
    switch (procedure) {
      case Proc.deviceReadStb:
        if (responder.statusByte === undefined) throw new Refusal(Code.notSupported);
        return new XdrWriter(8).u32(Code.ok)
          .u32((responder.statusByte() | (link.hasAnswer ? MESSAGE_AVAILABLE : 0)) & 0xFF);
      case Proc.deviceTrigger:
        if (responder.trigger === undefined) throw new Refusal(Code.notSupported);
        responder.trigger();
        break;
      case Proc.deviceClear:
        link.clear();
        break;
    }
    return code(Code.ok);
  }

  async #openInterrupts(reader: XdrReader): Promise<RpcResult> {
    const hostname = numberToIpv4(reader.u32());
    const port = reader.u32();
    const program = reader.u32();
    const version = reader.u32();
    const family = reader.u32();
    if (this.#interrupts !== undefined) throw new Refusal(Code.channelExists);
    if (family !== 0) throw new Refusal(Code.notSupported);
    if (port === 0 || port > 65535) throw new Refusal(Code.parameter);
    // A client names itself: nobody has this side connect to third ones.
    if (ipv4ToNumber(this.#remote) === undefined || hostname !== this.#remote) {
      throw new Refusal(Code.invalidAddress);
    }
    const { clock } = this.#shared;
    try {
      this.#interrupts = await InterruptSender.connect(
        { hostname, port, resource: `${hostname} port ${port}`, clock },
        { program, version },
        { deadline: clock.monotonic() + CONNECT_TIME, signal: this.#ended.signal },
      );
    } catch {
      throw new Refusal(Code.noChannel);
    }
    if (this.#ended.signal.aborted) this.ended();
    return code(Code.ok);
  }

  #closeInterrupts(): RpcResult {
    if (this.#interrupts === undefined) throw new Refusal(Code.noChannel);
    this.#interrupts[Symbol.dispose]();
    this.#interrupts = undefined;
    return code(Code.ok);
  }

  #enableRequests(link: ServedLink, reader: XdrReader): RpcResult {
    const on = reader.bool();
    const handle = reader.opaque(MOST_HANDLE).slice();
    link.requestService(on ? () => this.#interrupts?.send(handle) : undefined);
    return code(Code.ok);
  }

  #destroy(link: ServedLink): void {
    this.#links.delete(link.id);
    this.#shared.byId.delete(link.id);
    link.destroy();
  }
}

function code(value: number): XdrWriter {
  return new XdrWriter(4).u32(value);
}

function enter(link: ServedLink, flags: number, wait: number): Promise<void> | undefined {
  // Most calls find no lock: they need not wait for a turn of the event loop.
  if (!link.device.lockedFor(link)) return undefined;
  return link.device.enter(link, (flags & Flag.waitLock) === 0 ? 0 : wait, link.signal);
}
