/**
 * `GET api/sessions/:file/datasets/:name`
 *
 * @module
 */

import { readDataset } from "../history/read_dataset.ts";
import type { Page } from "../page.ts";
import { BadRequest, integerOf, type RouteContext, sessionOf } from "./request.ts";

const MOST_BUCKETS = 10_000;
const MOST_DATASETS = 2 ** 31;

/** One dataset. */
export function dataset(page: Page, c: RouteContext): Response {
  const session = sessionOf(page, c);
  const name = c.req.param("name") ?? "";
  const n = integerOf(c, "n", -1, [-MOST_DATASETS, MOST_DATASETS]);
  const buckets = integerOf(c, "buckets", 1_000, [1, MOST_BUCKETS]);
  const found = readDataset(session.reader, name, n, buckets);
  if (found !== undefined) return Response.json(found);
  throw new BadRequest(
    404,
    `Cannot find number ${n} of the datasets ${JSON.stringify(name)}, or it is damaged.`,
  );
}
