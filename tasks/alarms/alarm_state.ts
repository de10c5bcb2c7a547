/**
 * Whether an alarm is raised: time and verdicts go in, changes come out.
 *
 * @module
 */

import type { Verdict } from "./condition_watch.ts";
import type { AlarmDefinition } from "./definition.ts";

/** What became of an alarm. `"again"`: it is still raised, and is told anew. */
export type AlarmChange = "raised" | "cleared" | "again";

/** The part of a definition that the state depends on. */
export type AlarmTiming = Pick<AlarmDefinition, "hold" | "latched" | "renotify">;

/** An alarm's state. Times are monotonic milliseconds. */
export class AlarmState {
  readonly #timing: AlarmTiming;
  #raised = false;
  #since: number;
  #holdsSince = NaN;
  #toldAt = NaN;
  #over = false;
  #acknowledgedBy: string | undefined;

  /** Not raised, since `now`. */
  constructor(timing: AlarmTiming, now: number) {
    this.#timing = timing;
    this.#since = now;
  }

  /** Whether it is raised. */
  get raised(): boolean {
    return this.#raised;
  }

  /** Since when it is as it is. */
  get since(): number {
    return this.#since;
  }

  /** Who has seen it, while it is raised. */
  get acknowledgedBy(): string | undefined {
    return this.#acknowledgedBy;
  }

  /** When something changes though the verdict does not. */
  get due(): number {
    if (!this.#raised) {
      return Number.isNaN(this.#holdsSince) ? Infinity : this.#holdsSince + this.#timing.hold;
    }
    return this.#acknowledgedBy === undefined ? this.#toldAt + this.#timing.renotify : Infinity;
  }

  /** Takes a verdict; what became of the alarm, if anything did. */
  judge(verdict: Verdict, now: number): AlarmChange | undefined {
    if (!this.#raised) {
      if (verdict !== "trips") {
        this.#holdsSince = NaN;
        return undefined;
      }
      if (Number.isNaN(this.#holdsSince)) this.#holdsSince = now;
      if (now < this.due) return undefined;
      this.#turn(true, now);
      return "raised";
    }
    if (verdict !== "neither") this.#over = verdict === "clears";
    if (this.#over && (!this.#timing.latched || this.#acknowledgedBy !== undefined)) {
      this.#turn(false, now);
      return "cleared";
    }
    if (now < this.due) return undefined;
    this.#toldAt = now;
    return "again";
  }

  /**
   * Somebody has seen it.
   *
   * @returns False if somebody had before.
   */
  acknowledge(who: string): boolean {
    if (this.#acknowledgedBy !== undefined) return false;
    this.#acknowledgedBy = who;
    return true;
  }

  #turn(raised: boolean, now: number): void {
    this.#raised = raised;
    this.#since = now;
    this.#toldAt = now;
    this.#holdsSince = NaN;
    this.#over = false;
    this.#acknowledgedBy = undefined;
  }
}
