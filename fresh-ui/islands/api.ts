/// <reference lib="dom" />
/**
 * The server as the page sees it.
 *
 * @module
 */

import type {
  ControlAnswer,
  ControlRequest,
  DatasetInfo,
  EventRow,
  PlanInfo,
  SessionInfo,
  SessionList,
} from "../protocol.ts";

/** A request that the server refused, or that did not reach it. */
export class RequestError extends Error {
  /** Always `"RequestError"`. */
  override readonly name = "RequestError";
  /** The HTTP status; 0 if the server was not reached. */
  readonly status: number;

  constructor(message: string, status: number, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** Query parameters; those that are undefined are left out, lists are repeated. */
export type Query = Readonly<
  Record<string, string | number | readonly string[] | undefined>
>;

/** Asks the server for things, under the path where the page is mounted. */
export class Api {
  readonly #base: string;

  /** @param base Path under which the page is mounted, with a slash at its end. */
  constructor(base: string) {
    this.#base = base;
  }

  /** The address of something of a session. */
  url(session: string, path: string, query: Query = {}): string {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      if (value === undefined) continue;
      for (const one of typeof value === "object" ? value : [value]) {
        parameters.append(name, String(one));
      }
    }
    const text = parameters.size === 0 ? "" : `?${parameters}`;
    const inner = path === "" ? "" : `/${path}`;
    return `${this.#base}api/sessions/${encodeURIComponent(session)}${inner}${text}`;
  }

  /** The address of the page of a session. */
  page(session: string): string {
    return `${this.#base}sessions/${encodeURIComponent(session)}`;
  }

  /** The sessions that there are. */
  sessions(): Promise<SessionList> {
    return json(`${this.#base}api/sessions`);
  }

  /** One of them. */
  session(session: string): Promise<SessionInfo> {
    return json(this.url(session, ""));
  }

  /** Events before a place in the order. */
  events(session: string, before: number, limit: number): Promise<EventRow[]> {
    return json(this.url(session, "events", { before, limit }));
  }

  /** What a run was. */
  plan(session: string, run: number): Promise<PlanInfo> {
    return json(this.url(session, "plan", { run }));
  }

  /** A dataset, reduced to so many buckets. */
  dataset(session: string, name: string, n: number, buckets: number): Promise<DatasetInfo> {
    return json(
      this.url(session, `datasets/${encodeURIComponent(name)}`, { n, buckets }),
    );
  }

  /** Bytes of a path. */
  async bytes(
    session: string,
    path: string,
    query: Query,
    signal?: AbortSignal,
  ): Promise<ArrayBuffer> {
    const response = await ask(
      this.url(session, path, query),
      signal === undefined ? {} : { signal },
    );
    return await response.arrayBuffer();
  }

  /** Asks the run for something. */
  async control(session: string, request: ControlRequest): Promise<ControlAnswer> {
    const response = await ask(this.url(session, "control"), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    return await response.json();
  }
}

async function json<T>(url: string): Promise<T> {
  return await (await ask(url, {})).json();
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new RequestError("The server cannot be reached", 0, { cause: error });
  }
  if (response.ok) return response;
  const { error }: { readonly error?: unknown } = await response.json().catch(() => ({}));
  throw new RequestError(
    typeof error === "string" ? error : `The server says ${response.status}`,
    response.status,
  );
}
