/**
 * A page as a handler of web requests, which is told how the run stands and given the files that it loads.
 *
 * @module
 */

import { basename } from "node:path";
import { readerOf } from "../session/reader_of.ts";
import type { Readings } from "../session/readings.ts";
import { isHeld } from "../session/store/lock.ts";
import { openReader } from "../session/store/reader.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import { type Asset, Assets } from "./assets.ts";
import { checkedBase } from "./base.ts";
import type { Control } from "./page.ts";
import type { Status } from "./protocol.ts";
import { routerOf } from "./router.ts";
import { secured } from "./security/headers.ts";
import { refusal } from "./security/refusal.ts";
import { refuseForeignHost, refuseForeignPost, refuseForeignSite } from "./security/same_site.ts";
import { TokenGuard } from "./security/token.ts";
import { FolderSource } from "./sources/folder.ts";
import { SingleSource } from "./sources/single.ts";
import type { Sources } from "./sources/sources.ts";
import { WatchedSession } from "./watched_session.ts";

/** A session in this process: `Session` and `SavedSession` are such. */
export type OpenSession = Readings & {
  /** Path of its file, or `":memory:"`. */
  readonly file: string;
};

/** How a page is made. */
export interface LivePageOptions {
  /** What it shows: a session's file, finished or running; a folder of such files; or a session of this program. */
  readonly source: string | OpenSession;
  /** The path under which it is mounted, such as `"/lab"`. @default "" */
  readonly base?: string;
  /** What everybody must know who wants to see it: 22 or more letters, digits or `-._~`. @default nothing */
  readonly token?: string;
  /**
   * The names under which it is reached beside `localhost`, such as `"rig.lab"`.
   * @default none; with a token, any
   */
  readonly hosts?: readonly string[];
  /** Carries out what viewers ask the run for. @default they may not ask */
  readonly control?: Control;
  /** Told of what keeps a session from being read. */
  readonly onTrouble?: (error: unknown) => void;
  /** What time it is. @default the system's */
  readonly clock?: Clock;
}

/** Where a request comes from, as `Deno.serve` tells it to its handler. */
export interface RequestOrigin {
  /** The other end of the connection. */
  readonly remoteAddr?: object;
}

/** A page. */
export interface LivePage extends Disposable {
  /**
   * Answers a request. It needs no `this`, so that it can be given away.
   *
   * @param request The request, with its full path.
   * @param origin Where it comes from; without it all requests count as from one address.
   */
  readonly fetch: (request: Request, origin?: RequestOrigin) => Promise<Response>;
}

/** A page that is told how the run stands. */
export interface DrivenPage extends LivePage {
  /** Tells how the run stands; undefined once it is over. */
  tell(status: Status | undefined): void;
}

/** Makes a page of given files that is told how the run stands. */
export function drivenPage(options: LivePageOptions, assets: readonly Asset[]): DrivenPage {
  const clock = options.clock ?? systemClock;
  const base = checkedBase(options.base ?? "");
  const guard = options.token === undefined
    ? undefined
    : new TokenGuard(options.token, `${base}/`, () => clock.monotonic());
  const hosts = options.hosts ?? (guard === undefined ? [] : undefined);
  const sources = openSources(options, clock);
  const route = routerOf({
    base,
    sources,
    assets: new Assets(assets),
    clock,
    control: options.control,
  });

  async function answer(request: Request, address: string): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (base !== "" && pathname !== base && !pathname.startsWith(`${base}/`)) {
      return refusal(404, `Cannot find ${JSON.stringify(pathname)}, as the page is at ${base}/.`);
    }
    const foreign = refuseForeignHost(request, hosts) ?? refuseForeignSite(request);
    if (foreign !== undefined) return foreign;
    const admission = guard?.admit(request, address);
    if (admission?.admitted === false) return admission.response;
    if (request.method === "POST") {
      const refused = refuseForeignPost(request);
      if (refused !== undefined) return refused;
    }
    if (base !== "" && pathname === base) {
      return new Response(null, { status: 308, headers: { location: `${base}/${search}` } });
    }
    return await route(request, pathname.slice(base.length), address);
  }

  return {
    fetch: async (request, origin) => secured(await answer(request, addressOf(origin))),
    tell(status): void {
      const session = sources.current();
      if (session !== undefined) session.live = status;
    },
    [Symbol.dispose]: () => sources[Symbol.dispose](),
  };
}

function addressOf(origin: RequestOrigin | undefined): string {
  const address = origin?.remoteAddr;
  return address !== undefined && "hostname" in address && typeof address.hostname === "string"
    ? address.hostname
    : "an unknown address";
}

function openSources({ source, onTrouble, control }: LivePageOptions, clock: Clock): Sources {
  const common = {
    clock,
    control: control !== undefined,
    ...(onTrouble === undefined ? {} : { onTrouble }),
  };
  const open = (path: string, id: string): WatchedSession =>
    new WatchedSession({
      ...common,
      id,
      file: id,
      reader: openReader(path),
      held: () => isHeld(path),
    });
  if (typeof source !== "string") {
    const { file } = source;
    if (file !== ":memory:") return new SingleSource(open(file, basename(file)));
    const reader = readerOf(source);
    return new SingleSource(
      new WatchedSession({ ...common, id: "memory", file, reader, borrowed: true }),
    );
  }
  if (!isFolder(source)) return new SingleSource(open(source, basename(source)));
  return new FolderSource(source, open);
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch (error) {
    // Whoever opens it says more.
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
