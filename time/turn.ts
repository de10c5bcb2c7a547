/**
 * Lets others go first.
 *
 * @module
 */

import { setImmediate } from "node:timers";

/** Resolves when whatever waits already has had its turn: long work between two of these blocks nobody. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
