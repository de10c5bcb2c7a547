/**
 * Who holds an instrument's lock (IVI-6.1, section 6.5).
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { LockResult } from "./messages.ts";

interface Waiting {
  readonly who: object;
  readonly key: string;
  readonly granted: (result: number) => void;
}

/** The exclusive lock of an instrument and its shared one. Who holds the shared one may have both. */
export class Locks {
  #exclusive: object | undefined;
  #key = "";
  readonly #shared = new Set<object>();
  #waiting: Waiting[] = [];
  #blocked: { readonly who: object; readonly admitted: () => void }[] = [];

  /** Whether somebody holds the exclusive lock. */
  get exclusive(): boolean {
    return this.#exclusive !== undefined;
  }

  /** How many hold a lock. */
  get holders(): number {
    const both = this.#exclusive !== undefined && !this.#shared.has(this.#exclusive);
    return this.#shared.size + (both ? 1 : 0);
  }

  /**
   * Asks for a lock.
   *
   * @param key Empty for the exclusive lock.
   * @param timeout Milliseconds to wait for it.
   * @returns A {@linkcode LockResult}.
   */
  async request(who: object, key: string, timeout: number, clock: Clock): Promise<number> {
    if (key === "" ? this.#exclusive === who : this.#shared.has(who)) return LockResult.Error;
    if (this.#grant(who, key)) return LockResult.Success;
    if (timeout === 0) return LockResult.Failure;
    const { promise, resolve } = Promise.withResolvers<number>();
    const waiting: Waiting = { who, key, granted: resolve };
    this.#waiting.push(waiting);
    const timer = new AbortController();
    clock.sleepUntil(clock.monotonic() + timeout, timer.signal).then(() => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      resolve(LockResult.Failure);
    }, () => {});
    const result = await promise;
    timer.abort();
    return result;
  }

  /** Gives the exclusive lock back, or else the shared one. */
  release(who: object): number {
    let result: number = LockResult.Error;
    if (this.#exclusive === who) {
      this.#exclusive = undefined;
      result = LockResult.Success;
    } else if (this.#shared.delete(who)) result = LockResult.SharedReleased;
    this.#next();
    return result;
  }

  /** Forgets somebody who has gone. */
  forget(who: object): void {
    for (const waiting of this.#waiting) {
      if (waiting.who === who) waiting.granted(LockResult.Failure);
    }
    this.#waiting = this.#waiting.filter((waiting) => waiting.who !== who);
    for (const blocked of this.#blocked) if (blocked.who === who) blocked.admitted();
    this.#blocked = this.#blocked.filter((blocked) => blocked.who !== who);
    this.#shared.delete(who);
    if (this.#exclusive === who) this.#exclusive = undefined;
    this.#next();
  }

  /** Waits until nobody else's lock keeps `who` from the instrument. */
  admission(who: object): Promise<void> | undefined {
    if (this.#admits(who)) return undefined;
    return new Promise((resolve) => this.#blocked.push({ who, admitted: resolve }));
  }

  #admits(who: object): boolean {
    if (this.#exclusive !== undefined) return this.#exclusive === who;
    return this.#shared.size === 0 || this.#shared.has(who);
  }

  #grant(who: object, key: string): boolean {
    if (this.#exclusive !== undefined && this.#exclusive !== who) return false;
    if (key === "") {
      if (this.#shared.size > 0 && !this.#shared.has(who)) return false;
      this.#exclusive = who;
      return true;
    }
    if (this.#shared.size > 0 && this.#key !== key) return false;
    this.#key = key;
    this.#shared.add(who);
    return true;
  }

  #next(): void {
    this.#waiting = this.#waiting.filter(({ who, key, granted }) => {
      if (!this.#grant(who, key)) return true;
      granted(LockResult.Success);
      return false;
    });
    this.#blocked = this.#blocked.filter(({ who, admitted }) => {
      if (!this.#admits(who)) return true;
      admitted();
      return false;
    });
  }
}
