/**
 * `.device(name, definition, options?)`
 *
 * @module
 */

import type { DeviceContext, DeviceDefinition, Permissions } from "../../devices/device.ts";
import { type Simulation, simulator } from "../../devices/stand_in.ts";
import { type DurationInput, formatDuration } from "../../time/duration.ts";
import { checkedDuration, checkedName, checkedOptions, seen } from "../checks.ts";
import type { Experiment } from "../experiment.ts";
import { namesOf } from "../names.ts";
import { type AnyNamed, type Named, type NewDeviceName, RESERVED_NAMES } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** A device as the builder takes it: a definition, or a function that opens it. */
export type DeviceSource<T> =
  | DeviceDefinition<T>
  | ((context: DeviceContext) => T | Promise<T>);

/** What is said of a device beside its definition. */
export interface DeviceVerbOptions<T> {
  /** What stands in for it in a dry run: values for its methods, or a function that makes a stand-in. */
  readonly simulate?: Simulation<T>;
  /** How long opening it may take. @default "30s" */
  readonly timeout?: DurationInput;
}

/** The verb `device`. */
export interface DeviceVerb<D extends AnyNamed, V extends string> {
  /**
   * Adds an instrument. It is opened when the experiment runs, given to every task by its name, and brought to
   * its safe state and closed when the run ends, in reverse order.
   *
   * @param name What the tasks call it.
   * @param device A definition, as drivers give it, or a function that opens it.
   * @param options What stands in for it in a dry run, and how long opening may take.
   * @throws {TypeError} If the name is taken or reserved, or it is no device.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   * import { thermalBath } from "@stripchart/stripchart/devices";
   *
   * experiment("cooling")
   *   .device("bath", thermalBath())
   *   .device("dice", () => ({ roll: () => 4 }), { simulate: { roll: () => 1 } })
   *   .every("10s", ({ bath, dice }) => ({ temperature: bath.temperature(), luck: dice.roll() }));
   * ```
   */
  device<Name extends string, T>(
    name: NewDeviceName<Name, D>,
    device: DeviceSource<T>,
    options?: DeviceVerbOptions<NoInfer<T>>,
  ): Experiment<D | Named<Name, T>, V>;
}

interface DeviceNode extends Node {
  readonly kind: "device";
  readonly name: string;
  readonly source: DeviceSource<unknown>;
  readonly options: DeviceVerbOptions<unknown>;
  readonly simulate: ((context: DeviceContext) => unknown) | undefined;
  readonly timeout: number;
}

const OPTIONS = { simulate: true, timeout: true } as const;
const TIMEOUT = "30s";

function newName(value: unknown, before: readonly Node[]): string {
  const name = checkedName("add a device", value);
  const action = `Cannot add the device ${JSON.stringify(name)}`;
  if (RESERVED_NAMES.some((reserved) => reserved === name)) {
    throw new TypeError(
      `${action}, as the name has a meaning of its own in a task. Choose another name.`,
    );
  }
  if (namesOf("device", before).includes(name)) {
    throw new TypeError(`${action}, as there is one of that name already. Choose another name.`);
  }
  return name;
}

function isDefinition(value: unknown): value is DeviceDefinition<unknown> {
  return typeof value === "object" && value !== null && "open" in value &&
    typeof value.open === "function";
}

/** What and where a device is, in words. */
function title(source: DeviceSource<unknown>): string {
  if (typeof source === "function") {
    return source.name === "" ? "opened by a function" : `opened by ${source.name}()`;
  }
  return source.address === undefined ? source.kind : `${source.kind} at ${source.address}`;
}

const device: Verb<DeviceNode> = {
  kind: "device",
  node([name, source, options], before): DeviceNode {
    const known = newName(name, before);
    const action = `add the device ${JSON.stringify(known)}`;
    if (typeof source !== "function" && !isDefinition(source)) {
      throw new TypeError(
        `Cannot ${action}, as it must be a device's definition or a function that opens it: ${
          seen(source)
        }`,
      );
    }
    const checked = checkedOptions<DeviceVerbOptions<unknown>>(action, options, OPTIONS);
    const own = typeof source === "object" && source.simulate !== undefined
      ? (context: DeviceContext): unknown => source.simulate?.(context)
      : undefined;
    return {
      kind: "device",
      name: known,
      source: source as DeviceSource<unknown>,
      options: Object.freeze(checked),
      simulate: checked.simulate === undefined ? own : simulator(checked.simulate),
      timeout: checkedDuration(action, "its time-out", checked.timeout ?? TIMEOUT),
    };
  },
  json({ kind, name, source, simulate, options, timeout }): object {
    const definition = typeof source === "function"
      ? source
      : { kind: source.kind, address: source.address, permissions: source.permissions };
    return {
      kind,
      name,
      device: definition,
      simulated: simulate !== undefined,
      options: { simulate: options.simulate, timeout: formatDuration(timeout) },
    };
  },
  describe({ name, source }, page): void {
    page.add("Devices", name, title(source));
  },
  permissions({ source }): Permissions {
    return typeof source === "function" ? {} : source.permissions ?? {};
  },
  compile({ name, source, simulate, timeout }, program): void {
    program.openings.push({
      name,
      title: title(source),
      timeout,
      open: (context) => typeof source === "function" ? source(context) : source.open(context),
      simulate,
    });
  },
};

/** The verb `device`. */
export const deviceVerb: Verb = defineVerb(device);
