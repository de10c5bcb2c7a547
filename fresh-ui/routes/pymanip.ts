/**
 * The HTTP API of pymanip's `AsyncSession`, so that its `RemoteObserver` works with this server. Numbers that JSON
 * lacks are written as Python does: NaN, Infinity, -Infinity.
 *
 * @module
 */

import { toMicroseconds, toSeconds } from "../../session/moment.ts";
import type { Reader } from "../../session/store/reader.ts";
import type { Page } from "../page.ts";
import type { WatchedSession } from "../watched_session.ts";
import { BadRequest, jsonOf, type RouteContext } from "./request.ts";

/** Values that are made text at once. */
const AT_ONCE = 10_000;

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function current(page: Page): WatchedSession {
  const session = page.sources.current();
  if (session === undefined) throw new BadRequest(404, "Cannot find a session here.");
  return session;
}

/** A finite number as JSON, another one as Python. */
function number(value: number): string {
  return Object.is(value, -0) ? "-0.0" : `${value}`;
}

function json(text: string): Response {
  return new Response(text, { headers: { "content-type": "application/json; charset=utf-8" } });
}

/** A time as pymanip prints it, in the zone of the server: `Thursday 26 November 2026 - 16:52:07 (UTC+0000)`. */
export function pymanipDate(seconds: number): string {
  const date = new Date(seconds * 1e3);
  const two = (value: number): string => `${value}`.padStart(2, "0");
  const zone = -date.getTimezoneOffset();
  const offset = `${zone < 0 ? "-" : "+"}${two(Math.floor(Math.abs(zone) / 60))}${
    two(Math.abs(zone) % 60)
  }`;
  const day = `${date.getDate()}`.padStart(2);
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(":");
  return `${DAYS[date.getDay()]} ${day} ${
    MONTHS[date.getMonth()]
  } ${date.getFullYear()} - ${time} ` +
    `(UTC${offset})`;
}

/** `GET api/logged_last_values` */
export function loggedLastValues(page: Page): Response {
  const { reader } = current(page);
  const lasts = reader.lastValues();
  const rows = reader.variables().flatMap(({ name }) => {
    const last = lasts.get(name);
    if (last === undefined) return [];
    const date = pymanipDate(toSeconds(last.t));
    return [
      `{"name": ${JSON.stringify(name)}, "value": ${number(last.value)}, "datestr": "${date}"}`,
    ];
  });
  return json(`[${rows.join(", ")}]`);
}

/** `GET api/server_current_ts` */
export function serverCurrentTs(page: Page): Response {
  return Response.json({ now: toSeconds(page.clock.wall()) });
}

/** `GET api/get_parameters` */
export function getParameters(page: Page): Response {
  const rows = [...current(page).reader.parameters()]
    .filter(([name]) => !name.startsWith("_"))
    .map(([name, { value }]) => `${JSON.stringify(name)}: ${number(value)}`);
  return json(`{${rows.join(", ")}}`);
}

/** `POST api/data_from_ts` */
export async function dataFromTs(page: Page, c: RouteContext): Promise<Response> {
  const { reader } = current(page);
  const given = await jsonOf(c);
  const { name, last_ts: from } = typeof given === "object" && given !== null
    ? given as { name?: unknown; last_ts?: unknown }
    : {};
  if (typeof name !== "string" || typeof from !== "number") {
    throw new BadRequest(400, "Cannot give data, as the request must hold a name and last_ts.");
  }
  let start: number;
  try {
    start = toMicroseconds(from);
  } catch {
    throw new BadRequest(400, `Cannot give data, as no time is meant by last_ts: ${from}.`);
  }
  return new Response(pairs(reader, name, start), {
    headers: { "content-type": "application/json; charset=utf-8" },
  });
}

/** `[[t, value], …]`, made as fast as it is taken. */
function pairs(reader: Reader, name: string, from: number): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let after: number | undefined = 0;
  let before = "[";
  return new ReadableStream({
    pull(controller): void {
      let text = "";
      if (after !== undefined) {
        after = reader.rows([name], { from, after, most: AT_ONCE }, ({ t, values }) => {
          text += `${before}[${toSeconds(t)}, ${number(values[0] as number)}]`;
          before = ", ";
        });
      }
      if (after === undefined) text += before === "[" ? "[]" : "]";
      controller.enqueue(encoder.encode(text));
      if (after === undefined) controller.close();
    },
  }, { highWaterMark: 1 });
}
