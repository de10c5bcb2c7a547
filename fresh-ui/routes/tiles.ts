/**
 * `GET api/sessions/:file/tiles`
 *
 * @module
 */

import type { Tile } from "../../session/history/tile.ts";
import { nextTurn } from "../../time/turn.ts";
import type { Page } from "../page.ts";
import { encodeTiles } from "../tiles.ts";
import { binary, integerOf, namesOf, type RouteContext, sessionOf, windowOf } from "./request.ts";

/** Buckets that one request may ask for. */
const MOST_BUCKETS = 10_000;
/** Variables that are read before others get their turn. */
const AT_ONCE = 10;

/** A window of some series at the width of a plot. */
export async function tiles(page: Page, c: RouteContext): Promise<Response> {
  const session = sessionOf(page, c);
  const names = namesOf(c, session);
  const window = {
    ...windowOf(c, session),
    buckets: integerOf(c, "buckets", 1_000, [1, MOST_BUCKETS]),
  };
  const found: Tile[] = [];
  for (let first = 0; first < names.length; first += AT_ONCE) {
    // Whoever watches goes first.
    await nextTurn();
    found.push(...session.tiles.read(names.slice(first, first + AT_ONCE), window));
  }
  return binary(encodeTiles(found));
}
