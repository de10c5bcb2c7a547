/**
 * What is left of the time once a person is in a hurry.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";

/** How long is left then, in milliseconds. */
const IN_A_HURRY = 2_000;

/** A signal that aborts a little after `pressed` does, until it is disposed. */
export function hurried(
  clock: Clock,
  pressed: AbortSignal,
): Disposable & { readonly signal: AbortSignal } {
  const hurry = new AbortController();
  const over = new AbortController();
  const press = (): void => {
    clock.sleepUntil(clock.monotonic() + IN_A_HURRY, over.signal).then(
      () => hurry.abort(),
      () => {},
    );
  };
  if (pressed.aborted) press();
  else pressed.addEventListener("abort", press, { once: true, signal: over.signal });
  return { signal: hurry.signal, [Symbol.dispose]: () => over.abort() };
}
