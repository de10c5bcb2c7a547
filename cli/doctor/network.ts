/**
 * What the doctor says of the network.
 *
 * @module
 */

import { NETWORKS_FLAG } from "../../devices/discovery/networks.ts";
import { PORTMAPPER_PORT } from "../../devices/transports/rpc/portmapper.ts";
import type { Io } from "../../devices/transports/transport.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Looks at networks and at this computer's portmapper. */
export async function examineNetwork(facts: Facts, io: Io): Promise<Finding[]> {
  const findings: Finding[] = [];
  const networks = facts.networks();
  if (networks === undefined) {
    findings.push({
      verdict: "unseen",
      message: "the networks of this computer can't be seen",
      fix: NETWORKS_FLAG,
    });
  } else if (networks.length === 0) {
    findings.push({
      verdict: "warning",
      message: "this computer is in no network: instruments on one can't be reached",
      fix: "look at its cable or its wireless connection",
    });
  } else {
    const addresses = networks.map(({ address }) => address).join(", ");
    findings.push({ verdict: "ok", message: `this computer's addresses: ${addresses}` });
  }
  if (!facts.granted({ name: "net", host: `127.0.0.1:${PORTMAPPER_PORT}` })) {
    findings.push({
      verdict: "unseen",
      message: "whether a portmapper runs here can't be seen",
      fix: `--allow-net=127.0.0.1:${PORTMAPPER_PORT}`,
    });
  } else if (await facts.listens(PORTMAPPER_PORT, io)) {
    findings.push({
      verdict: "ok",
      message:
        `a portmapper runs here (port ${PORTMAPPER_PORT}): serve-sim can't have that port too`,
    });
  } else {
    findings.push({
      verdict: "ok",
      message: "no portmapper runs here; instruments by VXI-11 have their own",
    });
  }
  findings.push({
    verdict: "ok",
    message:
      "service requests by VXI-11 come to this computer by a connection of the instrument's: " +
      "behind a firewall they are found by polling",
  });
  return findings;
}
