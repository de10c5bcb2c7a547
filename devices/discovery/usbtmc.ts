/**
 * Finds USB instruments that Linux's own driver has.
 *
 * @module
 */

import { formatResourceName, parseResourceName } from "../resource_name.ts";
import { libcCandidates } from "../transports/serial/linux/libc.ts";
import { serialLibraries } from "../transports/serial_name.ts";
import type { UsbtmcDevice } from "../transports/usbtmc/mod.ts";
import { type Finder, FinderSkipped } from "./finder.ts";
import type { Finding } from "./finding.ts";
import { flagsForLibrary } from "./flags.ts";

/** What this finder depends on; tests have their own. */
export interface UsbtmcFinderOptions {
  /** Lists the instruments. @default this computer's */
  readonly devices?: () => readonly UsbtmcDevice[];
  /** The system. @default this one */
  readonly os?: string;
}

function hex(number: number): string {
  return number.toString(16).padStart(4, "0");
}

function finding(device: UsbtmcDevice): Finding {
  const { resource, path, vendor, product, serial, manufacturer, model } = device;
  const name = parseResourceName(resource);
  // Others name the interface although there is one only.
  const aliases = name.bus === "usb" && name.serial !== undefined
    ? [formatResourceName({ ...name, interface: device.interface })]
    : [];
  return {
    resource,
    aliases,
    how: "USBTMC driver",
    path,
    ...manufacturer === undefined ? {} : { manufacturer },
    ...model === undefined ? {} : { model },
    ...serial === undefined ? {} : { serialNumber: serial },
    usb: {
      vendorId: hex(vendor),
      productId: hex(product),
      ...serial === undefined ? {} : { serial },
      ...manufacturer === undefined ? {} : { manufacturer },
      ...model === undefined ? {} : { product: model },
      interfaceNumber: device.interface.toString(16).padStart(2, "0"),
    },
  };
}

/** A finder of USB instruments; those that this user may not open are found too, and it is said why. */
export function usbtmcFinder(options: UsbtmcFinderOptions = {}): Finder {
  const { os = Deno.build.os } = options;
  return {
    name: "usbtmc",
    missingFlags: () =>
      options.devices !== undefined || os !== "linux"
        ? []
        : flagsForLibrary(libcCandidates(Deno.build.arch), serialLibraries()),
    async find({ doing, found }) {
      if (os !== "linux") {
        throw new FinderSkipped(
          `there is no such driver on ${os}, where a VISA library finds them`,
        );
      }
      doing("list the USB instruments");
      const list = options.devices ?? (await import("../transports/usbtmc/mod.ts")).usbtmcDevices;
      const devices = list();
      for (const device of devices) found(finding(device));
      return {
        what: "the USB instruments of this computer",
        gaps: devices.flatMap(({ unusable }) => unusable === undefined ? [] : [unusable]),
      };
    },
  };
}
