/**
 * Finding a serial port again that comes back under another name: `ttyUSB0` is whichever adapter was plugged in
 * first.
 *
 * @module
 */

import { LinkError } from "../errors.ts";
import type { SerialPortInfo, UsbIdentity } from "./control.ts";

/** A port as it was when it was opened last. To begin with, nothing is known. */
export interface PortPlace {
  /** The port. */
  known?: SerialPortInfo;
}

/**
 * The path at which a port is now.
 *
 * @param path What the user wrote: what is opened the first time, and where adapters can't be told apart.
 * @param place The port when it was opened last.
 * @param ports The ports that there are now.
 * @throws {LinkError} If its adapter is not there, whoever has its name now.
 */
export function findPort(
  path: string,
  { known }: PortPlace,
  ports: () => readonly SerialPortInfo[],
  resource: string,
): string {
  const usb = known?.usb;
  if (usb === undefined) return path;
  const alike = ports().filter((port) => port.usb !== undefined && same(port.usb, usb));
  const [first] = alike;
  if (first === undefined) {
    throw new LinkError(
      `Cannot open ${path} as a serial port, as its adapter is not plugged in: ${nameOf(usb)}`,
      resource,
    );
  }
  return alike.length === 1 && first.path !== known?.path ? first.path : path;
}

function same(one: UsbIdentity, other: UsbIdentity): boolean {
  return one.vendorId === other.vendorId && one.productId === other.productId &&
    one.serial === other.serial && one.interfaceNumber === other.interfaceNumber;
}

function nameOf({ vendorId, productId, serial, product }: UsbIdentity): string {
  const what = `USB ${vendorId}:${productId}`;
  return `${product === undefined ? what : `${product} (${what})`}` +
    (serial === undefined ? "" : `, serial number ${serial}`);
}
