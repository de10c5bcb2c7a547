/**
 * `POST api/sessions/:file/control`
 *
 * @module
 */

import type { Page } from "../page.ts";
import { parseControl } from "../parse_control.ts";
import { refusal } from "../security/refusal.ts";
import { BadRequest, jsonOf, type RouteContext, sessionOf } from "./request.ts";

/** Asks the run for something, if that is allowed. */
export async function control(page: Page, c: RouteContext): Promise<Response> {
  sessionOf(page, c);
  if (page.control === undefined) {
    return refusal(
      403,
      "Cannot do that, as this page only shows. Whoever starts the run allows more by control: true.",
    );
  }
  const request = parseControl(await jsonOf(c));
  if (request === undefined) {
    throw new BadRequest(
      400,
      'Cannot do that, as an action must be "note" with a text, "pause" or "resume" with a task, ' +
        '"acknowledge" with an alarm, or "stop".',
    );
  }
  const answer = await page.control(request, `${request.who ?? "somebody"} at ${c.env.address}`);
  return Response.json(answer, { status: answer.done ? 200 : 409 });
}
