/**
 * What a channel must have.
 *
 * @module
 */

import type { Channel } from "./types.ts";

/** A name as an error message shows it. */
export function quote(name: unknown): string {
  return JSON.stringify(name) ?? "undefined";
}

/** Refuses what is no channel: the caller may not have had a compiler. */
export function checkChannel(channel: Channel): void {
  const { name, kind, send } = (channel ?? {}) as Partial<Channel>;
  if (
    typeof name === "string" && name !== "" && typeof kind === "string" &&
    typeof send === "function"
  ) {
    return;
  }
  throw new TypeError(
    "Cannot add a channel, as it must have a name, a kind and a function send. " +
      "mail(), webhook() and command() make channels.",
  );
}
