/**
 * What happens in a run that is worth a report of its own.
 *
 * @module
 */

import { fieldsOf } from "../../session/fields.ts";
import type { EventRecord } from "../../session/store/types.ts";

/** Something that happened, for a report. */
export interface Occasion {
  /** What sort it is. */
  readonly kind: "failure" | "alarm";
  /** What happened, in a sentence. */
  readonly reason: string;
}

/** Reasons that one report names. */
const MOST_NAMED = 5;

/** What an event is an occasion for; undefined for most. */
export function occasionOf(event: EventRecord): Occasion | undefined {
  const { kind, level, source, message } = event;
  const whom = source === undefined ? "" : `${source}: `;
  if (kind === "alarm") {
    const { name, raised, change } = fieldsOf(event.data);
    // Without a change told, it is that it is raised.
    if (raised !== true || !(change === undefined || change === "raised" || change === "again")) {
      return undefined;
    }
    return { kind: "alarm", reason: `${String(source ?? name ?? "alarm")}: ${message}` };
  }
  const failed = kind === "task-failed" || kind === "task-abandoned" ||
    (kind === "failure" && level === "error");
  return failed ? { kind: "failure", reason: whom + message } : undefined;
}

/** Occasions that wait for a report, so that a failure of many things is one message. */
export class Occasions {
  #waiting: Occasion[] = [];
  #more = 0;
  #come = Promise.withResolvers<void>();

  /** Whether there is any. */
  get any(): boolean {
    return this.#waiting.length > 0;
  }

  /** Adds one. */
  add(occasion: Occasion): void {
    if (this.#waiting.some(({ reason }) => reason === occasion.reason)) return;
    if (this.#waiting.length < MOST_NAMED) this.#waiting.push(occasion);
    else this.#more++;
    this.#come.resolve();
  }

  /** Resolves when there is one; rejects with the signal's reason when it aborts. */
  async come(signal: AbortSignal): Promise<void> {
    const stopped = Promise.withResolvers<never>();
    const abort = (): void => stopped.reject(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    try {
      await Promise.race([this.#come.promise, stopped.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  /** All of them as one, the gravest of which says what it is; there are none afterwards. */
  take(): Occasion | undefined {
    const taken = this.#waiting;
    const more = this.#more;
    if (taken.length === 0) return undefined;
    this.#waiting = [];
    this.#more = 0;
    this.#come = Promise.withResolvers();
    const reasons = taken.map(({ reason }) => reason);
    if (more > 0) reasons.push(`and ${more} more`);
    return {
      kind: taken.some(({ kind }) => kind === "failure") ? "failure" : "alarm",
      reason: reasons.join("; "),
    };
  }
}
