/**
 * What the doctor says of GPIB boards.
 *
 * @module
 */

import type { Io } from "../../devices/transports/transport.ts";
import { type Facts, seen } from "./facts.ts";
import type { Finding } from "./finding.ts";
import { Groups } from "./groups.ts";
import { examineLibraries } from "./libraries.ts";

/** Looks at libraries, boards, and who may use them. */
export async function examineGpib(facts: Facts, io: Io): Promise<Finding[]> {
  const findings = await examineLibraries("gpib", facts, io);
  const { files } = facts;
  if (!seen(files)) return findings;
  const boards = files.list("/dev").filter((name) => /^gpib\d+$/.test(name));
  if (boards.length > 0 && !facts.libraryPlaces("gpib").some((path) => files.realPath(path))) {
    findings.push({
      verdict: "problem",
      message: `there is a board (${boards.join(", ")}), but no library for it`,
      fix: "install linux-gpib's user part, which brings libgpib.so.0",
    });
  }
  const groups = new Groups(files);
  for (const name of boards) {
    const path = `/dev/${name}`;
    const refusal = groups.refusal(path);
    if (refusal === undefined) {
      findings.push({ verdict: "ok", message: `${path}: this user may use it` });
      continue;
    }
    const group = groups.firstOf(["gpib"]);
    findings.push({
      verdict: "problem",
      message: `${path}: ${refusal.why}`,
      fix: refusal.fix ??
        (group === undefined
          ? "sudo groupadd gpib; then give it the device by a rule for udev"
          : groups.advice(group)),
    });
  }
  const modules = files.list("/sys/module");
  const driven = modules.includes("gpib_common") || modules.includes("gpib");
  if (boards.length > 0 && !driven) {
    findings.push({
      verdict: "problem",
      message: "there are boards' files, but linux-gpib's module is not loaded",
      fix: "sudo modprobe gpib_common, and the module of your board",
    });
  }
  if (driven && files.realPath("/etc/gpib.conf") === undefined) {
    findings.push({
      verdict: "problem",
      message: "linux-gpib is loaded, but its boards are not described: there is no /etc/gpib.conf",
      fix: "write it as linux-gpib's manual says, with master = yes, and run: sudo gpib_config",
    });
  }
  return findings;
}
