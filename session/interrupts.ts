/**
 * Ctrl-C and its relatives, with what each repetition means.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

/** What the n-th interrupt asks for: finish the step, drop it, leave at once. */
export type Urgency = 1 | 2 | 3;

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * A terminal sends Ctrl-C to every process of the group, and wrappers such as `npx` and `deno task` send it on
 * a few milliseconds later: several signals for one stroke. What comes within this time of a stroke belongs
 * to it: a person is not quicker, while a program that sends signals means each of them. Milliseconds.
 */
const SAME_STROKE = { person: 150, program: 2 } as const;

/** Listens to the signals that end a program, until it is disposed. */
export class Interrupts implements Disposable {
  readonly #clock: Clock;
  readonly #act: (urgency: Urgency, signal: string) => void;
  readonly #listeners = new Map<Deno.Signal, () => void>();
  readonly #sameStroke: number;
  #count = 0;
  #last = -Infinity;

  /**
   * @param clock Tells strokes apart.
   * @param act Called at each stroke with its urgency; from the third on with 3.
   * @param typed Whether a person at a terminal sends them.
   */
  constructor(
    clock: Clock,
    act: (urgency: Urgency, signal: string) => void,
    typed: boolean = Deno.stdin.isTerminal(),
  ) {
    this.#sameStroke = typed ? SAME_STROKE.person : SAME_STROKE.program;
    this.#clock = clock;
    this.#act = act;
    for (const signal of SIGNALS) {
      const listener = (): void => this.strike(signal);
      Deno.addSignalListener(signal, listener);
      this.#listeners.set(signal, listener);
    }
  }

  /** What a signal does; apart so that it can be tried without one. */
  strike(signal: string): void {
    const now = this.#clock.monotonic();
    if (now - this.#last < this.#sameStroke) return;
    this.#last = now;
    this.#count++;
    this.#act(Math.min(this.#count, 3) as Urgency, signal);
  }

  /** Stops listening: the signals have their usual effect again. */
  [Symbol.dispose](): void {
    for (const [signal, listener] of this.#listeners) Deno.removeSignalListener(signal, listener);
    this.#listeners.clear();
  }
}
