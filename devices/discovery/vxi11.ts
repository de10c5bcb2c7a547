/**
 * Finds instruments that speak VXI-11, by a broadcast to their portmappers.
 *
 * @module
 */

import { hostAndPort, type UdpAddress } from "../transports/datagrams.ts";
import { PORTMAPPER_PORT } from "../transports/rpc/portmapper.ts";
import { Program, VERSION } from "../transports/vxi11/protocol.ts";
import { type Finder, FinderSkipped } from "./finder.ts";
import { flagsFor } from "./flags.ts";
import { networks, NETWORKS_FLAG } from "./networks.ts";

/** Where instruments are asked for. */
export interface Vxi11FinderOptions {
  /**
   * Addresses and UDP ports of portmappers, or of broadcasts to them. With another port than 111, instruments are
   * named with their TCP port.
   *
   * @default port 111 of 255.255.255.255 and of the broadcast address of each network
   */
  readonly destinations?: readonly UdpAddress[];
}

/** What any use of UDP takes: an own port, whichever. */
export const OWN_PORT = "0.0.0.0:0";

/** The broadcast that needs no knowledge of the network; it goes by the first interface only. */
const EVERYWHERE: UdpAddress = { hostname: "255.255.255.255", port: PORTMAPPER_PORT };

/**
 * A finder of instruments by VXI-11. An instrument is named by the device `inst0`, which all have; names of other
 * devices, as behind a gateway to GPIB, are not tried.
 */
export function vxi11Finder(options: Vxi11FinderOptions = {}): Finder {
  const least = options.destinations ?? [EVERYWHERE];
  return {
    name: "vxi11",
    missingFlags: () => flagsFor({ net: [OWN_PORT, ...least.map(hostAndPort)] }),
    async find({ clock, doing, found, ...io }) {
      const { destinations, gaps } = options.destinations === undefined
        ? ownNetworks()
        : { destinations: options.destinations, gaps: [] };
      const portIsKnown = destinations.every(({ port }) => port === PORTMAPPER_PORT);
      doing("listen to answers to the broadcast");
      const { broadcastGetPort } = await import("../transports/rpc/broadcast.ts");
      const unreached = await broadcastGetPort({
        program: Program.core,
        version: VERSION,
        destinations,
        clock,
        take(host, port) {
          // A host with a portmapper and without such a program is no instrument.
          if (port === 0) return;
          found({
            resource: `TCPIP0::${host}${portIsKnown ? "" : `,${port}`}::inst0::INSTR`,
            how: "VXI-11 broadcast",
            ports: { "vxi-11": port },
          });
        },
      }, io);
      const failed = unreached.map(({ why }) => why);
      if (unreached.length === destinations.length) throw new Error(failed.join(" "));
      const asked = destinations.filter((one) =>
        !unreached.some(({ destination }) => destination === one)
      );
      return { what: asked.map(({ hostname }) => hostname).join(", "), gaps: [...gaps, ...failed] };
    },
  };
}

function ownNetworks(): { readonly destinations: readonly UdpAddress[]; readonly gaps: string[] } {
  const all = networks();
  if (all === undefined) {
    return {
      destinations: [EVERYWHERE],
      gaps: [`Only the first network is asked; all are with ${NETWORKS_FLAG}.`],
    };
  }
  if (all.length === 0) throw new FinderSkipped("this computer is in no network");
  const addresses = [...new Set(all.map(({ broadcast }) => broadcast))]
    .map((hostname): UdpAddress => ({ hostname, port: PORTMAPPER_PORT }));
  const flagOf = (address: UdpAddress): string[] => flagsFor({ net: [hostAndPort(address)] });
  return {
    destinations: [EVERYWHERE, ...addresses.filter((address) => flagOf(address).length === 0)],
    gaps: addresses.flatMap((address) =>
      flagOf(address).map((flag) => `${hostAndPort(address)} is not asked; it is with ${flag}.`)
    ),
  };
}
