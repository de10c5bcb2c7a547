/**
 * Services as they come to be known, record by record.
 *
 * @module
 */

import type { DnsRecord, Question } from "./packets.ts";

/** The kinds of service that instruments announce, by LXI and by custom. */
export const SERVICE_TYPES = ["hislip", "vxi-11", "scpi-raw", "scpi-telnet", "lxi"] as const;

/** A kind of service. */
export type ServiceType = typeof SERVICE_TYPES[number];

/** A service of which enough is known to use it. */
export interface Service {
  /** Its kind. */
  readonly type: ServiceType;
  /** The name of the host. */
  readonly hostName: string;
  /** Its address. */
  readonly address: string;
  /** Its TCP port. */
  readonly port: number;
  /** What it says of itself, by keys in lower case. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Most instances that are kept: who sends more than that means no good. */
const MOST = 4096;

interface Instance {
  readonly type: ServiceType;
  /** The labels of its whole name. */
  readonly labels: readonly string[];
  target?: string;
  port?: number;
  texts?: Map<string, string>;
  /** Who told of it: its address, should none be announced. */
  readonly sender: string;
}

/** The labels of a kind of service. */
export function serviceLabels(type: ServiceType): string[] {
  return [`_${type}`, "_tcp", "local"];
}

function suffixOf(type: ServiceType): string {
  return `.${serviceLabels(type).join(".")}`;
}

/** DNS names are the same in upper and in lower case. */
function lower(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** Puts services together from the records of all answers. */
export class Services {
  readonly #instances = new Map<string, Instance>();
  readonly #addresses = new Map<string, { four?: string; six?: string }>();

  /**
   * Takes the records of an answer.
   *
   * @param sender The address that it came from.
   */
  add(records: readonly DnsRecord[], sender: string): void {
    for (const record of records) {
      const name = lower(record.name);
      switch (record.type) {
        case "PTR":
          this.#instance(record.data, sender);
          break;
        case "SRV": {
          const instance = this.#instance(record.name, sender);
          if (instance === undefined) break;
          instance.target = record.data.target.replace(/\.$/, "");
          instance.port = record.data.port;
          break;
        }
        case "TXT": {
          const instance = this.#instance(record.name, sender);
          if (instance !== undefined) instance.texts = pairs(record.data);
          break;
        }
        case "A":
        case "AAAA": {
          if (this.#addresses.size >= MOST && !this.#addresses.has(name)) break;
          const known = this.#addresses.get(name) ?? {};
          this.#addresses.set(name, known);
          if (record.type === "AAAA") known.six ??= record.data;
          // Of several addresses, that in this network is the one which can be reached.
          else if (known.four === undefined || record.data === sender) known.four = record.data;
        }
      }
    }
  }

  /** Services of which host and port are known. */
  known(): Service[] {
    return [...this.#instances.values()].flatMap(({ type, target, port, texts, sender }) => {
      if (target === undefined || port === undefined || port === 0) return [];
      const { four, six } = this.#addresses.get(lower(target)) ?? {};
      // An address of one link only is of no use without that link's name.
      const global = six !== undefined && !/^fe[89ab]/i.test(six) ? six : undefined;
      const address = four ?? global ?? sender;
      return [{ type, hostName: target, address, port, texts: texts ?? new Map() }];
    });
  }

  /** What must be asked to know all services; most answers have told it by themselves. */
  missing(): Question[] {
    const questions: Question[] = [];
    const hosts = new Set<string>();
    for (const { labels, target, texts } of this.#instances.values()) {
      if (target === undefined) questions.push({ labels, type: "SRV" });
      else if (!this.#addresses.has(lower(target))) hosts.add(target);
      if (texts === undefined) questions.push({ labels, type: "TXT" });
    }
    for (const host of hosts) {
      const labels = host.split(".");
      questions.push({ labels, type: "A" }, { labels, type: "AAAA" });
    }
    return questions;
  }

  #instance(name: string, sender: string): Instance | undefined {
    const key = lower(name);
    const known = this.#instances.get(key);
    if (known !== undefined) return known;
    const type = SERVICE_TYPES.find((type) => key.endsWith(suffixOf(type)));
    if (type === undefined || this.#instances.size >= MOST) return undefined;
    const label = name.replace(/\.$/, "").slice(0, -suffixOf(type).length);
    if (label === "") return undefined;
    const instance: Instance = { type, labels: [label, ...serviceLabels(type)], sender };
    this.#instances.set(key, instance);
    return instance;
  }
}

/** Texts by their keys; by RFC 6763, the first of a key counts, and case does not. */
function pairs(texts: readonly string[]): Map<string, string> {
  const result = new Map<string, string>();
  for (const text of texts) {
    const [, key, value = ""] = /^([^=]+)=?(.*)$/s.exec(text) ?? [];
    if (key !== undefined && !result.has(key.toLowerCase())) result.set(key.toLowerCase(), value);
  }
  return result;
}
