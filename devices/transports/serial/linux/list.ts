/**
 * The serial ports of a Linux computer, from what the kernel says of its devices.
 *
 * @module
 */

import type { SerialPortInfo, UsbIdentity } from "../control.ts";
import type { UnixFiles } from "../unix/calls.ts";

const TTYS = "/sys/class/tty";
const STABLE = "/dev/serial/by-id";
/** A USB device is two folders above its port, or one; hubs are higher. */
const LEVELS_TO_USB = 4;

function usbIdentity(files: UnixFiles, device: string): UsbIdentity | undefined {
  let folder = device;
  let interfaceNumber: string | undefined;
  for (let level = 0; level < LEVELS_TO_USB && folder.length > 1; level++) {
    interfaceNumber ??= files.readText(`${folder}/bInterfaceNumber`);
    const vendorId = files.readText(`${folder}/idVendor`);
    const productId = files.readText(`${folder}/idProduct`);
    if (vendorId !== undefined && productId !== undefined) {
      const serial = files.readText(`${folder}/serial`);
      const manufacturer = files.readText(`${folder}/manufacturer`);
      const product = files.readText(`${folder}/product`);
      return {
        vendorId: vendorId.toLowerCase(),
        productId: productId.toLowerCase(),
        ...serial === undefined ? {} : { serial },
        ...manufacturer === undefined ? {} : { manufacturer },
        ...product === undefined ? {} : { product },
        ...interfaceNumber === undefined ? {} : { interfaceNumber },
      };
    }
    folder = folder.slice(0, folder.lastIndexOf("/"));
  }
  return undefined;
}

/**
 * The ports that have hardware behind them. The kernel has some `ttyS` names without any; these have no
 * type.
 */
export function listLinuxPorts(files: UnixFiles): SerialPortInfo[] {
  const stable = new Map<string, string>();
  for (const name of files.list(STABLE)) {
    const path = files.realPath(`${STABLE}/${name}`);
    if (path !== undefined) stable.set(path, `${STABLE}/${name}`);
  }
  const ports: SerialPortInfo[] = [];
  for (const name of files.list(TTYS)) {
    const device = files.realPath(`${TTYS}/${name}/device`);
    if (device === undefined) continue;
    if (name.startsWith("ttyS") && (files.readText(`${TTYS}/${name}/type`) ?? "0") === "0") {
      continue;
    }
    const path = `/dev/${name}`;
    const stableName = stable.get(path);
    const driver = files.readLink(`${device}/driver`)?.replace(/^.*\//, "");
    const usb = usbIdentity(files, device);
    ports.push({
      path,
      ...stableName === undefined ? {} : { stableName },
      ...driver === undefined ? {} : { driver },
      ...usb === undefined ? {} : { usb },
    });
  }
  return ports;
}
