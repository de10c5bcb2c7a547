/**
 * Finds instruments that announce themselves by multicast DNS, as LXI has it.
 *
 * @module
 */

import { hostAndPort, type UdpAddress } from "../transports/datagrams.ts";
import { type Finder, FinderSkipped } from "./finder.ts";
import { flagsFor } from "./flags.ts";
import { networks, NETWORKS_FLAG } from "./networks.ts";
import { OWN_PORT } from "./vxi11.ts";

/** Where services are asked for. */
export interface MdnsFinderOptions {
  /** This computer's addresses by which is asked. @default those of all its networks */
  readonly interfaces?: readonly string[];
  /** Where the questions go. @default 224.0.0.251 port 5353, by RFC 6762 */
  readonly destination?: UdpAddress;
}

const GROUP: UdpAddress = { hostname: "224.0.0.251", port: 5353 };

/**
 * A finder of instruments by mDNS over IPv4. It asks from a port of its own, so that it needs no part in another
 * program's port 5353; by RFC 6762, section 6.7, answers come to that port then.
 */
export function mdnsFinder(options: MdnsFinderOptions = {}): Finder {
  const { destination = GROUP } = options;
  return {
    name: "mdns",
    missingFlags: () => flagsFor({ net: [OWN_PORT, hostAndPort(destination)] }),
    async find(context) {
      const own = options.interfaces ?? networks()?.map(({ address }) => address);
      if (own?.length === 0) throw new FinderSkipped("this computer is in no network");
      const interfaces = own ?? ["0.0.0.0"];
      const gaps = own === undefined
        ? [`Only the first network is asked; all are with ${NETWORKS_FLAG}.`]
        : [];
      context.doing("listen to answers by mDNS");
      // A package reads the packets, which nobody else has a use for.
      const { askForServices } = await import("./mdns/ask.ts");
      const { kinds, failures } = await askForServices(interfaces, destination, context);
      if (failures.length === interfaces.length) throw new Error(failures.join(" "));
      return { what: kinds.join(", "), gaps: [...gaps, ...failures] };
    },
  };
}
