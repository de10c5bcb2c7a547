/**
 * macOS's wait for many files at once. `poll` is not reliable on its terminals.
 *
 * @module
 */

import type { Interest, Readiness, Ready } from "../poller.ts";
import type { Direction } from "../system.ts";
import type { SystemSymbols } from "./library.ts";

const KEVENT_SIZE = 32;
const MOST_EVENTS = 64;
const FILTER: Readonly<Record<Direction, number>> = { read: -1, write: -2 };
const FILTER_USER = -10;
const BELL = 0;
const FLAG = { add: 1, remove: 2, once: 0x10, clear: 0x20 } as const;
const TRIGGER = 0x01000000;

/** A `struct kevent`. */
export function packKevent(
  ident: number,
  filter: number,
  flags: number,
  filterFlags = 0,
): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(KEVENT_SIZE);
  const fields = new DataView(bytes.buffer);
  fields.setBigUint64(0, BigInt(ident), true);
  fields.setInt16(8, filter, true);
  fields.setUint16(10, flags, true);
  fields.setUint32(12, filterFlags, true);
  return bytes;
}

/** The sources in an array of structures; the bell is none. */
export function unpackKevents(bytes: Uint8Array, count: number): Ready[] {
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const ready: Ready[] = [];
  for (let at = 0; at < count * KEVENT_SIZE; at += KEVENT_SIZE) {
    const filter = fields.getInt16(at + 8, true);
    if (filter === FILTER_USER) continue;
    ready.push({
      source: Number(fields.getBigUint64(at, true)),
      directions: [filter === FILTER.write ? "write" : "read"],
    });
  }
  return ready;
}

/** Waits with `kqueue`; what is armed while it waits counts at once. */
export class Kqueue implements Readiness {
  readonly #c: SystemSymbols;
  readonly #fd: number;
  readonly #events = new Uint8Array(MOST_EVENTS * KEVENT_SIZE);

  /** @param symbols The system's library. */
  constructor(symbols: SystemSymbols) {
    this.#c = symbols;
    this.#fd = symbols.kqueue();
    if (this.#fd < 0) {
      throw new Error(
        "Cannot wait for serial ports, as the system gives no more file descriptors. " +
          "Look for files that are left open.",
      );
    }
    this.#change(packKevent(BELL, FILTER_USER, FLAG.add | FLAG.clear));
  }

  add(_source: number): void {}

  arm(source: number, directions: readonly Interest[]): void {
    for (const direction of ["read", "write"] as const) {
      const flags = directions.includes(direction) ? FLAG.add | FLAG.once : FLAG.remove;
      // Removing what is not there fails, which is as good.
      this.#change(packKevent(source, FILTER[direction], flags));
    }
  }

  remove(source: number): void {
    this.arm(source, []);
  }

  async wait(): Promise<readonly Ready[]> {
    const count = await this.#c.keventWait(this.#fd, null, 0, this.#events, MOST_EVENTS, null);
    // The only failure of a wait on a good descriptor is that a signal cut it short.
    return unpackKevents(this.#events, Math.max(0, count));
  }

  wake(): void {
    this.#change(packKevent(BELL, FILTER_USER, 0, TRIGGER));
  }

  close(): void {
    this.#c.close(this.#fd);
  }

  #change(kevent: Uint8Array<ArrayBuffer>): void {
    this.#c.kevent(this.#fd, kevent, 1, null, 0, null);
  }
}
