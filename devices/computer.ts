/**
 * This machine as an instrument: real values without any hardware.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import type { DeviceContext, DeviceDefinition, DeviceEvent } from "./device.ts";
import { isGranted, libraryPaths, openKernelFiles } from "./computer/kernel_files.ts";
import { Rate } from "./computer/rate.ts";
import { simulatedSource, type Source, SYS, systemSource } from "./computer/source.ts";

/** What {@linkcode computer} can be told. */
export interface ComputerOptions {
  /**
   * Ask for the permission that temperature, network and disk need on Linux: `--allow-ffi` for the C library's
   * file, by which the kernel's files are read. @default false
   */
  readonly counters?: boolean;
  /** Network interfaces to count, by name. @default all but the loopback */
  readonly interfaces?: readonly string[];
  /** Absolute path of the C library, on a Linux that keeps it in a place of its own. */
  readonly libc?: string;
}

/** Mean number of runnable processes. */
export type ComputerLoad = {
  /** Over one minute. */
  load1: number;
  /** Over five minutes. */
  load5: number;
  /** Over fifteen minutes. */
  load15: number;
};

/** Memory, in bytes. */
export type ComputerMemory = {
  /** Not available to programs. */
  memoryUsed: number;
  /** Available to programs without swapping. */
  memoryFree: number;
  /** Swapped out. */
  swapUsed: number;
};

/** Network traffic. */
export type ComputerNetwork = {
  /** Bytes received since boot. */
  networkReceived: number;
  /** Bytes sent since boot. */
  networkSent: number;
  /** Bytes received per second, since the last call. */
  networkReceiveRate: number;
  /** Bytes sent per second, since the last call. */
  networkSendRate: number;
};

/** Disk traffic. */
export type ComputerDisk = {
  /** Bytes read since boot. */
  diskRead: number;
  /** Bytes written since boot. */
  diskWritten: number;
  /** Bytes read per second, since the last call. */
  diskReadRate: number;
  /** Bytes written per second, since the last call. */
  diskWriteRate: number;
};

/** All that the machine tells, to be returned by a task; what isn't available is left out. */
export type ComputerReading = Partial<
  & ComputerLoad
  & ComputerMemory
  & ComputerNetwork
  & ComputerDisk
  & {
    /** Fraction of the processors' time that was busy, 0 to 1. */
    cpu: number;
    /** Temperature, °C. */
    temperature: number;
    /** Seconds since boot. */
    uptime: number;
  }
>;

/**
 * An open {@linkcode computer}. What isn't available is NaN.
 *
 * A figure "since the last call" is that since the last call of the same method, where `read()` counts as a
 * call of each; the first one counts from the opening. It is NaN if no time has passed, and
 * if a counter went back, as it does when an interface is taken away.
 */
export interface Computer extends Disposable {
  /** Mean number of runnable processes. Not on Windows. */
  load(): ComputerLoad;
  /** Memory, in bytes. */
  memory(): ComputerMemory;
  /**
   * Fraction of the processors' time that was busy since the last call, 0 to 1. The system counts in
   * steps of 10 ms: ask once a second or less.
   */
  cpu(): number;
  /** Temperature of the processor, or of the first sensor if none is the processor's, °C. Linux only. */
  temperature(): number;
  /** Network traffic, in bytes and bytes per second. Bridges and tunnels count theirs again. Linux only. */
  network(): ComputerNetwork;
  /** Traffic of whole disks, in bytes and bytes per second. Linux only. */
  disk(): ComputerDisk;
  /** Seconds since boot. */
  uptime(): number;
  /** Everything that is available, flat. */
  read(): ComputerReading;
  /** Closes what was opened to read the figures. */
  [Symbol.dispose](): void;
}

class OpenComputer implements Computer {
  readonly #source: Source;
  readonly #clock: Clock;
  readonly #cpu: Rate;
  readonly #received: Rate;
  readonly #sent: Rate;
  readonly #read: Rate;
  readonly #written: Rate;
  #closed = false;

  constructor(source: Source, clock: Clock) {
    this.#source = source;
    this.#clock = clock;
    const { busy, total } = source.processors();
    const { received, sent } = source.network();
    const { read, written } = source.disk();
    const now = this.#seconds;
    this.#cpu = new Rate(busy, total);
    this.#received = new Rate(received, now);
    this.#sent = new Rate(sent, now);
    this.#read = new Rate(read, now);
    this.#written = new Rate(written, now);
  }

  get #seconds(): number {
    return this.#clock.monotonic() / 1e3;
  }

  get #open(): Source {
    if (this.#closed) {
      throw new TypeError("Cannot read the computer, as it is closed. Read it before it is.");
    }
    return this.#source;
  }

  load(): ComputerLoad {
    const [load1, load5, load15] = this.#open.load();
    return { load1, load5, load15 };
  }

  memory(): ComputerMemory {
    const { used, free, swap } = this.#open.memory();
    return { memoryUsed: used, memoryFree: free, swapUsed: swap };
  }

  cpu(): number {
    const { busy, total } = this.#open.processors();
    return Math.min(this.#cpu.next(busy, total), 1);
  }

  temperature(): number {
    return this.#open.temperature();
  }

  network(): ComputerNetwork {
    const { received, sent } = this.#open.network();
    const now = this.#seconds;
    return {
      networkReceived: received,
      networkSent: sent,
      networkReceiveRate: this.#received.next(received, now),
      networkSendRate: this.#sent.next(sent, now),
    };
  }

  disk(): ComputerDisk {
    const { read, written } = this.#open.disk();
    const now = this.#seconds;
    return {
      diskRead: read,
      diskWritten: written,
      diskReadRate: this.#read.next(read, now),
      diskWriteRate: this.#written.next(written, now),
    };
  }

  uptime(): number {
    return this.#open.uptime();
  }

  read(): ComputerReading {
    const all: Record<string, number> = {
      ...this.load(),
      ...this.memory(),
      cpu: this.cpu(),
      temperature: this.temperature(),
      ...this.network(),
      ...this.disk(),
      uptime: this.uptime(),
    };
    return Object.fromEntries(Object.entries(all).filter(([, value]) => !Number.isNaN(value)));
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#source[Symbol.dispose]();
  }
}

/** What isn't available and what would make it so, if anything is missing. */
function shortfall(
  hasFiles: boolean,
  hasSensor: boolean,
  libraries: readonly string[],
  counters: boolean,
): DeviceEvent | undefined {
  const sys = SYS.filter((kind) => !isGranted({ name: "sys", kind }));
  const flags: string[] = [];
  const sentences: string[] = [];
  if (sys.length > 0) {
    flags.push(`--allow-sys=${sys.join(",")}`);
    sentences.push(
      `Load, memory, processor time or uptime is not measured, as it needs ${flags[0]}.`,
    );
  }
  if (!hasFiles && Deno.build.os === "linux") {
    const flag = `--allow-ffi=${libraries.join(",")}`;
    flags.push(flag);
    sentences.push(
      `Temperature, network and disk are not measured, as the kernel's files need ${flag}. ` +
        `Write computer({ counters: true }) to have it among the experiment's permissions.`,
    );
  } else if (!hasFiles) {
    sentences.push(
      `Temperature, network and disk are not measured, as only Linux has files that tell them.`,
    );
  } else if (!hasSensor) {
    sentences.push("Temperature is not measured, as the system names no sensor.");
  }
  if (sentences.length === 0) return undefined;
  const data = { flags: flags.join(" "), system: Deno.build.os };
  // Whoever did not ask for counters finds in the file what it would take, and is not told at each start.
  const level = counters || sys.length > 0 ? "info" : "debug";
  return { kind: "unavailable", level, message: sentences.join(" "), data };
}

/**
 * This machine as an instrument: load, memory, processor time and uptime on every system, temperature,
 * network and disk traffic on Linux.
 *
 * It uses what is granted when it opens, and never makes Deno ask for more: what isn't available is NaN, is
 * left out of `read()`, and is reported once with the flag that would give it. On Linux, Deno
 * itself reads the kernel's files only under `--allow-all`; `counters` names the C library's file for `--allow-ffi`
 * instead.
 *
 * @param options Whether to ask for the counters' permission, and where to look.
 * @returns A definition. Its simulation gives plausible values that depend on the clock only.
 *
 * @example
 * ```ts
 * import { computer, open } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using pc = await open(computer());
 * assert.ok(pc.memory().memoryFree > 0);
 * ```
 */
export function computer(options: ComputerOptions = {}): DeviceDefinition<Computer> {
  const { counters = false, interfaces, libc } = options;
  const libraries = libc === undefined ? libraryPaths() : [libc];
  const ffi = counters && Deno.build.os === "linux" ? { ffi: libraries } : {};
  return Object.freeze({
    kind: "computer",
    permissions: { sys: SYS, ...ffi },
    open: ({ clock, report }: DeviceContext): Computer => {
      const files = openKernelFiles(libraries);
      const source = systemSource(files, interfaces);
      const hasSensor = !Number.isNaN(source.temperature());
      const missing = shortfall(files !== undefined, hasSensor, libraries, counters);
      if (missing !== undefined) report(missing);
      return new OpenComputer(source, clock);
    },
    simulate: ({ clock }: DeviceContext): Computer =>
      new OpenComputer(simulatedSource(clock), clock),
  });
}
