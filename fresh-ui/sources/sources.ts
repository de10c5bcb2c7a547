/**
 * The sessions that a page shows.
 *
 * @module
 */

import type { SessionList } from "../protocol.ts";
import type { WatchedSession } from "../watched_session.ts";

/** Where sessions come from. */
export interface Sources extends Disposable {
  /** The sessions that there are. */
  list(): SessionList;
  /** The one of that name, open; undefined if there is none. It stays the sources' own. */
  get(id: string): WatchedSession | undefined;
  /** The one that the page opens with; undefined if there is none. */
  current(): WatchedSession | undefined;
}
