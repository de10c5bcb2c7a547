/**
 * What the file tells of the devices and alarms of the run that began last.
 *
 * @module
 */

import { fieldsOf } from "../session/fields.ts";
import { toSeconds } from "../session/moment.ts";
import type { Reader } from "../session/store/reader.ts";
import type { RunOutline } from "../session/store/reader_types.ts";
import type { Json, StoredEvent } from "../session/store/types.ts";
import type { AlarmRow, DeviceRow, Level } from "./protocol.ts";

/** Of more events than this the last ones tell how it stands. */
const MOST_EVENTS = 20_000;

const STATES: Readonly<Record<string, string>> = {
  lost: "lost",
  closed: "closed",
  opened: "open",
  reopened: "open",
  recovered: "open",
};

type Fields = ReturnType<typeof fieldsOf>;

function textOf(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function isLevel(value: Json | undefined): value is Level {
  return value === "debug" || value === "info" || value === "warning" || value === "error";
}

/** The steps of one kind in a run's plan. */
function planNodes(provenance: Json, kind: string): Fields[] {
  const { nodes } = fieldsOf(fieldsOf(provenance)["plan"]);
  return Array.isArray(nodes) ? nodes.map(fieldsOf).filter((node) => node["kind"] === kind) : [];
}

/** What and where a device is, in words. */
function title(device: Fields): string {
  const kind = textOf(device["kind"]);
  const address = textOf(device["address"]);
  if (kind !== undefined) return address === undefined ? kind : `${kind} at ${address}`;
  const name = textOf(device["name"]);
  return name ? `opened by ${name}()` : "opened by a function";
}

/** Follows the events of a file; each is looked at once. */
export class RunState {
  readonly #reader: Reader;
  readonly #devices = new Map<string, DeviceRow>();
  readonly #alarms = new Map<string, AlarmRow>();
  #run: number | undefined;
  #seq = 0;

  /** Knows nothing yet. */
  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** Learns what is new of the run that began last. */
  follow(run: RunOutline | undefined): void {
    if (run === undefined) return;
    if (run.id !== this.#run) this.#begin(run);
    const events = this.#reader.events({
      since: this.#seq,
      kinds: ["device", "alarm"],
      limit: MOST_EVENTS,
    });
    this.#seq = events.at(-1)?.seq ?? this.#seq;
    for (const event of events) {
      if (event.kind === "device") this.#device(event);
      else this.#alarm(event);
    }
  }

  /** The devices; with the run they were all closed. */
  devices(running: boolean): DeviceRow[] {
    return [...this.#devices.values()].map((device) =>
      running || device.state === "lost" ? device : { ...device, state: "closed" }
    );
  }

  /** The alarms. */
  alarms(): AlarmRow[] {
    return [...this.#alarms.values()];
  }

  #begin(run: RunOutline): void {
    this.#devices.clear();
    this.#alarms.clear();
    this.#run = run.id;
    this.#seq = run.firstSeq - 1;
    const provenance = this.#reader.runs().find(({ id }) => id === run.id)?.provenance ?? null;
    for (const node of planNodes(provenance, "device")) {
      const name = textOf(node["name"]);
      if (name === undefined) continue;
      this.#devices.set(name, { name, title: title(fieldsOf(node["device"])), state: "open" });
    }
    for (const node of planNodes(provenance, "alarm")) {
      const name = textOf(node["name"]);
      if (name === undefined) continue;
      const level = isLevel(node["level"]) ? node["level"] : "warning";
      this.#alarms.set(name, { name, level, raised: false });
    }
  }

  #device({ t, source, level, message, data }: StoredEvent): void {
    if (source === undefined || level === "debug") return;
    const known = this.#devices.get(source) ?? { name: source, title: "", state: "open" };
    const state = STATES[textOf(fieldsOf(data)["kind"]) ?? ""] ?? known.state;
    this.#devices.set(source, { ...known, state, message, since: toSeconds(t) });
  }

  #alarm({ t, level, message, data }: StoredEvent): void {
    const { name, raised, severity, change, by } = fieldsOf(data);
    if (typeof name !== "string" || typeof raised !== "boolean") return;
    const known = this.#alarms.get(name);
    // That it is watched for, or that somebody has seen it, changes nothing of what was said of it.
    if (change === "watched") {
      this.#alarms.set(name, { name, level: isLevel(severity) ? severity : "warning", raised });
      return;
    }
    if (change === "acknowledged" && known !== undefined) {
      this.#alarms.set(name, { ...known, acknowledged: textOf(by) ?? "somebody" });
      return;
    }
    const goesOn = known?.raised === raised;
    this.#alarms.set(name, {
      name,
      level: isLevel(severity) ? severity : level,
      raised,
      message,
      since: goesOn && known.since !== undefined ? known.since : toSeconds(t),
      ...(goesOn && known.acknowledged !== undefined ? { acknowledged: known.acknowledged } : {}),
    });
  }
}
