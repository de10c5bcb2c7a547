/**
 * `GET api/sessions/:file/datasets/:name`
 *
 * @module
 */

import { readDataset } from "../../session/history/read_dataset.ts";
import type { Page } from "../page.ts";
import type { DatasetInfo } from "../protocol.ts";
import { toWire } from "../wire.ts";
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
  if (found !== undefined) {
    const { index, values, ...others } = found;
    const answer: DatasetInfo = index === undefined || values === undefined
      ? others
      : { ...others, index: [...index], values: Array.from(values, toWire) };
    return Response.json(answer);
  }
  throw new BadRequest(
    404,
    `Cannot find number ${n} of the datasets ${JSON.stringify(name)}, or it is damaged.`,
  );
}
