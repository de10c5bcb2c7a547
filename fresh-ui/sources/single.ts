/**
 * One session as the only one to look at.
 *
 * @module
 */

import type { SessionList } from "../protocol.ts";
import type { WatchedSession } from "../watched_session.ts";
import type { Sources } from "./sources.ts";

/** One session, which it owns. */
export class SingleSource implements Sources {
  readonly #session: WatchedSession;

  /** Shows that session. */
  constructor(session: WatchedSession) {
    this.#session = session;
  }

  /** The session. */
  list(): SessionList {
    return { sessions: [this.#session.row()], current: this.#session.id };
  }

  /** The session, if it is asked for by its name. */
  get(id: string): WatchedSession | undefined {
    return id === this.#session.id ? this.#session : undefined;
  }

  /** The session. */
  current(): WatchedSession {
    return this.#session;
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}
