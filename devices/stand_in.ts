/**
 * Instruments that answer with declared values, for dry runs.
 *
 * @module
 */

import type { DeviceContext } from "./device.ts";

/**
 * What a method may be declared to answer.
 *
 * @typeParam M The method.
 */
export type StandInAnswer<M> = M extends (...args: infer A extends never[]) => infer R
  // A bare value is answered as a promise, so only a method that may return one can be declared so.
  ? (Promise<Awaited<R>> extends R ? Awaited<R> | ((...args: A) => R | Awaited<R>)
    : (...args: A) => R)
  : never;

/**
 * The names of an instrument's methods.
 *
 * @typeParam T The instrument.
 */
export type MethodName<T> = {
  [K in keyof T]: K extends string ? (T[K] extends (...args: never[]) => unknown ? K : never)
    : never;
}[keyof T];

/**
 * Values for an instrument's methods, by name.
 *
 * A method that returns a promise takes the value itself or a function; one that returns its value
 * at once takes a function only, as `temperature: () => 20`.
 *
 * @typeParam T The instrument.
 */
export type StandInValues<T> = { readonly [K in MethodName<T>]?: StandInAnswer<T[K]> };

/**
 * What stands in for an instrument in a dry run: values for its methods, or a function that makes one.
 *
 * @typeParam T The instrument.
 */
export type Simulation<T> = StandInValues<T> | ((context: DeviceContext) => T | Promise<T>);

/** Methods that tell an instrument something and ask nothing, by the first word of their names. */
const COMMAND = /^(?:set|reset|clear|configure|enable|disable)(?=[^a-z]|$)/;

/** Members that whoever handles a value looks for; an instrument without them is whole. */
const OPTIONAL = new Set(["then", "toJSON"]);

function missing(name: string, values: object): TypeError {
  const declared = Object.keys(values);
  return new TypeError(
    `Cannot simulate ${name}, as no value is declared for it: ` +
      `${declared.length === 0 ? "nothing is" : `declared are ${declared.join(", ")}`}. ` +
      `Add it to the values, as { ${name}: … }.`,
  );
}

/**
 * An instrument that answers with declared values.
 *
 * A value is answered as a promise, a function's result as it is, with the arguments given to the function.
 * Methods whose names begin with set, reset, clear, configure, enable or disable, and `safe()`, need no
 * declaration: they are accepted and do nothing.
 *
 * @typeParam T The instrument it stands in for.
 * @param values What its methods answer, by name.
 * @returns The stand-in. Use of any other member throws a `TypeError` that names what is declared.
 * @throws {TypeError} If `values` is not an object.
 *
 * @example
 * ```ts
 * import { standIn } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * interface Multimeter {
 *   voltage(): Promise<number>;
 *   setRange(volts: number): Promise<void>;
 * }
 *
 * const dmm = standIn<Multimeter>({ voltage: 1.2 });
 * await dmm.setRange(10);
 * assert.equal(await dmm.voltage(), 1.2);
 * ```
 */
export function standIn<T>(values: StandInValues<T>): T {
  if (typeof values !== "object" || values === null) {
    throw new TypeError(
      `Cannot make a stand-in, as its values must be an object: ${
        values === null ? "null" : typeof values
      }. Write { method: value }.`,
    );
  }
  const target: Record<string, unknown> = {};
  for (const [name, answer] of Object.entries<unknown>(values)) {
    target[name] = typeof answer === "function" ? answer : () => Promise.resolve(answer);
  }
  const ignore = (): Promise<void> => Promise.resolve();
  return new Proxy(target, {
    get(members, name): unknown {
      if (name in members) return Reflect.get(members, name);
      if (typeof name === "symbol" || OPTIONAL.has(name)) return undefined;
      if (name === "safe" || COMMAND.test(name)) return ignore;
      throw missing(name, values);
    },
  }) as T;
}

/**
 * The way to make what stands in for an instrument.
 *
 * @typeParam T The instrument.
 * @param simulation Values for its methods, or a function that makes a stand-in.
 * @returns A function for `DeviceDefinition.simulate`.
 * @throws {TypeError} If it is neither.
 *
 * @example
 * ```ts
 * import { type DeviceDefinition, simulator } from "@stripchart/stripchart/devices";
 *
 * interface Multimeter {
 *   voltage(): Promise<number>;
 * }
 *
 * const simulate: DeviceDefinition<Multimeter>["simulate"] = simulator<Multimeter>({ voltage: 1.2 });
 * ```
 */
export function simulator<T>(
  simulation: Simulation<T>,
): (context: DeviceContext) => T | Promise<T> {
  if (typeof simulation === "function") return simulation as (context: DeviceContext) => T;
  if (typeof simulation !== "object" || simulation === null) {
    throw new TypeError(
      `Cannot simulate a device by a value of type ${typeof simulation}, as it must be a function ` +
        `or an object of values. Write { method: value } or (context) => ….`,
    );
  }
  const values = { ...simulation } as StandInValues<T>;
  return () => standIn<T>(values);
}
