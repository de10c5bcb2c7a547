/**
 * One wait for all ports of a program: Deno has few threads for calls that wait, and shares them with
 * files and name look-ups.
 *
 * @module
 */

import { nextTurn } from "../../../time/turn.ts";
import type { Direction } from "./system.ts";

/** What may be waited for: beside the directions, what a device has to say out of turn. */
export type Interest = Direction | "priority";

/** Something that is worth another try. */
export interface Ready {
  /** What was added. */
  readonly source: number;
  /** In which directions; a source that is gone is ready in all. */
  readonly directions: readonly Interest[];
}

/** How a system waits for several sources at once. All but `wait` returns at once. */
export interface Readiness {
  /** Takes a source in; it is silent until armed. */
  add(source: number): void;
  /** Has the source end the wait, once, in these directions and no others, also a wait under way. */
  arm(source: number, directions: readonly Interest[]): void;
  /** Leaves a source out. */
  remove(source: number): void;
  /** Waits until something is ready. Nothing is, if it was woken. */
  wait(): Promise<readonly Ready[]>;
  /** Ends the wait that is under way, or the next. */
  wake(): void;
  /** Gives everything back; nothing waits then. */
  close(): void;
}

interface Wait {
  readonly direction: Interest;
  readonly callback: () => void;
}

/** Calls back when sources are ready. A thread waits only while somebody does. */
export class Poller {
  readonly #readiness: Readiness;
  readonly #waits = new Map<number, Set<Wait>>();
  #count = 0;
  #flight: Promise<void> | undefined;

  /** @param readiness The system's; the poller closes it. */
  constructor(readiness: Readiness) {
    this.#readiness = readiness;
  }

  /** Sources that are taken in. */
  get size(): number {
    return this.#waits.size;
  }

  /** Takes a source in. */
  add(source: number): void {
    this.#readiness.add(source);
    this.#waits.set(source, new Set());
  }

  /**
   * Calls back once when a source is ready.
   *
   * @returns Takes that back; afterwards it does nothing.
   */
  when(source: number, direction: Interest, callback: () => void): () => void {
    const waits = this.#waits.get(source);
    if (waits === undefined) throw new TypeError(`Cannot wait for a source not added: ${source}`);
    const wait: Wait = { direction, callback };
    waits.add(wait);
    this.#count++;
    this.#arm(source, waits);
    this.#flight ??= this.#run();
    return () => {
      if (!waits.delete(wait)) return;
      this.#count--;
      if (this.#waits.get(source) === waits) this.#arm(source, waits);
      if (this.#count === 0) this.#wakeSoon();
    };
  }

  /**
   * Ends the wait if nobody waits any more. Whoever gave up hears of it first: the thread that is woken may
   * take the processor from it. Mostly somebody waits again by then.
   */
  async #wakeSoon(): Promise<void> {
    await nextTurn();
    if (this.#count === 0 && this.#flight !== undefined) this.#readiness.wake();
  }

  /** Leaves a source out; whoever waits for it is not called. */
  remove(source: number): void {
    const waits = this.#waits.get(source);
    if (waits === undefined) return;
    this.#waits.delete(source);
    this.#count -= waits.size;
    waits.clear();
    this.#readiness.remove(source);
    if (this.#count === 0) this.#readiness.wake();
  }

  /** Ends the wait and gives everything back. */
  async close(): Promise<void> {
    for (const source of [...this.#waits.keys()]) this.remove(source);
    await this.#flight;
    this.#readiness.close();
  }

  #arm(source: number, waits: ReadonlySet<Wait>): void {
    this.#readiness.arm(source, [...new Set([...waits].map(({ direction }) => direction))]);
  }

  async #run(): Promise<void> {
    while (this.#count > 0) {
      for (const { source, directions } of await this.#readiness.wait()) {
        const waits = this.#waits.get(source);
        if (waits === undefined) continue;
        const due = [...waits].filter(({ direction }) => directions.includes(direction));
        for (const wait of due) {
          waits.delete(wait);
          this.#count--;
        }
        if (waits.size > 0) this.#arm(source, waits);
        for (const wait of due) wait.callback();
      }
    }
    this.#flight = undefined;
  }
}
