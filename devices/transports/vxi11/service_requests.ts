/**
 * Service requests by VXI-11: over an interrupt channel that the instrument opens, or else by serial polls.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LinkError } from "../errors.ts";
import { type RpcListener, serveRpc } from "../rpc/server.ts";
import { Accepted } from "../rpc/messages.ts";
import type { Io, TransportEvent } from "../transport.ts";
import type { CoreLink } from "./core.ts";
import { ipv4ToNumber, MOST_HANDLE, Proc, Program, VERSION } from "./protocol.ts";

/** Bit of the status byte that says that service is requested. */
const REQUEST = 0x40;

/** Name of this client's requests; a link has one interrupt channel. */
const HANDLE = new TextEncoder().encode("stripchart");

type Listener = (statusByte: number | undefined) => void;

/** What service requests need of their link. */
export interface ServiceRequestParts {
  /** The resource name. */
  readonly resource: string;
  /** What deadlines are on. */
  readonly clock: Clock;
  /** Milliseconds for last answers. */
  readonly margin: number;
  /** Milliseconds between serial polls. */
  readonly pollInterval: number;
  /** Hears which way is in use. */
  readonly onEvent: (event: TransportEvent) => void;
  /** The link as it is now. */
  readonly core: () => CoreLink;
  /** Whether the link may be polled now. */
  readonly idle: () => boolean;
  /** Carries out something on the link. */
  readonly perform: <T>(io: Io, act: (core: CoreLink) => Promise<T>) => Promise<T>;
}

/** A way by which service requests come. */
interface Way extends AsyncDisposable {
  /** Tells the instrument to send no more. */
  stop(io: Io): Promise<void>;
}

/** The service requests of one link. */
export class ServiceRequests implements AsyncDisposable {
  readonly #parts: ServiceRequestParts;
  readonly #listeners = new Set<Listener>();
  #way: Promise<Way> | undefined;

  constructor(parts: ServiceRequestParts) {
    this.#parts = parts;
  }

  /** Adds a listener; the first one has the instrument send, or has it polled. */
  async add(listener: Listener, io: Io): Promise<AsyncDisposable> {
    // Each is an entry of its own, even if the function is the same.
    const entry: Listener = (statusByte) => listener(statusByte);
    this.#listeners.add(entry);
    try {
      this.#way ??= this.#start(io);
      await this.#way;
    } catch (error) {
      this.#listeners.delete(entry);
      this.#way = undefined;
      throw error;
    }
    return {
      [Symbol.asyncDispose]: async () => {
        if (!this.#listeners.delete(entry) || this.#listeners.size > 0) return;
        const deadline = this.#parts.clock.monotonic() + this.#parts.margin;
        // The link may be gone already, and its service requests with it.
        await this.stop({ deadline }).catch(() => {});
        await this[Symbol.asyncDispose]();
      },
    };
  }

  /** Begins anew on another link, if anybody listens. */
  async restart(io: Io): Promise<void> {
    if (this.#way === undefined) return;
    await this[Symbol.asyncDispose]();
    this.#way = this.#start(io);
    await this.#way;
  }

  /** Tells the instrument to send no more. */
  async stop(io: Io): Promise<void> {
    await (await this.#way)?.stop(io);
  }

  /** Stops listening. */
  async [Symbol.asyncDispose](): Promise<void> {
    const way = this.#way;
    this.#way = undefined;
    await (await way?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }

  async #start(io: Io): Promise<Way> {
    const { resource, pollInterval, onEvent } = this.#parts;
    const way = await this.#openChannel(io);
    if (typeof way !== "string") {
      onEvent({
        kind: "note",
        message: `${resource}: service requests come over an interrupt channel`,
      });
      return way;
    }
    onEvent({
      kind: "note",
      message: `${resource}: the status byte is polled for service requests every ` +
        `${pollInterval} ms, as ${way}`,
    });
    return this.#poll();
  }

  /** Opens an interrupt channel, or says why there is none. */
  async #openChannel(io: Io): Promise<Way | string> {
    const core = this.#parts.core();
    const hostname = core.rpc.localAddress;
    const address = ipv4ToNumber(hostname);
    if (address === undefined) return "the interrupt channel of VXI-11 is for IPv4 only";
    let listener: RpcListener;
    try {
      listener = this.#listen(hostname);
    } catch (error) {
      return `this side can't listen on ${hostname}: ${said(error)}`;
    }
    let made = false;
    try {
      await this.#parts.perform(io, async (core) => {
        const put = Proc.createIntrChan;
        await core.plain(put, "open the interrupt channel of", (writer) => {
          writer.u32(address).u32(listener.port).u32(Program.interrupt).u32(VERSION).u32(0);
        }, io);
        made = true;
        await enable(core, true, io);
      });
    } catch (error) {
      await listener[Symbol.asyncDispose]();
      const refused = core.rpc.alive && !core.rpc.busy && !io.signal?.aborted;
      if (!refused) throw error;
      if (made) await this.#parts.perform(io, (core) => destroyChannel(core, io)).catch(() => {});
      return `the instrument has none: ${said(error)}`;
    }
    return {
      stop: (io) =>
        this.#parts.core() !== core ? Promise.resolve() : (async () => {
          await enable(core, false, io);
          await destroyChannel(core, io);
        })(),
      [Symbol.asyncDispose]: () => listener[Symbol.asyncDispose](),
    };
  }

  #listen(hostname: string): RpcListener {
    return serveRpc({
      hostname,
      port: 0,
      program: Program.interrupt,
      version: VERSION,
      mostBytes: 1024,
      mostConnections: 4,
      connect: () => ({
        call: (procedure, reader) => {
          if (procedure !== Proc.deviceIntrSrq) return Accepted.procedureUnavailable;
          const handle = reader.opaque(MOST_HANDLE);
          if (String(handle) === String(HANDLE)) this.#tell(undefined);
          // The call goes one way: a reply would be taken for something else.
          return undefined;
        },
      }),
    });
  }

  #poll(): Way {
    const { clock, margin, pollInterval, idle, perform } = this.#parts;
    const stop = new AbortController();
    const polling = (async () => {
      for (;;) {
        await clock.sleepUntil(clock.monotonic() + pollInterval, stop.signal);
        if (!idle()) continue;
        try {
          const io = { deadline: clock.monotonic() + margin };
          const statusByte = await perform(io, (core) => core.readStatusByte(io));
          // Reading it has taken the request back, so a request that is there now is a new one.
          if ((statusByte & REQUEST) !== 0) this.#tell(statusByte);
        } catch {
          // The next poll tries again; whether the link is lost, its next user hears.
        }
      }
    })().catch(() => {});
    return {
      stop: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => {
        stop.abort("ended");
        return polling;
      },
    };
  }

  #tell(statusByte: number | undefined): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(statusByte);
      } catch (error) {
        const message = `${this.#parts.resource}: a listener for service requests failed: `;
        this.#parts.onEvent({ kind: "note", message: message + said(error) });
      }
    }
  }
}

function enable(core: CoreLink, on: boolean, io: Io): Promise<void> {
  return core.plain(
    Proc.deviceEnableSrq,
    on ? "enable service requests of" : "disable service requests of",
    (writer) => writer.u32(core.id).bool(on).opaque(on ? HANDLE : new Uint8Array()),
    io,
  );
}

function destroyChannel(core: CoreLink, io: Io): Promise<void> {
  return core.plain(
    Proc.destroyIntrChan,
    "close the interrupt channel of",
    () => {},
    io,
  );
}

function said(error: unknown): string {
  if (error instanceof LinkError) return error.message;
  return error instanceof Error ? error.message : String(error);
}
