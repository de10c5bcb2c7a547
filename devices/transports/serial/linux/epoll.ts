/**
 * Linux's wait for many files at once.
 *
 * @module
 */

import type { Interest, Readiness, Ready } from "../poller.ts";
import type { LibcSymbols } from "./libc.ts";

const CLOSE_ON_EXEC = 0x80000;
const NON_BLOCKING = 0x800;
const CTL = { add: 1, remove: 2, change: 3 } as const;
const ONCE = 0x40000000;
/** Events that are collected by one call; the rest is there for the next. */
const MOST_EVENTS = 64;

/** Bits of `struct epoll_event`. */
export const EVENT = { IN: 1, PRI: 2, OUT: 4, ERR: 8, HUP: 0x10 } as const;

/** Where `struct epoll_event` has its data: it is packed on x64 only. */
export function epollLayout(arch: string): { readonly size: number; readonly data: number } {
  return arch === "x86_64" ? { size: 12, data: 4 } : { size: 16, data: 8 };
}

/** An event structure. */
export function packEvent(arch: string, events: number, fd: number): Uint8Array<ArrayBuffer> {
  const { size, data } = epollLayout(arch);
  const bytes = new Uint8Array(size);
  const fields = new DataView(bytes.buffer);
  fields.setUint32(0, events, true);
  fields.setInt32(data, fd, true);
  return bytes;
}

/** The events in an array of structures. A file that hung up or failed is ready in all directions. */
export function unpackEvents(arch: string, bytes: Uint8Array, count: number): Ready[] {
  const { size, data } = epollLayout(arch);
  const fields = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: count }, (_, index) => {
    const events = fields.getUint32(index * size, true);
    const gone = (events & (EVENT.ERR | EVENT.HUP)) !== 0;
    const directions: Interest[] = [];
    if (gone || events & EVENT.IN) directions.push("read");
    if (gone || events & EVENT.OUT) directions.push("write");
    if (gone || events & EVENT.PRI) directions.push("priority");
    return { source: fields.getInt32(index * size + data, true), directions };
  });
}

/** Waits with `epoll`; what is armed while it waits counts at once. */
export class Epoll implements Readiness {
  readonly #c: LibcSymbols;
  readonly #arch: string;
  readonly #fd: number;
  readonly #bell: number;
  readonly #events: Uint8Array<ArrayBuffer>;
  readonly #count = new Uint8Array(8);

  /**
   * @param symbols The C library.
   * @param arch As `Deno.build.arch`.
   */
  constructor(symbols: LibcSymbols, arch: string) {
    this.#c = symbols;
    this.#arch = arch;
    this.#events = new Uint8Array(MOST_EVENTS * epollLayout(arch).size);
    this.#fd = symbols.epoll_create1(CLOSE_ON_EXEC);
    this.#bell = symbols.eventfd(0, NON_BLOCKING | CLOSE_ON_EXEC);
    if (this.#fd < 0 || this.#bell < 0) {
      this.close();
      throw new Error(
        "Cannot wait for instruments, as the system gives no more file descriptors. " +
          "Look for files that are left open.",
      );
    }
    this.#control(CTL.add, this.#bell, EVENT.IN);
  }

  add(source: number): void {
    this.#control(CTL.add, source, ONCE);
  }

  arm(source: number, directions: readonly Interest[]): void {
    let events = ONCE;
    if (directions.includes("read")) events |= EVENT.IN;
    if (directions.includes("write")) events |= EVENT.OUT;
    if (directions.includes("priority")) events |= EVENT.PRI;
    this.#control(CTL.change, source, events);
  }

  remove(source: number): void {
    this.#control(CTL.remove, source, 0);
  }

  async wait(): Promise<readonly Ready[]> {
    const count = await this.#c.epoll_wait(this.#fd, this.#events, MOST_EVENTS, -1);
    // The only failure of a wait on a good descriptor is that a signal cut it short.
    const ready = unpackEvents(this.#arch, this.#events, Math.max(0, count));
    if (ready.some(({ source }) => source === this.#bell)) {
      this.#c.read(this.#bell, this.#count, 8n);
    }
    return ready.filter(({ source }) => source !== this.#bell);
  }

  wake(): void {
    this.#c.write(this.#bell, new Uint8Array([1, 0, 0, 0, 0, 0, 0, 0]), 8n);
  }

  close(): void {
    if (this.#bell >= 0) this.#c.close(this.#bell);
    if (this.#fd >= 0) this.#c.close(this.#fd);
  }

  #control(operation: number, fd: number, events: number): void {
    this.#c.epoll_ctl(this.#fd, operation, fd, packEvent(this.#arch, events, fd));
  }
}
