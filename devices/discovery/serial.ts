/**
 * Finds serial ports.
 *
 * @module
 */

import type { SerialPortInfo } from "../transports/serial/control.ts";
import { libcCandidates } from "../transports/serial/linux/libc.ts";
import { serialLibraries } from "../transports/serial_name.ts";
import type { Finder } from "./finder.ts";
import type { Finding } from "./finding.ts";
import { flagsForLibrary } from "./flags.ts";

/** What this finder depends on; tests have their own. */
export interface SerialFinderOptions {
  /** Lists the ports. @default this computer's */
  readonly ports?: () => readonly SerialPortInfo[];
  /** The system that names them. @default this one */
  readonly os?: string;
}

/** Windows keeps its ports in the registry, which another library reads than the one that opens them. */
const REGISTRY_LIBRARY = "C:\\Windows\\System32\\advapi32.dll";

function missingFlags(): readonly string[] {
  switch (Deno.build.os) {
    case "windows":
      return flagsForLibrary([REGISTRY_LIBRARY]);
    case "linux":
      return flagsForLibrary(libcCandidates(Deno.build.arch), serialLibraries());
    default:
      return flagsForLibrary(serialLibraries());
  }
}

/**
 * What is known of a port. It is named as it will be called tomorrow, if the system has such a name: which
 * `/dev/ttyUSB0` is which depends on what was plugged in first.
 */
function finding({ path, stableName, driver, usb }: SerialPortInfo, os: string): Finding {
  const aliases = stableName === undefined ? [] : [`ASRL${path}::INSTR`];
  // VISA counts the ports of a PC from 1.
  const number = os === "windows" ? /^COM(\d+)$/i.exec(path) : /^\/dev\/ttyS(\d+)$/.exec(path);
  if (number?.[1] !== undefined) {
    aliases.push(`ASRL${os === "windows" ? number[1] : Number(number[1]) + 1}::INSTR`);
  }
  const { manufacturer, product, serial } = usb ?? {};
  return {
    resource: `ASRL${stableName ?? path}::INSTR`,
    aliases,
    how: driver === undefined ? "serial port" : `serial port (${driver})`,
    path,
    ...usb === undefined ? {} : { usb },
    ...manufacturer === undefined ? {} : { manufacturer },
    ...product === undefined ? {} : { model: product },
    ...serial === undefined ? {} : { serialNumber: serial },
  };
}

/** A finder of the serial ports that have hardware behind them. */
export function serialFinder(options: SerialFinderOptions = {}): Finder {
  const { os = Deno.build.os } = options;
  return {
    name: "serial",
    missingFlags: () => options.ports === undefined ? missingFlags() : [],
    async find({ doing, found }) {
      doing("list the serial ports");
      const list = options.ports ?? (await import("../transports/serial/ports.ts")).serialPorts;
      const ports = list();
      for (const port of ports) found(finding(port, os));
      return { what: "the serial ports of this computer" };
    },
  };
}
