/**
 * Things that all ports of a program share: there from the first to the last.
 *
 * @module
 */

import { Poller, type Readiness } from "./poller.ts";

/** A library and the wait that is built on it. */
export interface Platform<C> {
  /** The library's functions. */
  readonly calls: C;
  /** How the system waits. */
  readonly readiness: Readiness;
  /** Unloads the library. */
  unload(): void;
}

/** One port's share. */
export interface Share<C> {
  /** The library's functions. */
  readonly calls: C;
  /** The wait for all ports. */
  readonly poller: Poller;
  /** Gives it back; what is shared ends with the last. A second call does nothing. */
  give(): Promise<void>;
  /** As {@linkcode Share.give}, for who never waited: if this was the only one, nothing waits at all. */
  giveNow(): void;
}

/** Loads a platform for the first port, and unloads it after the last. */
export class SharedPlatform<C> {
  readonly #load: (what: string) => Platform<C>;
  #current: { platform: Platform<C>; poller: Poller; users: number } | undefined;

  /** @param load Loads it; `what` is what it is for, to be read after "Cannot". */
  constructor(load: (what: string) => Platform<C>) {
    this.#load = load;
  }

  /**
   * A share for a port.
   *
   * @param what What it is for, to be read after "Cannot".
   */
  take(what: string): Share<C> {
    let current = this.#current;
    if (current === undefined) {
      const platform = this.#load(what);
      current = { platform, poller: new Poller(platform.readiness), users: 0 };
      this.#current = current;
    }
    const { platform, poller } = current;
    current.users++;
    let given: Promise<void> | undefined;
    const isLast = (): boolean => {
      if (--current.users > 0) return false;
      // Whoever comes now loads it anew: this one is on its way out.
      this.#current = undefined;
      return true;
    };
    const give = async (): Promise<void> => {
      if (!isLast()) return;
      await poller.close();
      platform.unload();
    };
    return {
      calls: platform.calls,
      poller,
      give: () => given ??= give(),
      giveNow: () => {
        if (given !== undefined) return;
        given = Promise.resolve();
        if (!isLast()) return;
        platform.readiness.close();
        platform.unload();
      },
    };
  }
}
