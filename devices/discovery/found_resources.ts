/**
 * What a search has found so far, each resource once.
 *
 * @module
 */

import { formatResourceName, parseResourceName } from "../resource_name.ts";
import { cleanText } from "./clean_text.ts";
import type { UsbIdentity } from "../transports/serial/control.ts";
import type { FinderName, Finding, FoundResource, InstrumentFacts } from "./finding.ts";

/** Most resources of one search: more than that is no laboratory but an attack. */
const MOST = 10_000;

const FACTS = [
  "manufacturer",
  "model",
  "serialNumber",
  "firmware",
  "hostName",
  "path",
] as const;

/** A resource name in its canonical form; one that can't be read stays as it is. */
export function canonical(resource: string): string {
  try {
    return formatResourceName(parseResourceName(resource));
  } catch {
    return resource;
  }
}

/** The same for all names of one resource: USB's interface 0 may be left out, and case does not matter. */
function keyOf(resource: string): string {
  try {
    const name = parseResourceName(resource);
    if (name.bus === "usb" && name.interface === 0) {
      const { interface: _zero, ...whole } = name;
      return formatResourceName(whole);
    }
    return formatResourceName(name);
  } catch {
    return resource.toUpperCase();
  }
}

/** Merges what finders tell. */
export class FoundResources {
  readonly #byKey = new Map<string, { current: FoundResource }>();
  readonly #fits: (resource: string) => boolean;
  #count = 0;

  /** @param fits Which resources are wanted. */
  constructor(fits: (resource: string) => boolean) {
    this.#fits = fits;
  }

  /**
   * Takes a finding.
   *
   * @returns What is known of the resource now and whether it is new; nothing if it is not wanted, or if nothing
   * is new.
   */
  add(
    finder: FinderName,
    finding: Finding,
  ): { readonly resource: FoundResource; readonly isNew: boolean } | undefined {
    const { resource, aliases = [], how } = finding;
    const keys = [resource, ...aliases].map(keyOf);
    let entry = keys.map((key) => this.#byKey.get(key)).find((one) => one !== undefined);
    const isNew = entry === undefined;
    if (entry === undefined) {
      const name = cleanText(canonical(resource));
      if (!this.#fits(name) || this.#count >= MOST) return undefined;
      this.#count++;
      entry = { current: { resource: name, ways: [] } };
    }
    for (const key of keys) if (!this.#byKey.has(key)) this.#byKey.set(key, entry);
    const before = entry.current;
    const known = before.ways.some((way) => way.finder === finder && way.how === how);
    const after: FoundResource = {
      ...before,
      ...news(before, finding),
      ways: known ? before.ways : [...before.ways, { finder, how }],
    };
    entry.current = after;
    const same = known && Object.keys(after).length === Object.keys(before).length &&
      after.ports === before.ports;
    return same ? undefined : { resource: after, isNew };
  }
}

function cleanUsb(usb: UsbIdentity): UsbIdentity {
  const { manufacturer, product, serial } = usb;
  return {
    ...usb,
    ...manufacturer === undefined ? {} : { manufacturer: cleanText(manufacturer) },
    ...product === undefined ? {} : { product: cleanText(product) },
    ...serial === undefined ? {} : { serial: cleanText(serial) },
  };
}

/** The facts that were not known before: whoever came first is believed. */
function news(before: InstrumentFacts, finding: Finding): InstrumentFacts {
  const facts:
    & Partial<Record<typeof FACTS[number], string>>
    & { -readonly [K in "usb" | "ports"]?: InstrumentFacts[K] } = {};
  for (const name of FACTS) {
    const value = cleanText(finding[name] ?? "");
    if (before[name] === undefined && value !== "") facts[name] = value;
  }
  if (before.usb === undefined && finding.usb !== undefined) facts.usb = cleanUsb(finding.usb);
  const ports = Object.entries(finding.ports ?? {})
    .filter(([name]) => before.ports?.[name] === undefined);
  if (ports.length > 0) facts.ports = { ...before.ports, ...Object.fromEntries(ports) };
  return facts;
}
