/**
 * The networks that this computer is in, and their addresses for all.
 *
 * @module
 */

/** An IPv4 network by one of this computer's interfaces. */
export interface Network {
  /** This computer's address there. */
  readonly address: string;
  /** The address at which all hear. */
  readonly broadcast: string;
}

/** What is needed of an interface; `Deno.networkInterfaces()` gives it. */
export type Interface = Pick<Deno.NetworkInterfaceInfo, "family" | "address" | "netmask">;

function numberOf(address: string): number {
  return address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressOf(number: number): string {
  return [24, 16, 8, 0].map((bits) => (number >>> bits) & 255).join(".");
}

/** The networks of these interfaces in which others can be: not this computer's own, nor one of two addresses. */
export function networksOf(interfaces: readonly Interface[]): Network[] {
  const networks: Network[] = [];
  for (const { family, address, netmask } of interfaces) {
    if (family !== "IPv4" || address.startsWith("127.")) continue;
    const mask = numberOf(netmask);
    if (mask >= 0xfffffffe) continue;
    const broadcast = addressOf((numberOf(address) | ~mask) >>> 0);
    networks.push({ address, broadcast });
  }
  return networks;
}

/** The flag that looking for networks takes. */
export const NETWORKS_FLAG = "--allow-sys=networkInterfaces";

/** This computer's networks; undefined if that is not permitted. */
export function networks(): Network[] | undefined {
  const { state } = Deno.permissions.querySync({ name: "sys", kind: "networkInterfaces" });
  return state === "granted" ? networksOf(Deno.networkInterfaces()) : undefined;
}
