/**
 * What the doctor says of serial ports.
 *
 * @module
 */

import { findHolders } from "../../devices/transports/serial/unix/holder.ts";
import { asError } from "../../session/stopped.ts";
import { type Facts, seen, type SystemFiles } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { Groups } from "./groups.ts";

/** Groups that own serial ports: on Debian and Ubuntu, and on Arch. */
const OWNERS = ["dialout", "uucp"];

/** No process has this number: whoever has the port open is found. */
const NOBODY = { pid: -1, fd: -1 } as const;

/** Looks at serial ports, who may use them and who has them open. */
export function examineSerial(facts: Facts): Finding[] {
  const { files, host, systemLibraries } = facts;
  const permitted = systemLibraries.some((path) => facts.granted({ name: "ffi", path }));
  if (!permitted) {
    return [{
      verdict: "unseen",
      message: "the ports can't be listed, as Deno does not permit the system's library",
      fix: `--allow-ffi=${systemLibraries.join(",")}`,
    }];
  }
  let ports;
  try {
    ports = facts.serialPorts();
  } catch (error) {
    return [{ verdict: "problem", message: asError(error).message }];
  }
  const findings = ports.flatMap((port): Finding[] => {
    const { path, stableName, usb } = port;
    const what = [usb?.manufacturer, usb?.product].filter((part) => part !== undefined).join(" ");
    const name = `${stableName ?? path}${stableName === undefined ? "" : ` (${path})`}`;
    const title = what === "" ? name : `${name}, ${what}`;
    return seen(files) ? examinePort(title, path, files) : [{ verdict: "ok", message: title }];
  });
  if (findings.length === 0) findings.push({ verdict: "ok", message: "no port has hardware" });
  if (seen(files)) findings.push(...examineGroup(files));
  else if (host.os === "linux") {
    findings.push({
      verdict: "unseen",
      message: `who may use them can't be seen, as ${files.why}`,
    });
  }
  return findings;
}

function examinePort(title: string, path: string, files: SystemFiles): Finding[] {
  const refusal = new Groups(files).refusal(path);
  if (refusal !== undefined) {
    const { why, fix } = refusal;
    return [{
      verdict: "problem",
      message: `${title}: ${why}`,
      ...fix === undefined ? {} : { fix },
    }];
  }
  const holders = findHolders(files, path, NOBODY);
  if (holders.length === 0) return [{ verdict: "ok", message: title }];
  const names = holders.map(({ pid, name }) => `pid ${pid} (${name})`).join(", ");
  return [{
    verdict: "warning",
    message: `${title}: in use by ${names}`,
    fix: "stop that program before an experiment takes the port",
  }];
}

/** Whoever has no port yet will want the group once there is one. */
function examineGroup(files: SystemFiles): Finding[] {
  const groups = new Groups(files);
  const owner = groups.firstOf(OWNERS);
  const user = files.user();
  if (owner === undefined || user.uid === 0) return [];
  if (user.groups.some((gid) => groups.name(gid) === owner)) {
    return [{ verdict: "ok", message: `this user is in the group ${owner}` }];
  }
  return [{
    verdict: "warning",
    message: `this user is not in the group ${owner}, which owns serial ports`,
    fix: groups.advice(owner),
  }];
}
