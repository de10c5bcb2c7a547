/**
 * A VISA library as the Worker calls it: one resource manager, many sessions.
 *
 * @module
 */

import type { FromVisa, VisaRequest, VisaResult } from "./messages.ts";
import { cstring, failed, type LoadedVisa, missing, textOf } from "./load.ts";
import { type Asked, lockInSlices, tellRequests } from "./waits.ts";
import { ATTRIBUTE, QUEUE, SERIAL, SERVICE_REQUEST, STATUS } from "./visa.ts";

/** Most bytes in one call. */
const MOST = 4 * 2 ** 20;

/** What is known of a session, so that nothing is set twice. */
interface Session {
  readonly serial: boolean;
  readonly attributes: Map<number, bigint>;
  /** Work is done in its order. */
  tail: Promise<unknown>;
  listening: { stop: boolean; ended: Promise<void> } | undefined;
}

type SessionRequest = Extract<VisaRequest, { session: number }>;

/** The library with its one resource manager. */
export class VisaCalls {
  readonly #library: LoadedVisa["library"];
  readonly #manager: number;
  readonly #say: (message: FromVisa) => void;
  readonly #sessions = new Map<number, Session>();
  /** Calls under way. */
  readonly #running = new Set<Promise<VisaResult>>();

  /** @param say Tells service requests. */
  constructor({ library, manager }: LoadedVisa, say: (message: FromVisa) => void) {
    this.#library = library;
    this.#manager = manager;
    this.#say = say;
  }

  /** Does what is asked; what is asked of one session is done in order. */
  do(request: VisaRequest, asked: Asked): Promise<VisaResult> {
    if (request.kind === "end") return this.#end();
    const work = this.#begin(request, asked);
    this.#running.add(work);
    void work.catch(() => {}).then(() => this.#running.delete(work));
    return work;
  }

  #begin(request: Exclude<VisaRequest, { kind: "end" }>, asked: Asked): Promise<VisaResult> {
    if (!("session" in request)) return this.#outside(request, asked);
    const session = this.#sessions.get(request.session);
    if (session === undefined) return Promise.resolve(this.#result(0, STATUS.INV_OBJECT));
    const work = session.tail.then(() => {
      if (asked.cancelled) return this.#result(request.session, STATUS.TMO);
      return this.#inside(request, session, asked);
    });
    session.tail = work.catch(() => {});
    return work;
  }

  /** Tells the library to give a session's work up, as far as it can. */
  terminate(session: number): void {
    this.#library.symbols.viTerminate?.(session, 0, 0);
  }

  #result(vi: number, code: number, more: Omit<VisaResult, "status"> = {}): VisaResult {
    const status = code >>> 0;
    if (!failed(status)) return { status, ...more };
    const buffer = new Uint8Array(1024);
    const described = this.#library.symbols.viStatusDesc?.(
      vi === 0 ? this.#manager : vi,
      code | 0,
      buffer,
    );
    return { status, ...described === 0 ? { text: textOf(buffer) } : {}, ...more };
  }

  #outside(
    request: Extract<VisaRequest, { kind: "find" | "open" | "load" }>,
    asked: Asked,
  ): Promise<VisaResult> {
    if (request.kind === "find") return this.#find(request.expression);
    if (request.kind === "open") return this.#open(request.resource, request.timeout, asked);
    return Promise.resolve({ status: 0 });
  }

  /** Closes everything. A library must not be unloaded while a call is in it. */
  async #end(): Promise<VisaResult> {
    await Promise.allSettled([...this.#running]);
    await Promise.all([...this.#sessions.keys()].map((session) => this.#close(session)));
    await this.#library.symbols.viClose(this.#manager);
    this.#library.close();
    return { status: 0 };
  }

  async #find(expression: string): Promise<VisaResult> {
    const { viFindRsrc, viFindNext, viClose } = this.#library.symbols;
    if (viFindRsrc === null || viFindNext === null) return missing("viFindRsrc");
    const list = new Uint32Array(1);
    const count = new Uint32Array(1);
    const name = new Uint8Array(1024);
    const status = await viFindRsrc(this.#manager, cstring(expression), list, count, name) >>> 0;
    if (status === STATUS.RSRC_NFOUND) return { status: 0, names: [] };
    if (failed(status)) return this.#result(0, status);
    const names = [textOf(name)];
    while (names.length < (count[0] ?? 0)) {
      name.fill(0);
      if (failed(await viFindNext(list[0] ?? 0, name) >>> 0)) break;
      names.push(textOf(name));
    }
    await viClose(list[0] ?? 0);
    return { status: 0, names };
  }

  async #open(resource: string, timeout: number, asked: Asked): Promise<VisaResult> {
    const out = new Uint32Array(1);
    const status = await this.#library.symbols.viOpen(
      this.#manager,
      cstring(resource),
      0,
      timeout,
      out,
    ) >>> 0;
    if (failed(status)) return this.#result(0, status);
    const vi = out[0] ?? 0;
    if (asked.cancelled) {
      await this.#library.symbols.viClose(vi);
      return this.#result(0, STATUS.TMO);
    }
    const interfaceType = new DataView(this.#get(vi, ATTRIBUTE.INTF_TYPE).buffer)
      .getUint16(0, true);
    const serial = interfaceType === SERIAL;
    this.#sessions.set(vi, {
      serial,
      attributes: new Map(),
      tail: Promise.resolve(),
      listening: undefined,
    });
    return {
      status,
      value: vi,
      interfaceType,
      names: [textOf(this.#get(vi, ATTRIBUTE.RSRC_NAME)) || resource],
      resourceClass: textOf(this.#get(vi, ATTRIBUTE.RSRC_CLASS)),
    };
  }

  async #inside(
    request: SessionRequest,
    session: Session,
    asked: Asked,
  ): Promise<VisaResult> {
    const vi = request.session;
    const { symbols } = this.#library;
    if ("timeout" in request && request.kind !== "lock") {
      this.#set(vi, session, ATTRIBUTE.TMO_VALUE, BigInt(request.timeout));
    }
    switch (request.kind) {
      case "close":
        return this.#result(0, await this.#close(vi));
      case "write":
        return await this.#write(vi, session, request.data, request.end);
      case "read":
        return await this.#read(vi, session, request.most, request.stopAt);
      case "clear":
        if (symbols.viClear === null) return missing("viClear");
        return this.#result(vi, await symbols.viClear(vi));
      case "trigger":
        if (symbols.viAssertTrigger === null) return missing("viAssertTrigger");
        return this.#result(vi, await symbols.viAssertTrigger(vi, 0));
      case "statusByte": {
        if (symbols.viReadSTB === null) return missing("viReadSTB");
        const out = new Uint16Array(1);
        const status = await symbols.viReadSTB(vi, out);
        return this.#result(vi, status, { value: (out[0] ?? 0) & 0xff });
      }
      case "remote":
        if (symbols.viGpibControlREN === null) return missing("viGpibControlREN");
        return this.#result(vi, await symbols.viGpibControlREN(vi, request.mode));
      case "lock":
        if (symbols.viLock === null || symbols.viUnlock === null) return missing("viLock");
        return this.#result(
          vi,
          await lockInSlices(symbols, vi, request, asked),
        );
      case "unlock":
        if (symbols.viUnlock === null) return missing("viUnlock");
        return this.#result(vi, await symbols.viUnlock(vi));
      case "attribute":
        session.attributes.delete(request.attribute);
        return this.#result(vi, this.#set(vi, session, request.attribute, request.state));
      case "listen": {
        if (symbols.viEnableEvent === null || symbols.viWaitOnEvent === null) {
          return missing("viEnableEvent");
        }
        const status = symbols.viEnableEvent(vi, SERVICE_REQUEST, QUEUE, 0) >>> 0;
        if (!failed(status) && session.listening === undefined) {
          const state = { stop: false, ended: Promise.resolve() };
          session.listening = state;
          state.ended = tellRequests(symbols, vi, state, this.#say);
        }
        return this.#result(vi, status);
      }
      case "unlisten":
        return this.#result(vi, await this.#unlisten(vi, session));
    }
  }

  async #close(vi: number): Promise<number> {
    const session = this.#sessions.get(vi);
    if (session !== undefined) await this.#unlisten(vi, session);
    this.#sessions.delete(vi);
    return await this.#library.symbols.viClose(vi);
  }

  async #write(vi: number, session: Session, data: Uint8Array<ArrayBuffer>, end: boolean) {
    const out = new Uint32Array(1);
    for (let sent = 0; sent < data.length;) {
      const piece = data.subarray(sent, sent + MOST);
      const last = sent + piece.length === data.length;
      if (!session.serial) {
        this.#set(vi, session, ATTRIBUTE.SEND_END_EN, end && last ? 1n : 0n);
      }
      out[0] = 0;
      const status = await this.#library.symbols.viWrite(vi, piece, piece.length, out) >>> 0;
      if (failed(status) || out[0] === 0) {
        return this.#result(vi, failed(status) ? status : STATUS.SYSTEM_ERROR);
      }
      sent += out[0] ?? 0;
    }
    return { status: 0 };
  }

  async #read(vi: number, session: Session, most: number, stopAt: number | undefined) {
    if (stopAt !== undefined) this.#set(vi, session, ATTRIBUTE.TERMCHAR, BigInt(stopAt));
    this.#set(vi, session, ATTRIBUTE.TERMCHAR_EN, stopAt === undefined ? 0n : 1n);
    let length = Math.min(most, MOST);
    if (session.serial && stopAt === undefined) {
      // A serial port marks no end: more than there is would be waited for until the time is over.
      this.#set(vi, session, ATTRIBUTE.ASRL_END_IN, 0n);
      const waiting = new DataView(this.#get(vi, ATTRIBUTE.ASRL_AVAIL_NUM).buffer)
        .getUint32(0, true);
      length = Math.min(length, Math.max(1, waiting));
    } else if (session.serial) {
      this.#set(vi, session, ATTRIBUTE.ASRL_END_IN, 2n);
    }
    const buffer = new Uint8Array(length);
    const out = new Uint32Array(1);
    const status = await this.#library.symbols.viRead(vi, buffer, length, out) >>> 0;
    // A time-out may come after a part.
    const data = buffer.slice(0, Math.min(out[0] ?? 0, length));
    return this.#result(vi, status, { data });
  }

  async #unlisten(vi: number, session: Session): Promise<number> {
    const state = session.listening;
    if (state === undefined) return 0;
    state.stop = true;
    await state.ended;
    session.listening = undefined;
    return this.#library.symbols.viDisableEvent?.(vi, SERVICE_REQUEST, QUEUE) ?? 0;
  }

  /** An attribute's bytes: as many as its type has are written, the rest is zero. */
  #get(vi: number, attribute: number): Uint8Array<ArrayBuffer> {
    const buffer = new Uint8Array(1024);
    this.#library.symbols.viGetAttribute(vi, attribute, buffer);
    return buffer;
  }

  #set(vi: number, session: Session, attribute: number, state: bigint): number {
    if (session.attributes.get(attribute) === state) return 0;
    const status = this.#library.symbols.viSetAttribute(vi, attribute, state) >>> 0;
    if (!failed(status)) session.attributes.set(attribute, state);
    return status;
  }
}
