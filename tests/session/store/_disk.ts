/**
 * What tests of the store share.
 *
 * @module
 */

import { setTimeout as delay } from "node:timers/promises";
import { openStore, type StoreTuning } from "../../../session/store/file_store.ts";
import type { Store, StoreOptions } from "../../../session/store/store.ts";
import type { StoreTrouble } from "../../../session/store/types.ts";

/** A small disk of its own that is gone at the end of the block. */
export class SmallDisk implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync());

  /** @param kibibytes Its size. */
  constructor(kibibytes: number) {
    run("mount", "-t", "tmpfs", "-o", `size=${kibibytes}k`, "none", this.path);
  }

  /** Uses up what is free, but for some bytes. */
  fill(free = 0): void {
    using file = Deno.openSync(`${this.path}/ballast`, { create: true, append: true });
    const block = new Uint8Array(4096);
    try {
      for (;;) file.writeSync(block);
    } catch {
      // It is full.
    }
    if (free > 0) file.truncateSync(Math.max(0, file.statSync().size - free));
  }

  /** Frees what {@linkcode fill} used. */
  drain(): void {
    Deno.removeSync(`${this.path}/ballast`);
  }

  /** Makes it read-only. */
  protect(): void {
    run("mount", "-o", "remount,ro", this.path);
  }

  [Symbol.dispose](): void {
    run("umount", "-l", this.path);
    Deno.removeSync(this.path);
  }
}

function run(command: string, ...args: string[]): void {
  const { success, stderr } = new Deno.Command(command, { args }).outputSync();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
}

let mountable: boolean | undefined;

/** Whether a disk can be mounted; if not, tests that need one are reported as ignored. */
export function needsSmallDisk(): { ignore: boolean } {
  if (mountable === undefined) {
    try {
      new SmallDisk(64)[Symbol.dispose]();
      mountable = true;
    } catch (error) {
      mountable = false;
      // deno-lint-ignore no-console -- the reason belongs beside the word "ignored"
      console.warn(`Tests that need a small disk are ignored: ${(error as Error).message.trim()}`);
    }
  }
  return { ignore: !mountable };
}

/** A store and everything it complained of. */
export function watchedStore(
  path: string,
  options: StoreOptions = {},
  tuning: StoreTuning = {},
): { store: Store; troubles: StoreTrouble[]; kinds: () => string[] } {
  const troubles: StoreTrouble[] = [];
  const store = openStore(
    path,
    { ...options, onTrouble: (one) => void troubles.push(one) },
    tuning,
  );
  return { store, troubles, kinds: () => troubles.map(({ kind }) => kind) };
}

/** Waits until something is so; for a test of what another thread or process does. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const end = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`It never happened: ${what}`);
    await delay(5);
  }
}

/** The bits of numbers, which tell NaN, 0 and −0 apart. */
export function bits(values: Iterable<number>): bigint[] {
  return [...new BigUint64Array(Float64Array.from(values).buffer)];
}
