/**
 * How a beat gets to where it is seen.
 *
 * @module
 */

import { asError } from "../../session/stopped.ts";
import type { Beat, HeartbeatDefinition } from "./options.ts";

/** Brings a beat to where it is seen. */
export interface BeatCarrier {
  /**
   * Brings a beat.
   *
   * @param signal Gives it up.
   * @throws {Error} If it did not get through; its message holds no secret.
   */
  beat(beat: Beat, signal: AbortSignal): Promise<void>;
  /** Brings the last one, which says how the run ended, if there is a place for it. */
  readonly last: ((beat: Beat, signal: AbortSignal) => Promise<void>) | undefined;
}

type UrlTo = HeartbeatDefinition["to"] & { readonly kind: "url" };

async function ask(
  url: URL,
  method: "GET" | "POST",
  beat: Beat,
  signal: AbortSignal,
): Promise<void> {
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      signal,
      ...method === "POST"
        ? { body: JSON.stringify(beat), headers: { "content-type": "application/json" } }
        : {},
    });
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    // Deno's own message has the address in it, and perhaps the one that it was sent on to.
    const why = asError(error).message.replaceAll(/https?:\/\/[^\s)"']+/g, "its address");
    throw new Error(`${url.host} cannot be reached: ${why}`);
  }
  // What else it says is of no interest, and not worth waiting for.
  response.body?.cancel().catch(() => {});
  if (!response.ok) throw new Error(`${url.host} answered ${response.status}`);
}

function urlCarrier({ url, method, end, fail }: UrlTo): BeatCarrier {
  return {
    beat: (beat, signal) => ask(url, method, beat, signal),
    last: end === undefined && fail === undefined ? undefined : async (beat, signal) => {
      const where = beat.state === "failed" ? fail : end;
      if (where !== undefined) await ask(where, method, beat, signal);
    },
  };
}

/** What a file is called until it is whole. */
export function unfinished(file: string): string {
  return `${file}.new`;
}

function fileCarrier(file: string): BeatCarrier {
  const write = async (beat: Beat, signal: AbortSignal): Promise<void> => {
    await Deno.writeTextFile(unfinished(file), JSON.stringify(beat) + "\n", { signal });
    // One that was given up must not take the place of a later one.
    signal.throwIfAborted();
    await Deno.rename(unfinished(file), file);
  };
  return { beat: write, last: write };
}

/** What brings the beats of a heartbeat. */
export function carrierOf({ to }: HeartbeatDefinition): BeatCarrier {
  return to.kind === "url" ? urlCarrier(to) : fileCarrier(to.file);
}
