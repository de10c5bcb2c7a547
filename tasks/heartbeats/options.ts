/**
 * How the heartbeat is set.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../../time/duration.ts";

/** What all heartbeats have in common. */
export interface HeartbeatTiming {
  /** How often it beats. @default "1min" */
  readonly every?: DurationInput;
  /**
   * How long there may be no entry once tasks have begun, until the run is to stop: after that it does not beat.
   *
   * @default three times `every`, or three times the longest period among the periodic tasks, whichever is longer
   */
  readonly silence?: DurationInput;
  /** How long a beat may take: to have on disk what was recorded, and again to get through. @default "10s" */
  readonly timeout?: DurationInput;
}

/** A heartbeat by HTTP, to a service that raises an alarm when it stays away. */
export interface UrlHeartbeat extends HeartbeatTiming {
  /** Where to, `http:` or `https:`. It may hold a secret: it is kept nowhere, and told nowhere but for its host. */
  readonly url: string;
  /** How it is asked. `"POST"` sends a {@linkcode Beat} as JSON. @default "GET" */
  readonly method?: "GET" | "POST";
  /** Where a run that ended well says so, if the service has a place for it, such as `"{url}/0"`. @default nowhere */
  readonly end?: string;
  /** Where a run that failed says so, such as `"{url}/fail"`. @default nowhere */
  readonly fail?: string;
}

/** A heartbeat in a file, for a program on the same computer that looks how old it is. */
export interface FileHeartbeat extends HeartbeatTiming {
  /** Path of the file. Each beat replaces it, in one piece, by a {@linkcode Beat} as JSON. */
  readonly file: string;
}

/** How the heartbeat is set: to where, and how often. */
export type HeartbeatOptions = UrlHeartbeat | FileHeartbeat;

/** What a beat says. */
export interface Beat {
  /** `"running"`, or how the run ended. */
  readonly state: "running" | "completed" | "failed" | "interrupted";
  /** When, ISO 8601 in UTC. */
  readonly time: string;
  /** The place in the file, in the order of everything stored, up to which all is on disk. */
  readonly seq: number;
}

/** A heartbeat, checked; times in milliseconds. */
export interface HeartbeatDefinition {
  /** How often. */
  readonly every: number;
  /** How long there may be no entry, if it was said. */
  readonly silence: number | undefined;
  /** How long a beat may take. */
  readonly timeout: number;
  /** Where to. */
  readonly to:
    | {
      readonly kind: "url";
      readonly url: URL;
      readonly method: "GET" | "POST";
      readonly end: URL | undefined;
      readonly fail: URL | undefined;
    }
    | { readonly kind: "file"; readonly file: string };
}

const TIMING = ["every", "silence", "timeout"] as const;

function refuse(why: string): TypeError {
  return new TypeError(`Cannot set the heartbeat up, as ${why}`);
}

function durationOf(name: string, value: unknown, absent: number): number {
  if (value === undefined) return absent;
  let ms: number;
  try {
    ms = milliseconds(value as DurationInput);
  } catch (error) {
    if (error instanceof Error) error.message = `Cannot set the heartbeat up: ${error.message}`;
    throw error;
  }
  if (ms > 0) return ms;
  throw new RangeError(`Cannot set the heartbeat up, as ${name} must be longer than nothing`);
}

/** An address. What it is is not repeated: it may hold a secret. */
function urlOf(name: string, value: unknown): URL {
  const url = typeof value === "string" ? URL.parse(value) : null;
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url;
  throw refuse(`${name} must be an address that begins with https:// or http://`);
}

function toOf(given: Readonly<Record<string, unknown>>): HeartbeatDefinition["to"] {
  const { file, url, method = "GET", end, fail } = given;
  if (file !== undefined) {
    if (typeof file === "string" && file !== "") return { kind: "file", file };
    throw refuse(`file must be a path: ${JSON.stringify(file)}`);
  }
  if (method !== "GET" && method !== "POST") {
    throw refuse(`method must be "GET" or "POST": ${JSON.stringify(method)}`);
  }
  const last = (name: string, value: unknown): URL | undefined =>
    value === undefined
      ? undefined
      : urlOf(name, typeof value === "string" ? value.replaceAll("{url}", String(url)) : value);
  return {
    kind: "url",
    url: urlOf("url", url),
    method,
    end: last("end", end),
    fail: last("fail", fail),
  };
}

/**
 * A heartbeat from what it was told.
 *
 * @throws {TypeError} If something has the wrong shape.
 * @throws {RangeError} If a duration is zero.
 * @throws {SyntaxError} If a duration is none.
 */
export function defineHeartbeat(options: unknown): HeartbeatDefinition {
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    throw refuse("its options must be an object with url or file");
  }
  const given: Readonly<Record<string, unknown>> = { ...options };
  const { url, file } = given;
  if ((url === undefined) === (file === undefined)) throw refuse("it needs either url or file");
  const known: readonly string[] = file === undefined
    ? ["url", "method", "end", "fail", ...TIMING]
    : ["file", ...TIMING];
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw refuse(`there is no option ${JSON.stringify(name)}. There are: ${known.join(", ")}`);
  }
  const { silence } = given;
  return {
    every: durationOf("every", given["every"], 60_000),
    silence: silence === undefined ? undefined : durationOf("silence", silence, 0),
    timeout: durationOf("timeout", given["timeout"], 10_000),
    to: toOf(given),
  };
}

/** Where a heartbeat goes, for people: without what may be secret in an address. */
export function heartbeatInWords({ to }: Pick<HeartbeatDefinition, "to">): string {
  return to.kind === "file" ? to.file : to.url.host;
}
