/**
 * Serves an instrument on a serial line that is a pseudo terminal.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { UnsupportedError } from "../errors.ts";
import { type MessageEnds, OverlongMessage } from "../line_server/message_splitter.ts";
import { type Line, serveLine } from "../line_server/serve_line.ts";
import type { Responder } from "../responder.ts";
import type { Direction, SerialHandle, SerialSystem } from "./system.ts";
import { thisSystem } from "./this_system.ts";

/** How an instrument is served on a serial line. */
export interface SerialServerOptions extends MessageEnds {
  /** Whose pseudo terminals. @default this computer's */
  readonly system?: SerialSystem;
  /** What waits are on. @default the system's clock */
  readonly clock?: Clock;
}

/** A server on a serial line. */
export interface SerialServer extends AsyncDisposable {
  /** The device that clients open, such as `/dev/pts/3`. */
  readonly path: string;
}

/** Bytes that are read at once. */
const CHUNK = 65_536;

/** What nobody reads for so long is lost, as on a line that nobody listens to. Milliseconds. */
const LOST_AFTER = 1000;

/**
 * Serves an instrument on a serial line until it is disposed. Programs open its path as that of any serial port, at
 * whatever baud rate, one after the other.
 *
 * It needs `--allow-ffi` of the system's library, as {@linkcode openSerial} does. It is there on Linux, where it is
 * tested, and by its headers on macOS.
 *
 * @param responder The instrument.
 * @param options How messages end.
 * @throws {UnsupportedError} If the system has no pseudo terminals.
 * @throws {LinkError} If there is none to be had.
 * @throws {Deno.errors.NotCapable} If the system's library is not permitted.
 *
 * @example
 * ```ts ignore
 * import { open, serial, serveSerial } from "@stripchart/stripchart/devices";
 *
 * await using server = serveSerial({ receive: (message) => message });
 * await using echo = await open(serial(server.path));
 * console.log(await echo.query("hello"));
 * ```
 */
export function serveSerial(
  responder: Responder,
  options: SerialServerOptions = {},
): SerialServer {
  const { system = thisSystem(), clock = systemClock } = options;
  if (system.pseudoTerminal === undefined) {
    throw new UnsupportedError(
      "serve an instrument on a serial line",
      "this system",
      "Serve it on a socket, or join two ports by a cable.",
    );
  }
  const handle = system.pseudoTerminal();
  const closing = new AbortController();
  const serving = serve(handle, responder, options, clock, closing.signal);
  let closed: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    closing.abort();
    await serving;
    await handle.close();
  };
  return {
    path: handle.path,
    [Symbol.asyncDispose]: () => closed ??= close(),
  };
}

async function serve(
  handle: SerialHandle,
  responder: Responder,
  ends: MessageEnds,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const line = lineOf(handle, clock, signal);
  while (!signal.aborted) {
    try {
      await serveLine(line, responder, ends, signal);
    } catch (error) {
      // A message without end is forgotten; whoever sent it may be another program than the next.
      if (!(error instanceof OverlongMessage) && !signal.aborted) return;
    }
  }
}

function lineOf(handle: SerialHandle, clock: Clock, signal: AbortSignal): Line {
  const chunk = new Uint8Array(CHUNK);
  return {
    async read() {
      for (;;) {
        const count = handle.read(chunk);
        if (count > 0) return chunk.subarray(0, count);
        await ready(handle, "read", signal);
        if (signal.aborted) return null;
      }
    },
    async write(bytes) {
      for (let at = 0; at < bytes.length;) {
        const count = handle.write(bytes.subarray(at));
        at += count;
        if (count > 0) continue;
        const late = new AbortController();
        const either = AbortSignal.any([signal, late.signal]);
        const timer = sleep(clock, LOST_AFTER, either).then(() => late.abort(), () => {});
        await ready(handle, "write", either);
        if (either.aborted) return;
        late.abort();
        await timer;
      }
    },
  };
}

/** Waits until trying again is worth while, or the signal aborts. */
function ready(handle: SerialHandle, direction: Direction, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      signal.removeEventListener("abort", done);
      takeBack();
      resolve();
    };
    const takeBack = handle.when(direction, done);
    signal.addEventListener("abort", done, { once: true });
  });
}
