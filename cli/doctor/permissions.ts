/**
 * What Deno permits, bus by bus.
 *
 * @module
 */

import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";

/** Says what is granted, and which flag each bus takes. */
export function examinePermissions({ granted, systemLibraries }: Facts): Finding[] {
  const finding = (is: boolean, what: string, fix: string): Finding =>
    is
      ? { verdict: "ok", message: `${what}: granted` }
      : { verdict: "unseen", message: `${what}: not granted here; an experiment takes`, fix };
  const net = granted({ name: "net" });
  const library = systemLibraries.find((path) => granted({ name: "ffi", path }));
  return [
    finding(net, "raw sockets", "--allow-net=HOST:PORT"),
    finding(net, "HiSLIP", "--allow-net=HOST:4880"),
    finding(net, "VXI-11, at a port that its instrument chooses", "--allow-net=HOST"),
    finding(net, "Prologix adapters on the network", "--allow-net=HOST:1234"),
    finding(
      library !== undefined,
      "serial ports and USB instruments, by the system's library",
      `--allow-ffi=${systemLibraries.join(",")}`,
    ),
    finding(
      granted({ name: "sys", kind: "networkInterfaces" }),
      "the list of networks, for searches",
      "--allow-sys=networkInterfaces",
    ),
  ];
}
