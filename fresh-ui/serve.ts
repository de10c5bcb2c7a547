/**
 * Serves the live page of an experiment, or of saved sessions, at an address.
 *
 * @module
 */

import { type Clock, sleep } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import { checkedBase } from "./base.ts";
import type { OpenSession } from "./driven_page.ts";
import { type Address, hostAndPort, listen, type Listening } from "./hosting/listen.ts";
import { answer, WorkerServer } from "./hosting/worker_server.ts";
import type { Control } from "./page.ts";
import type { Status } from "./protocol.ts";
import { isLoopback } from "./security/same_site.ts";
import { randomToken } from "./security/token.ts";
import { STATIC_ASSETS } from "./static_assets.ts";

/** Milliseconds from one status to the next. */
const STATUS_EVERY = 1_000;

/** Where a page is served and who may see it. */
export interface ServeOptions {
  /** The address of this computer at which it listens; `"0.0.0.0"` for all of them. @default "127.0.0.1" */
  readonly host?: string;
  /** The port; 0 for any. @default 6913, or the next one that is free, up to 6922 */
  readonly port?: number;
  /** The path under which it is. @default "" */
  readonly base?: string;
  /**
   * What everybody must know who wants to see it: 22 or more letters, digits or `-._~`.
   * @default nothing on 127.0.0.1; a random one at any other address
   */
  readonly token?: string;
  /** The names under which it is reached beside `localhost`. @default none; with a token, any */
  readonly hosts?: readonly string[];
  /** Told of what keeps the page from being served. It is no concern of the run. */
  readonly onTrouble?: (error: Error) => void;
  /** What time it is. @default the system's */
  readonly clock?: Clock;
}

/** How the page of a running experiment is served. */
export interface ServeLiveOptions extends ServeOptions {
  /** The session's file, or `":memory:"`. */
  readonly file: string;
  /** The session itself, which one in memory is read through. */
  readonly session?: OpenSession;
  /** Says how the run stands; asked once a second, as long as it is not undefined. */
  readonly status?: () => Status | undefined;
  /** Carries out what viewers ask the run for. @default they may not ask */
  readonly control?: Control;
}

/** A page that is served. */
export interface LiveServer extends AsyncDisposable {
  /** Where to look at it; the token, if there is one, is in it. */
  readonly url: string;
  /** Where it listens. */
  readonly addr: Address;
  /** The token, if it asks for one. */
  readonly token: string | undefined;
}

/** Options with everything decided. */
interface Settled {
  readonly host: string;
  readonly port: number | undefined;
  readonly base: string;
  readonly token: string | undefined;
  readonly hosts: readonly string[] | undefined;
  readonly clock: Clock;
}

function settle(options: ServeOptions): Settled {
  const { host = "127.0.0.1", port, token, hosts, clock = systemClock } = options;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new RangeError(`Cannot serve the page, as a port is a number from 0 to 65535: ${port}.`);
  }
  const open = isLoopback(host);
  return {
    host,
    port,
    base: checkedBase(options.base ?? ""),
    token: token ?? (open ? undefined : randomToken()),
    hosts,
    clock,
  };
}

/** The page's options of what is settled. */
function forPage({ base, token, hosts, clock }: Settled) {
  return {
    base,
    clock,
    ...(token === undefined ? {} : { token }),
    ...(hosts === undefined ? {} : { hosts }),
  };
}

/** A host's name by which a browser reaches an address. */
function reachable(hostname: string): string {
  if (hostname !== "0.0.0.0" && hostname !== "::") return hostname;
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "hostname" });
  return state === "granted" ? Deno.hostname() : "localhost";
}

function served({ base, token }: Settled, { addr, close }: Listening): LiveServer {
  const at = hostAndPort({ hostname: reachable(addr.hostname), port: addr.port });
  const query = token === undefined ? "" : `?token=${token}`;
  return { url: `http://${at}${base}/${query}`, addr, token, [Symbol.asyncDispose]: close };
}

/**
 * Serves the page of an experiment, in a thread of its own, so that nobody who looks delays what is measured. A
 * session in memory alone is read and served by the thread that measures.
 *
 * It needs permission to listen at its address and to read the session's file.
 *
 * @throws {Error} If the file cannot be read, or the port is taken or not permitted.
 */
export async function serveLive(options: ServeLiveOptions): Promise<LiveServer> {
  const settled = settle(options);
  const { clock } = settled;
  const { file, session, status, control } = options;
  const onTrouble = (error: unknown): void => {
    options.onTrouble?.(error instanceof Error ? error : new Error(String(error)));
  };
  let tell: (status: Status | undefined) => void;
  let listening: Listening;
  if (file === ":memory:") {
    if (session === undefined) {
      throw new TypeError(
        "Cannot serve a session in memory without the session itself: give it by `session`.",
      );
    }
    // What serves is loaded where it serves: in a Worker, it is part of the Worker's text.
    const { drivenPage } = await import("./driven_page.ts");
    const page = drivenPage({
      ...forPage(settled),
      source: session,
      onTrouble,
      ...(control === undefined
        ? {}
        : { control: (request, who) => answer(control, request, who) }),
    }, STATIC_ASSETS);
    try {
      listening = listen(page, settled.host, settled.port, clock);
    } catch (error) {
      page[Symbol.dispose]();
      throw error;
    }
    tell = page.tell;
  } else {
    const worker = await WorkerServer.start(
      {
        file,
        host: settled.host,
        port: settled.port,
        base: settled.base,
        token: settled.token,
        hosts: settled.hosts,
        control: control !== undefined,
        assets: STATIC_ASSETS,
      },
      clock,
      { control, onTrouble },
    );
    listening = worker;
    tell = (present) => worker.tell(present);
  }
  const stop = new AbortController();
  if (status !== undefined) void report(status, tell, clock, stop.signal);
  return served(settled, {
    addr: listening.addr,
    async close(): Promise<void> {
      stop.abort();
      // Who watches sees how it ended.
      if (status !== undefined) tell(status());
      await listening.close();
    },
  });
}

/** Tells once a second how the run stands. */
async function report(
  status: () => Status | undefined,
  tell: (status: Status | undefined) => void,
  clock: Clock,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    tell(status());
    try {
      await sleep(clock, STATUS_EVERY, stop);
    } catch {
      return;
    }
  }
}

/**
 * Serves the page of a saved or running session, or of all sessions of a folder.
 *
 * It needs permission to listen at its address, to read the file or the folder, and the files' logs beside them.
 *
 * @param source The file or the folder.
 * @throws {Error} If it cannot be read, or the port is taken or not permitted.
 */
export async function serveView(
  source: string,
  options: ServeOptions = {},
): Promise<LiveServer> {
  const settled = settle(options);
  const { livePage } = await import("./live_page.ts");
  const { onTrouble } = options;
  const page = livePage({
    ...forPage(settled),
    source,
    ...(onTrouble === undefined ? {} : {
      onTrouble: (error) => onTrouble(error instanceof Error ? error : new Error(`${error}`)),
    }),
  });
  try {
    return served(settled, listen(page, settled.host, settled.port, settled.clock));
  } catch (error) {
    page[Symbol.dispose]();
    throw error;
  }
}
