/**
 * The live page: a session that is watched from anywhere, at a cost that does not grow with it.
 *
 * @example A saved session, answered without a network
 * ```ts
 * import { Session } from "@stripchart/stripchart";
 * import { livePage } from "@stripchart/stripchart/live";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true });
 * await session.addEntry({ temperature: 20.5 });
 * using page = livePage({ source: session, base: "/lab" });
 * const answer = await page.fetch(new Request("http://localhost/lab/api/sessions/memory"));
 * const { variables } = await answer.json();
 * assert.equal(variables[0].last.value, 20.5);
 * ```
 *
 * @module
 */

export type { LivePage, LivePageOptions, OpenSession, RequestOrigin } from "./driven_page.ts";
export type { Address } from "./hosting/listen.ts";
export { livePage } from "./live_page.ts";
export type { Control } from "./page.ts";
export type * from "../plots/definition.ts";
export type * from "./protocol.ts";
export { decodePoints, encodePoints } from "./points.ts";
export type { Points } from "../session/history/points.ts";
export { RemoteObserver } from "./remote_observer.ts";
export type { RemoteObserverOptions, RemoteRecording } from "./remote_observer.ts";
export { serveLive, serveView } from "./serve.ts";
export type { LiveServer, ServeLiveOptions, ServeOptions } from "./serve.ts";
export { decodeTiles, encodeTiles } from "./tiles.ts";
export type { Tile, TileBuckets, TilePoints } from "../session/history/tile.ts";
