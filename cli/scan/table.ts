/**
 * What a scan has found, as rows for people and for other programs.
 *
 * @module
 */

import type { DiscoveryEvent } from "../../devices/discovery/discover.ts";
import type { FoundResource } from "../../devices/discovery/finding.ts";
import type { IdentityEvent } from "../../devices/discovery/identify.ts";

/** A resource, and what it has answered. */
export interface Row {
  /** What was found. */
  readonly found: FoundResource;
  /** Its answer, or after an exclamation mark why there is none; empty while it was not asked. */
  readonly identity: string;
}

/** The resources of a scan, in the order in which they were found. */
export class Rows {
  readonly #rows = new Map<string, Row>();

  /** All of them. */
  get all(): readonly Row[] {
    return [...this.#rows.values()];
  }

  /** Takes what a scan tells of a resource. */
  take(event: Exclude<DiscoveryEvent | IdentityEvent, { readonly kind: "finder" }>): void {
    if (event.kind !== "identified") {
      const { resource } = event.resource;
      const identity = this.#rows.get(resource)?.identity ?? "";
      this.#rows.set(resource, { found: event.resource, identity });
      return;
    }
    const row = this.#rows.get(event.resource);
    if (row === undefined) return;
    const identity = "answer" in event ? event.answer : `! ${event.error}`;
    this.#rows.set(event.resource, { ...row, identity });
  }
}

const HEAD = [
  "RESOURCE",
  "INSTRUMENT",
  "SERIAL NUMBER",
  "FIRMWARE",
  "HOST OR DEVICE",
  "FOUND BY",
  "*IDN?",
] as const;

function cells({ found, identity }: Row): string[] {
  const { resource, manufacturer, model, serialNumber, firmware, hostName, path, usb, ways } =
    found;
  const usbNumbers = usb === undefined ? undefined : `USB ${usb.vendorId}:${usb.productId}`;
  const instrument = [manufacturer, model].filter((part) => part !== undefined).join(" ");
  return [
    resource,
    instrument || (usbNumbers ?? ""),
    serialNumber ?? "",
    firmware ?? "",
    hostName ?? path ?? "",
    ways.map(({ how }) => how).join(", "),
    identity,
  ];
}

/** A line for each row, with all columns between tabs and no head. */
export function tabbed(rows: Rows): string {
  return rows.all.map((row) => `${cells(row).join("\t")}\n`).join("");
}

/** The lines of a table with a head; columns in which nothing stands are left out. No rows, no table. */
export function tableLines(rows: Rows): string[] {
  const body = rows.all.map(cells);
  if (body.length === 0) return [];
  const used = HEAD.map((_, column) => body.some((row) => row[column] !== ""));
  const lines = [[...HEAD], ...body].map((row) => row.filter((_, column) => used[column]));
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0))
  );
  return lines.map((line) =>
    line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  );
}

/** A table with a head. */
export function formatTable(rows: Rows): string {
  return tableLines(rows).map((line) => `${line}\n`).join("");
}
