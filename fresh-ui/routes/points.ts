/**
 * `GET api/sessions/:file/points`
 *
 * @module
 */

import { readPoints } from "../../session/history/read_points.ts";
import type { Page } from "../page.ts";
import { encodePoints } from "../points.ts";
import {
  BadRequest,
  binary,
  integerOf,
  namesOf,
  type RouteContext,
  sessionOf,
  windowOf,
} from "./request.ts";

/** Points that one request may ask for. */
const MOST_POINTS = 100_000;

/** Variables against each other. */
export async function points(page: Page, c: RouteContext): Promise<Response> {
  const session = sessionOf(page, c);
  const names = namesOf(c, session);
  if (names.length === 0) throw new BadRequest(400, "Cannot read points, as no name is given.");
  const window = {
    ...windowOf(c, session),
    most: integerOf(c, "most", 5_000, [1, MOST_POINTS]),
  };
  const found = await readPoints(session.reader, names, window, c.req.raw.signal);
  return binary(encodePoints(found));
}
