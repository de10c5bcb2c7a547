/**
 * What an instrument is to an experiment: a definition that opens later, and the few things that a
 * running session asks of what it opened.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";

/** Permissions in the words of Deno's `--allow-*` flags; each entry is one value of the flag. */
export interface Permissions {
  /** `--allow-read` */
  readonly read?: readonly string[];
  /** `--allow-write` */
  readonly write?: readonly string[];
  /** `--allow-net`, as `host:port` */
  readonly net?: readonly string[];
  /** `--allow-sys` */
  readonly sys?: readonly string[];
  /** `--allow-run`, programs */
  readonly run?: readonly string[];
  /** `--allow-ffi`, absolute paths */
  readonly ffi?: readonly string[];
}

/** Something worth keeping that happened to a device. */
export interface DeviceEvent {
  /** One word, such as `"lost"`, `"reopened"`, `"traffic"`. */
  readonly kind: string;
  /** How grave it is. */
  readonly level: "debug" | "info" | "warning" | "error";
  /** A sentence for a person. */
  readonly message: string;
  /** Facts, as plain JSON values. */
  readonly data?: Readonly<Record<string, string | number | boolean | null>>;
}

/** What a device gets when it is opened. */
export interface DeviceContext {
  /** The name the experiment gave it. */
  readonly name: string;
  /** The session's clock: the device takes time from here only. */
  readonly clock: Clock;
  /** Aborts when opening must be given up. */
  readonly signal: AbortSignal;
  /** Aborts when the run is to stop: nobody waits for a lost device then. Without it, nothing stops. */
  readonly stopping?: AbortSignal;
  /** Reports something that happened to the device; it is recorded in the session's file. */
  report(event: DeviceEvent): void;
}

/** An instrument that has a state which is safe to leave it in. */
export interface Safeable {
  /** Brings the instrument to its safe state. Called on every way out but SIGKILL. */
  safe(signal?: AbortSignal): void | Promise<void>;
}

/**
 * A device as an experiment names it: data and a way to open it. Making one touches nothing.
 *
 * What {@linkcode DeviceDefinition.open} returns is given to the tasks as it is. If it has
 * `safe()`, `[Symbol.asyncDispose]()` or `[Symbol.dispose]()`, they are called when the run ends, in this order.
 *
 * @typeParam T The opened instrument.
 */
export interface DeviceDefinition<T> {
  /** What it is, in a word or two: `"computer"`, `"thermal bath"`. */
  readonly kind: string;
  /** Where it is, if it is anywhere: a resource name. */
  readonly address?: string;
  /** What its use needs from Deno. */
  readonly permissions?: Permissions;
  /** Opens the instrument. */
  open(context: DeviceContext): T | Promise<T>;
  /** Opens a stand-in that needs no hardware and takes its time from the context's clock. */
  simulate?(context: DeviceContext): T | Promise<T>;
}
