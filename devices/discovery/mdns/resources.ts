/**
 * From announced services to resource names.
 *
 * @module
 */

import { bracketed } from "../../resource_name/segments.ts";
import type { Finding, InstrumentFacts } from "../finding.ts";
import type { Service, ServiceType } from "./services.ts";

/** The resource name that leads to a service. */
function resourceOf({ type, address, port }: Service): string {
  const host = bracketed(address);
  switch (type) {
    case "hislip":
      return `TCPIP0::${host}::hislip0,${port}::INSTR`;
    case "scpi-raw":
    case "scpi-telnet":
      return `TCPIP0::${host}::${port}::SOCKET`;
    case "vxi-11":
    case "lxi":
      // Their port is that of the portmapper or of a web page.
      return `TCPIP0::${host}::inst0::INSTR`;
  }
}

/**
 * True for what leads to an instrument only if there is nothing better: a telnet prompt is for people, and LXI's own
 * announcement leads to a web page; that VXI-11 is there too is likely and no more.
 */
function isLastResort(type: ServiceType): boolean {
  return type === "lxi" || type === "scpi-telnet";
}

const KEYS = {
  manufacturer: "manufacturer",
  model: "model",
  serialnumber: "serialNumber",
  firmwareversion: "firmware",
} as const;

/** What all services of one host say together. */
function factsOf(services: readonly Service[]): InstrumentFacts {
  const facts: Partial<Record<typeof KEYS[keyof typeof KEYS], string>> = {};
  const ports: Record<string, number> = {};
  for (const { type, port, texts } of services) {
    ports[type] = port;
    for (const [key, name] of Object.entries(KEYS)) {
      const value = texts.get(key);
      if (value) facts[name] ??= value;
    }
  }
  return { ...facts, ports };
}

/**
 * The resources that services lead to.
 *
 * @param all Whether no more services will come: what leads to an instrument only for want of something better is
 * left out before.
 */
export function findingsOf(services: readonly Service[], all: boolean): Finding[] {
  const hosts = Map.groupBy(services, ({ address }) => address);
  return [...hosts.values()].flatMap((ofHost) => {
    const facts = factsOf(ofHost);
    const good = ofHost.filter(({ type }) => !isLastResort(type));
    const chosen = good.length > 0 ? good : all ? ofHost : [];
    return chosen.map((service): Finding => ({
      resource: resourceOf(service),
      how: `mDNS _${service.type}._tcp`,
      hostName: service.hostName,
      ...facts,
    }));
  });
}
