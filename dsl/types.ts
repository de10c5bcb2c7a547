/**
 * What the compiler knows of an experiment: its devices and its variables.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import type { DurationInput } from "../time/duration.ts";
import type { CompileError } from "./compile_error.ts";

/** What every task of an experiment is given beside its devices. */
export interface ExperimentContext {
  /** The session the experiment runs in: its entries, datasets, log and clock. */
  readonly session: Session;
  /** Aborts when the present step must be given up. Pass it on to whatever waits. */
  readonly signal: AbortSignal;
  /** Waits; ends at once, with a rejection, when a stop is asked for. */
  readonly sleep: (duration: DurationInput) => Promise<void>;
}

/**
 * A device and its name, as the compiler sees it.
 *
 * @typeParam Name The name.
 * @typeParam T The device.
 */
export interface Named<Name extends string, T> {
  /** The name. */
  readonly name: Name;
  /** The device. */
  readonly device: T;
}

/** Any device and its name. */
export type AnyNamed = Named<string, unknown>;

/**
 * What a task is given: the devices by their names, and the session.
 *
 * The devices are a union, not an intersection of records: with hundreds of them the compiler stays quick.
 *
 * @typeParam D The devices, each with its name.
 */
export type Context<D extends AnyNamed> =
  & { readonly [One in D as One["name"]]: One["device"] }
  & ExperimentContext;

/**
 * The last values of an experiment's variables; NaN until the first is recorded, so that no comparison holds
 * before.
 *
 * @typeParam V The names of the variables.
 */
export type Values<V extends string> = { readonly [Name in V]: number };

/** Names that a device cannot have, as they have a meaning of their own. */
export type ReservedName =
  | "session"
  | "signal"
  | "sleep"
  | "point"
  | "clock"
  | "then"
  | "__proto__";

/** The reserved names at run time. */
export const RESERVED_NAMES: readonly ReservedName[] = [
  "session",
  "signal",
  "sleep",
  "point",
  "clock",
  "then",
  "__proto__",
];

/**
 * The name of a device that may be added to `D`, or a sentence why it may not.
 *
 * @typeParam Name The name.
 * @typeParam D The devices there are, each with its name.
 */
export type NewDeviceName<Name extends string, D extends AnyNamed> = string extends Name ? Name
  : Name extends "" ? CompileError<"A device needs a name that is not empty">
  : Name extends ReservedName
    ? CompileError<`'${Name}' has a meaning of its own in a task: choose another name`>
  : Name extends D["name"]
    ? CompileError<`There is a device '${Name}' already: choose another name`>
  : Name;

/**
 * What is recorded of what a task returns.
 *
 * @typeParam R What it returns.
 */
export type Recorded<R> = Exclude<Awaited<R>, void | undefined | null>;

/**
 * The names in an object whose values are not numbers. What an untyped driver gives, `any`, is checked when it is
 * recorded.
 *
 * @typeParam P The object.
 */
export type NotNumbers<P> = P extends unknown ? {
    [Name in keyof P]-?: 0 extends 1 & P[Name] ? never
      : P[Name] extends number | undefined ? never
      : Name;
  }[keyof P]
  : never;

/**
 * What a task may return: numbers by name, or nothing, or a promise of either; otherwise a sentence.
 *
 * @typeParam R What it returns.
 */
export type Returned<R, P = Recorded<R>> = [P] extends [never] ? R
  : 0 extends 1 & R ? R
  : [P] extends [object]
    ? [Extract<P, readonly unknown[] | ((...args: never) => unknown)>] extends [never]
      ? [NotNumbers<P>] extends [never] ? R
      : CompileError<
        `A task returns numbers by name, and '${NotNumbers<P> & string}' is not a number`
      >
    : CompileError<"A task returns its values by name, such as { voltage: 1.2 }">
  : CompileError<"A task returns its values by name, such as { voltage: 1.2 }">;

/**
 * The names of the variables that a task records by what it returns.
 *
 * @typeParam R What it returns.
 */
export type VariablesOf<R, P = Recorded<R>> = P extends object ? keyof P & string : never;
