/**
 * Asks what was found who it is.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import { type DurationInput, milliseconds } from "../../time/duration.ts";
import { systemClock } from "../../time/system_clock.ts";
import { MessageSession } from "../message_session.ts";
import { parseResourceName } from "../resource_name.ts";
import type { ResourceName } from "../resource_name/types.ts";
import { addressOf, openTransport, type TransportOptions } from "../transports/open_transport.ts";
import type { Io, Transport } from "../transports/transport.ts";
import { cleanText } from "./clean_text.ts";
import type { DiscoveryEvent } from "./discover.ts";
import { endedBy, EventQueue } from "./event_queue.ts";
import type { FoundResource } from "./finding.ts";
import { flagsFor } from "./flags.ts";

/** Who is asked, and how long. */
export interface IdentifyOptions {
  /** How long each instrument has from being opened to its answer. @default "2s" */
  readonly timeout?: DurationInput;
  /** How many are asked at once, of one host always one. @default 4 */
  readonly concurrency?: number;
  /**
   * Asks serial ports too, at this rate. Without it they are left alone: what is behind one is unknown, and there
   * are devices that a few bytes, or a port's opening, set going.
   */
  readonly baudRate?: number;
  /** The VISA library for what only such a library finds. @default the one of {@linkcode visa} */
  readonly library?: string;
  /** For GPIB boards: the library of their driver. */
  readonly gpib?: TransportOptions["gpib"];
  /** Ends it at once. */
  readonly signal?: AbortSignal;
  /** What deadlines are on. @default the system's clock */
  readonly clock?: Clock;
}

/** What an instrument has answered, or why it has not. */
export type IdentityEvent = {
  readonly kind: "identified";
  /** Its resource name. */
  readonly resource: string;
} & ({ readonly answer: string } | { readonly error: string });

interface Candidate {
  readonly resource: string;
  /** What has one line only: a host, a bus, a port. */
  readonly line: string;
  readonly byLibrary: boolean;
}

/**
 * Asks instruments for `*IDN?` as they are found. Each has its own deadline, and what one does is nothing to the
 * others. A serial port that another program has is not written to.
 *
 * @param events What {@linkcode discover} tells; it is passed on.
 * @param options Who is asked, how long.
 * @throws {RangeError} If the number of those that are asked at once is none.
 *
 * @example
 * ```ts
 * import { discover, identify } from "@stripchart/stripchart/devices";
 *
 * for await (const event of identify(discover({ only: ["serial"] }), { timeout: "1s" })) {
 *   if (event.kind === "identified" && "answer" in event) console.log(event.resource, event.answer);
 * }
 * ```
 */
export function identify(
  events: AsyncIterable<DiscoveryEvent>,
  options: IdentifyOptions = {},
): AsyncGenerator<DiscoveryEvent | IdentityEvent, void, void> {
  const { concurrency = 4 } = options;
  if (!Number.isInteger(concurrency) || concurrency < 1) {
    throw new RangeError(
      `Cannot ask instruments, as the number of those asked at once must be 1 or more: ${concurrency}.`,
    );
  }
  const stop = new AbortController();
  const signal = options.signal === undefined
    ? stop.signal
    : AbortSignal.any([stop.signal, options.signal]);
  const all = { ...options, concurrency, timeout: options.timeout ?? "2s", signal };
  const iterator = events[Symbol.asyncIterator]();
  return endedBy(run(iterator, all), () => {
    stop.abort();
    void iterator.return?.();
  });
}

type AllOptions =
  & IdentifyOptions
  & Required<Pick<IdentifyOptions, "concurrency" | "timeout" | "signal">>;

async function* run(
  events: AsyncIterator<DiscoveryEvent>,
  options: AllOptions,
): AsyncGenerator<DiscoveryEvent | IdentityEvent, void, void> {
  const queue = new EventQueue<DiscoveryEvent | IdentityEvent>();
  const { signal } = options;
  const waiting: Candidate[] = [];
  const busy = new Map<string, Promise<void>>();
  let searching = true;
  let failure: { readonly error: unknown } | undefined;
  const next = (): void => {
    while (busy.size < options.concurrency && !signal.aborted) {
      const at = waiting.findIndex(({ line }) => !busy.has(line));
      const [candidate] = at < 0 ? [] : waiting.splice(at, 1);
      if (candidate === undefined) break;
      busy.set(candidate.line, ask(candidate));
    }
    if (!searching && busy.size === 0) queue.end();
  };
  const ask = async ({ resource, line, byLibrary }: Candidate): Promise<void> => {
    try {
      const answer = await idn(resource, byLibrary, options);
      queue.push({ kind: "identified", resource, answer: cleanText(answer) });
    } catch (error) {
      const text = signal.aborted
        ? "The search was ended first."
        : error instanceof Error
        ? error.message
        : String(error);
      queue.push({ kind: "identified", resource, error: cleanText(text) });
    }
    busy.delete(line);
    next();
  };
  const search = (async () => {
    try {
      for (;;) {
        const { value: event, done } = await events.next();
        if (done) break;
        queue.push(event);
        if (event.kind !== "found") continue;
        const candidate = candidateOf(event.resource, options.baudRate !== undefined);
        if (candidate !== undefined) waiting.push(candidate);
        next();
      }
    } catch (error) {
      failure = { error };
    }
    searching = false;
    next();
  })();
  try {
    yield* queue;
    if (failure !== undefined) throw failure.error;
  } finally {
    await Promise.allSettled([search, ...busy.values()]);
  }
}

/** Whether and how a resource is asked: not a bus itself, nor what speaks no messages. */
function candidateOf(
  { resource, ways }: FoundResource,
  serialToo: boolean,
): Candidate | undefined {
  const byLibrary = ways.every(({ finder }) => finder === "visa");
  let name: ResourceName;
  try {
    name = parseResourceName(resource);
  } catch {
    return undefined;
  }
  switch (name.bus) {
    case "vxi11":
    case "hislip":
    case "socket":
      return { resource, line: name.host, byLibrary };
    case "usb":
      return name.resourceClass === "INSTR" ? { resource, line: resource, byLibrary } : undefined;
    case "gpib":
      return { resource, line: `GPIB${name.board}`, byLibrary };
    case "serial":
      return serialToo ? { resource, line: resource, byLibrary } : undefined;
    default:
      return undefined;
  }
}

async function idn(
  resource: string,
  byLibrary: boolean,
  { timeout, baudRate, library, gpib, signal, clock = systemClock }: AllOptions,
): Promise<string> {
  const io = { deadline: clock.monotonic() + milliseconds(timeout), signal };
  const links: TransportOptions = {
    ...gpib === undefined ? {} : { gpib },
    // Lines that are left alone reset fewer devices.
    ...baudRate === undefined ? {} : { serial: { baudRate, dtr: "keep", rts: "keep" } },
  };
  const transport = byLibrary
    ? await openTransport(resource, { clock, library: library ?? true }, io)
    : await openByOwn(resource, io, clock, links);
  await using session = new MessageSession(transport, { clock });
  const left = Math.max(1, Math.ceil(io.deadline - clock.monotonic()));
  return await session.query("*IDN?", { timeout: `${left}ms`, signal });
}

async function openByOwn(
  resource: string,
  io: Io,
  clock: Clock,
  links: TransportOptions,
): Promise<Transport> {
  // Of several places for a library, one is enough.
  const { ffi: _library, ...permissions } = addressOf(resource, links).permissions;
  const flags = flagsFor(permissions);
  if (flags.length > 0) {
    throw new Deno.errors.NotCapable(`It is not asked, as that needs ${flags.join(" ")}.`);
  }
  return await openTransport(resource, { ...links, clock }, io);
}
