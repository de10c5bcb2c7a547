/**
 * Which route answers which path.
 *
 * @module
 */

import { Hono } from "hono";
import { asError } from "../session/stopped.ts";
import type { Page } from "./page.ts";
import { control } from "./routes/control.ts";
import { dataset } from "./routes/datasets.ts";
import { events } from "./routes/events.ts";
import { exportCsv } from "./routes/export.ts";
import { index } from "./routes/index.tsx";
import { plan } from "./routes/plan.ts";
import { points } from "./routes/points.ts";
import * as pymanip from "./routes/pymanip.ts";
import { BadRequest, type RouteContext, type RouteEnv } from "./routes/request.ts";
import { sessionInfo, sessionList } from "./routes/sessions.ts";
import { staticFile } from "./routes/static.ts";
import { stream } from "./routes/stream.ts";
import { tiles } from "./routes/tiles.ts";
import { refusal } from "./security/refusal.ts";

type Route = (page: Page, c: RouteContext) => Response | Promise<Response>;

/** What is read, by path. */
const READ: Readonly<Record<string, Route>> = {
  "/": index,
  "/sessions/:file": index,
  "/static/:name": staticFile,
  "/api/sessions": sessionList,
  "/api/sessions/:file": sessionInfo,
  "/api/sessions/:file/stream": stream,
  "/api/sessions/:file/tiles": tiles,
  "/api/sessions/:file/points": points,
  "/api/sessions/:file/events": events,
  "/api/sessions/:file/datasets/:name": dataset,
  "/api/sessions/:file/plan": plan,
  "/api/sessions/:file/export.csv": exportCsv,
  // What pymanip's clients know.
  "/plot/:name": index,
  "/api/logged_last_values": pymanip.loggedLastValues,
  "/api/server_current_ts": pymanip.serverCurrentTs,
  "/api/get_parameters": pymanip.getParameters,
};

/** What is sent, by path. */
const SENT: Readonly<Record<string, Route>> = {
  "/api/sessions/:file/control": control,
  "/api/data_from_ts": pymanip.dataFromTs,
};

/** Answers a request that was found to be in order. */
export type Router = (request: Request, path: string, address: string) => Promise<Response>;

/** The routes of a page. */
export function routerOf(page: Page): Router {
  const paths = new WeakMap<Request, string>();
  const app = new Hono<RouteEnv>({ getPath: (request) => paths.get(request) ?? "/" });
  for (const [path, route] of Object.entries(READ)) app.get(path, (c) => route(page, c));
  for (const [path, route] of Object.entries(SENT)) app.post(path, (c) => route(page, c));
  app.notFound((c) => refusal(404, `Cannot find ${JSON.stringify(c.req.path)} here.`));
  app.onError((error) => {
    if (error instanceof BadRequest) return refusal(error.status, error.message);
    return refusal(500, `Cannot answer, as the session cannot be read: ${asError(error).message}`);
  });
  return async (request, path, address) => {
    paths.set(request, path);
    return await app.fetch(request, { address });
  };
}
