/**
 * Definitions of instruments that a user writes.
 *
 * @module
 */

import type { DeviceContext, DeviceDefinition, Permissions } from "./device.ts";
import { type Simulation, simulator } from "./stand_in.ts";

/** What {@linkcode device} is told of an instrument, beside how it is opened. */
export interface DeviceOptions<T> {
  /** What it is, in a word or two. @default "device" */
  readonly kind?: string;
  /** Where it is: a resource name, a path, a host. */
  readonly address?: string;
  /** What its use needs from Deno, for the printed command line. */
  readonly permissions?: Permissions;
  /** What stands in for it in a dry run: a way to make one, or values for its methods. */
  readonly simulate?: Simulation<T>;
}

/** A whole instrument for {@linkcode device}. */
export interface DeviceParts<T> extends DeviceOptions<NoInfer<T>> {
  /** Opens the instrument; what it returns is what the tasks get. */
  readonly open: (context: DeviceContext) => T | Promise<T>;
}

/**
 * Makes a definition of an instrument of your own. Nothing is opened yet.
 *
 * What `open` returns decides the type that tasks see. Give the instrument a `safe()` if there is a state
 * that it must be left in, and `[Symbol.asyncDispose]()` or `[Symbol.dispose]()` to close it: both are
 * called when the run ends.
 *
 * @typeParam T The instrument.
 * @param open Opens the instrument.
 * @param options What it is, where it is, what it needs, what stands in for it.
 * @returns A definition for `.device()` and {@linkcode open}.
 * @throws {TypeError} If `open` is not a function or an option is of the wrong shape.
 *
 * @example
 * ```ts
 * import { device, open } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const dice = device(() => ({ roll: () => 4 }), { kind: "dice", simulate: { roll: () => 1 } });
 *
 * await using real = await open(dice);
 * assert.equal(real.roll(), 4);
 * ```
 */
export function device<T>(
  open: (context: DeviceContext) => T | Promise<T>,
  options?: DeviceOptions<NoInfer<T>>,
): DeviceDefinition<T>;
/**
 * Makes a definition of an instrument of your own from one object.
 *
 * @typeParam T The instrument.
 * @param parts How it is opened, and what is known of it.
 * @returns A definition for `.device()` and {@linkcode open}.
 * @throws {TypeError} If `open` is not a function or an option is of the wrong shape.
 *
 * @example
 * ```ts
 * import { device } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const dice = device({ kind: "dice", address: "the table", open: () => ({ roll: () => 4 }) });
 * assert.equal(dice.kind, "dice");
 * ```
 */
export function device<T>(parts: DeviceParts<T>): DeviceDefinition<T>;
export function device<T>(
  first: ((context: DeviceContext) => T | Promise<T>) | DeviceParts<T>,
  second: DeviceOptions<T> = {},
): DeviceDefinition<T> {
  const parts: DeviceParts<T> = typeof first === "function" ? { ...second, open: first } : first;
  const { open, kind = "device", address, permissions, simulate } = parts;
  if (typeof open !== "function") {
    throw new TypeError(
      `Cannot define a device, as open must be a function that opens it: ${typeof open}. ` +
        `Write device(() => …) or device({ open: () => … }).`,
    );
  }
  if (typeof kind !== "string" || kind === "") {
    throw new TypeError(
      `Cannot define a device, as kind must be a word or two: ${JSON.stringify(kind)}`,
    );
  }
  return Object.freeze({
    kind,
    ...(address === undefined ? {} : { address }),
    ...(permissions === undefined ? {} : { permissions }),
    open: (context: DeviceContext) => open(context),
    ...(simulate === undefined ? {} : { simulate: simulator<T>(simulate) }),
  });
}
