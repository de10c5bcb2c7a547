/**
 * Opening an instrument without an experiment around it, and giving any instrument back safely.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import type { DeviceDefinition, DeviceEvent } from "./device.ts";
import type { MessageSession } from "./message_session.ts";
import type { VisaOptions } from "./visa.ts";

/** What {@linkcode open} can be told. */
export interface OpenOptions {
  /** What the instrument is called in its reports. @default the definition's kind */
  readonly name?: string;
  /** The clock that the instrument takes its time from. @default the system's clock */
  readonly clock?: Clock;
  /** Gives opening up when it aborts. An instrument that opens nevertheless is released. */
  readonly signal?: AbortSignal;
  /** Receives what happens to the instrument. @default it is not kept */
  readonly report?: (event: DeviceEvent) => void;
}

type Disposer = () => unknown;

/** An instrument that {@linkcode open} gave away: what it had for a disposer before. */
interface Handed {
  readonly own: Disposer | undefined;
  readonly release: (signal?: AbortSignal) => Promise<void>;
}

const handed = new WeakMap<object, Handed>();

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** `object[key]` as a bound method, if there is one. */
function method(object: object, key: PropertyKey): ((...args: unknown[]) => unknown) | undefined {
  const found: unknown = Reflect.get(object, key);
  return typeof found === "function" ? (...args) => Reflect.apply(found, object, args) : undefined;
}

function ownDisposer(instrument: object): Disposer | undefined {
  return method(instrument, Symbol.asyncDispose) ?? method(instrument, Symbol.dispose);
}

/** Runs a step; an abort ends the wait for it, not the step. */
async function step(run: () => unknown, signal: AbortSignal | undefined): Promise<void> {
  const outcome = run();
  if (signal === undefined) {
    await outcome;
    return;
  }
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([outcome, promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

async function releaseBy(
  instrument: object,
  disposer: Disposer | undefined,
  signal: AbortSignal | undefined,
): Promise<void> {
  const errors: unknown[] = [];
  for (const run of [() => method(instrument, "safe")?.(signal), () => disposer?.()]) {
    try {
      await step(run, signal);
    } catch (error) {
      if (!errors.includes(error)) errors.push(error);
    }
  }
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) {
    throw new AggregateError(
      errors,
      `Cannot release the instrument as its steps failed: ${errors.map(String).join("; ")}. ` +
        `Check that it is in a safe state.`,
    );
  }
}

/**
 * Brings an instrument to its safe state and closes it: its `safe(signal)`, then its
 * `[Symbol.asyncDispose]()` or else its `[Symbol.dispose]()`, as far as it has them. The second is done
 * though the first fails.
 *
 * An instrument that {@linkcode open} returned is released once, whether by this or by `await using`.
 *
 * @param instrument What was opened; anything that has none of the methods needs nothing.
 * @param signal Given to `safe()`. When it aborts, no step is waited for any longer; those that remain are
 * still begun.
 * @throws The step's error if one failed, an `AggregateError` of them in their order if both did.
 *
 * @example
 * ```ts
 * import { release } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const calls: string[] = [];
 * await release({ safe: () => calls.push("safe"), [Symbol.dispose]: () => calls.push("close") });
 * assert.deepEqual(calls, ["safe", "close"]);
 * ```
 */
export async function release(instrument: unknown, signal?: AbortSignal): Promise<void> {
  if (!isObject(instrument)) return;
  const known = handed.get(instrument);
  if (known !== undefined) await known.release(signal);
  else await releaseBy(instrument, () => ownDisposer(instrument)?.(), signal);
}

/**
 * The instrument itself with a disposer of ours: a copy or a Proxy would break methods that use private
 * fields.
 */
function hand<T>(instrument: T & object): T & AsyncDisposable {
  const known = handed.get(instrument);
  const own = known === undefined ? ownDisposer(instrument) : known.own;
  let done: Promise<void> | undefined;
  const once = (signal?: AbortSignal): Promise<void> => done ??= releaseBy(instrument, own, signal);
  Object.defineProperty(instrument, Symbol.asyncDispose, {
    configurable: true,
    writable: true,
    value: () => once(),
  });
  handed.set(instrument, { own, release: once });
  return instrument as T & AsyncDisposable;
}

function canHand(instrument: object): boolean {
  const own = Object.getOwnPropertyDescriptor(instrument, Symbol.asyncDispose);
  return own === undefined ? Object.isExtensible(instrument) : own.configurable === true;
}

function seen(value: unknown): string {
  if (value === null) return "null";
  return isObject(value) ? "a frozen object" : `a value of type ${typeof value}`;
}

/**
 * Opens an instrument for as long as its block lasts. On the way out it is brought to its safe state and
 * closed, as {@linkcode release} does, whatever happened; errors of both are kept.
 *
 * @typeParam T The instrument.
 * @param definition What to open.
 * @param options Name, clock, signal, reports.
 * @returns The instrument itself, to be used with `await using`.
 * @throws {TypeError} If what was opened is a primitive or frozen and so can't be given a disposer; it is
 * released first.
 * @throws What opening throws, or the signal's reason.
 *
 * @example
 * ```ts
 * import { open, thermalBath } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * await using bath = await open(thermalBath({ noise: 0 }));
 * assert.equal(bath.temperature(), 20);
 * ```
 */
export function open<T>(
  definition: DeviceDefinition<T>,
  options?: OpenOptions,
): Promise<T & AsyncDisposable>;
/**
 * Opens an instrument by its VISA resource name, as `open(visa(name, options), options)` does.
 *
 * @param name Such as `"TCPIP::192.168.0.20::hislip0::INSTR"`; see {@linkcode parseResourceName}.
 * @param options How to talk, and all that the opening of any instrument can be told.
 * @throws {SyntaxError} If it is no resource name.
 *
 * @example
 * ```ts ignore
 * import { open } from "@stripchart/stripchart/devices";
 *
 * await using dmm = await open("TCPIP::192.168.0.20::hislip0::INSTR", { timeout: "10s" });
 * console.log(await dmm.query("*IDN?"));
 * ```
 */
export function open(
  name: string,
  options?: OpenOptions & VisaOptions,
): Promise<MessageSession & AsyncDisposable>;
export async function open<T>(
  what: DeviceDefinition<T> | string,
  options: OpenOptions & VisaOptions = {},
): Promise<(T | MessageSession) & AsyncDisposable> {
  if (typeof what !== "string") return await openDefinition(what, options);
  const { visa } = await import("./visa.ts");
  return await openDefinition(visa(what, options), options);
}

async function openDefinition<T>(
  definition: DeviceDefinition<T>,
  options: OpenOptions,
): Promise<T & AsyncDisposable> {
  const { name = definition.kind, clock = systemClock, report = () => {} } = options;
  const signal = options.signal ?? new AbortController().signal;
  signal.throwIfAborted();
  const opening = (async () => await definition.open({ name, clock, signal, report }))();
  try {
    await step(() => opening, signal);
  } catch (error) {
    // Where the signal gave up first, the instrument may come yet: nobody else would close it.
    opening.then(release).catch((late: unknown) => {
      if (late === error) return;
      const message = `${name} was given up while it opened, and then failed: ${late}`;
      report({ kind: "late", level: "warning", message });
    });
    throw error;
  }
  const instrument = await opening;
  if (isObject(instrument) && canHand(instrument)) return hand<T>(instrument as T & object);
  const error = new TypeError(
    `Cannot open ${name} for "await using", as it must be an object that a disposer can be added to: ` +
      `${
        seen(instrument)
      }. Let the definition's open() return a class's instance or a plain object.`,
  );
  try {
    await release(instrument);
  } catch (failure) {
    throw new SuppressedError(failure, error);
  }
  throw error;
}
