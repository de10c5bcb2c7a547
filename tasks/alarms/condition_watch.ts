/**
 * Whether a condition holds, from one moment to the next.
 *
 * @module
 */

import type { Condition } from "./definition.ts";

/** Whether a condition trips an alarm, lets it clear, or leaves it as it is. */
export type Verdict = "trips" | "clears" | "neither";

/** Last values by name. */
export type Latest = Readonly<Record<string, number>>;

/** A condition while it is being watched. */
export interface ConditionWatch {
  /** Takes note of an entry. */
  seen(values: Latest, now: number): void;
  /**
   * Looks whether the condition holds.
   *
   * @throws What its function throws, or a TypeError if that gives no boolean.
   */
  look(now: number): Verdict;
  /** When it may trip though nothing is recorded, monotonic milliseconds. */
  readonly due: number;
  /** The values that the last look was at, by name. */
  readonly values: Latest;
}

/** A limit: NaN is neither beyond it nor back from it. */
class LimitWatch implements ConditionWatch {
  readonly due = Infinity;
  readonly #condition: Condition & { readonly kind: "limit" };
  readonly #latest: Latest;

  constructor(condition: Condition & { readonly kind: "limit" }, latest: Latest) {
    this.#condition = condition;
    this.#latest = latest;
  }

  seen(): void {}

  get #value(): number {
    return this.#latest[this.#condition.variable] ?? NaN;
  }

  get values(): Latest {
    return { [this.#condition.variable]: this.#value };
  }

  look(): Verdict {
    const { above, below, hysteresis } = this.#condition;
    const value = this.#value;
    if (value > above || value < below) return "trips";
    return value <= above - hysteresis && value >= below + hysteresis ? "clears" : "neither";
  }
}

/** That nothing is recorded of a variable. */
class StaleWatch implements ConditionWatch {
  readonly #condition: Condition & { readonly kind: "stale" };
  readonly #latest: Latest;
  #last: number;

  constructor(condition: Condition & { readonly kind: "stale" }, latest: Latest, now: number) {
    this.#condition = condition;
    this.#latest = latest;
    this.#last = now;
  }

  seen(values: Latest, now: number): void {
    if (Object.hasOwn(values, this.#condition.variable)) this.#last = now;
  }

  get due(): number {
    return this.#last + this.#condition.after;
  }

  get values(): Latest {
    const value = this.#latest[this.#condition.variable];
    return value === undefined ? {} : { [this.#condition.variable]: value };
  }

  look(now: number): Verdict {
    return now >= this.due ? "trips" : "clears";
  }
}

/** A function of the last values. */
class FunctionWatch implements ConditionWatch {
  readonly due = Infinity;
  readonly #test: (values: Latest) => unknown;
  readonly #asked = new Map<string, number>();
  readonly #latest: Latest;

  constructor(test: (values: Latest) => unknown, latest: Latest) {
    this.#test = test;
    this.#latest = new Proxy(latest, {
      get: (values, key) => {
        if (typeof key !== "string") return undefined;
        const value = values[key] ?? NaN;
        this.#asked.set(key, value);
        return value;
      },
    });
  }

  seen(): void {}

  get values(): Latest {
    return Object.fromEntries(this.#asked);
  }

  look(): Verdict {
    this.#asked.clear();
    const holds = this.#test(this.#latest);
    if (typeof holds !== "boolean") {
      throw new TypeError(
        `Cannot tell whether the alarm's condition holds, as it must give true or false: ${
          holds instanceof Promise ? "a promise" : String(holds)
        }`,
      );
    }
    if (holds) return "trips";
    // What is not known is no reason to believe that all is well again.
    for (const value of this.#asked.values()) if (Number.isNaN(value)) return "neither";
    return "clears";
  }
}

/** A condition with one of its own for clearing. */
class PairWatch implements ConditionWatch {
  readonly #trips: ConditionWatch;
  readonly #clears: ConditionWatch;

  constructor(trips: ConditionWatch, clears: ConditionWatch) {
    this.#trips = trips;
    this.#clears = clears;
  }

  seen(values: Latest, now: number): void {
    this.#trips.seen(values, now);
    this.#clears.seen(values, now);
  }

  get due(): number {
    return Math.min(this.#trips.due, this.#clears.due);
  }

  get values(): Latest {
    return { ...this.#clears.values, ...this.#trips.values };
  }

  look(now: number): Verdict {
    if (this.#trips.look(now) === "trips") return "trips";
    return this.#clears.look(now) === "trips" ? "clears" : "neither";
  }
}

function watchOne(condition: Condition, latest: Latest, now: number): ConditionWatch {
  switch (condition.kind) {
    case "limit":
      return new LimitWatch(condition, latest);
    case "stale":
      return new StaleWatch(condition, latest, now);
    case "function":
      return new FunctionWatch(condition.test, latest);
  }
}

/**
 * Watches a condition.
 *
 * @param condition What trips the alarm.
 * @param clear What clears it; that the condition does not hold, if absent.
 * @param latest The last values, as they change.
 * @param now When the watch begins, monotonic milliseconds.
 */
export function watchCondition(
  condition: Condition,
  clear: Condition | undefined,
  latest: Latest,
  now: number,
): ConditionWatch {
  const trips = watchOne(condition, latest, now);
  return clear === undefined ? trips : new PairWatch(trips, watchOne(clear, latest, now));
}
