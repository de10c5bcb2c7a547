/**
 * Windows' wait for many events at once.
 *
 * @module
 */

import type { Readiness, Ready } from "../poller.ts";
import type { Direction } from "../system.ts";
import type { Kernel32 } from "./kernel32.ts";

/** Windows waits for 64 at most; one is the bell. */
const MOST_AT_ONCE = 63;
const FOREVER = 0xffffffff;
/** How long each of several groups is waited for in turn, in milliseconds. */
const TURN = 10;
const SIGNALLED = 0;

/** The events of a port. */
export type PortEvents = Readonly<Record<Direction, bigint>>;

/** Waits for the events of ports. What is armed while it waits has it begin anew. */
export class Events implements Readiness {
  readonly #k: Kernel32;
  readonly #bell: bigint;
  readonly #ports = new Map<number, PortEvents>();
  readonly #armed = new Map<bigint, { readonly source: number; readonly direction: Direction }>();
  readonly #retired: bigint[] = [];
  #next = 1;
  #group = 0;
  #waits = false;

  /** @param kernel32 The library. */
  constructor(kernel32: Kernel32) {
    this.#k = kernel32;
    this.#bell = kernel32.CreateEventW(0n, 0, 0, 0n);
  }

  /** A number for a new port, to be added with, and its events. */
  register(): { readonly source: number; readonly events: PortEvents } {
    const source = this.#next++;
    const events = {
      read: this.#k.CreateEventW(0n, 1, 0, 0n),
      write: this.#k.CreateEventW(0n, 1, 0, 0n),
    };
    this.#ports.set(source, events);
    return { source, events };
  }

  add(_source: number): void {}

  arm(source: number, directions: readonly Direction[]): void {
    const events = this.#ports.get(source);
    if (events === undefined) return;
    for (const direction of ["read", "write"] as const) {
      const event = events[direction];
      if (!directions.includes(direction)) this.#armed.delete(event);
      else if (!this.#armed.has(event)) {
        this.#armed.set(event, { source, direction });
        if (this.#waits) this.wake();
      }
    }
  }

  remove(source: number): void {
    const events = this.#ports.get(source);
    if (events === undefined) return;
    this.arm(source, []);
    this.#ports.delete(source);
    // What is waited for must not be closed meanwhile.
    this.#retired.push(events.read, events.write);
    if (this.#waits) this.wake();
    else this.#closeRetired();
  }

  async wait(): Promise<readonly Ready[]> {
    const all = [...this.#armed.keys()];
    const groups = Math.max(1, Math.ceil(all.length / MOST_AT_ONCE));
    this.#group = (this.#group + 1) % groups;
    const start = this.#group * MOST_AT_ONCE;
    const handles = new BigUint64Array([this.#bell, ...all.slice(start, start + MOST_AT_ONCE)]);
    this.#waits = true;
    await this.#k.WaitForMultipleObjects(handles.length, handles, 0, groups > 1 ? TURN : FOREVER);
    this.#waits = false;
    const ready: Ready[] = [];
    for (const event of all) {
      const armed = this.#armed.get(event);
      if (armed === undefined || this.#k.WaitForSingleObject(event, 0) !== SIGNALLED) continue;
      this.#armed.delete(event);
      ready.push({ source: armed.source, directions: [armed.direction] });
    }
    this.#closeRetired();
    return ready;
  }

  wake(): void {
    this.#k.SetEvent(this.#bell);
  }

  close(): void {
    this.#closeRetired();
    this.#k.CloseHandle(this.#bell);
  }

  #closeRetired(): void {
    for (const event of this.#retired.splice(0)) this.#k.CloseHandle(event);
  }
}
