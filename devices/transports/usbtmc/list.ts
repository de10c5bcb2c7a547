/**
 * The USB instruments of a Linux computer, from what the kernel says of its devices.
 *
 * @module
 */

import { formatResourceName } from "../../resource_name.ts";
import type { UsbName } from "../../resource_name/types.ts";
import type { LinuxCalls } from "../serial/linux/libc.ts";
import { notPermitted } from "./advice.ts";

/** Where the kernel's files are. */
export interface Roots {
  /** What it says of devices. */
  readonly sys: string;
  /** The devices themselves. */
  readonly dev: string;
}

/** A USB instrument that the kernel's driver has. */
export interface UsbtmcDevice {
  /** The resource name, with the serial number if it has one. */
  readonly resource: string;
  /** The device file, which changes with what is plugged in when: `/dev/usbtmc0`. */
  readonly path: string;
  /** The vendor's number. */
  readonly vendor: number;
  /** The product's number. */
  readonly product: number;
  /** Its serial number, as it says. */
  readonly serial?: string;
  /** Which of its USB interfaces it is. */
  readonly interface: number;
  /** Its maker, as it says. */
  readonly manufacturer?: string;
  /** Its model, as it says. */
  readonly model?: string;
  /** Why it can't be used, and what to do; absent if it can. */
  readonly unusable?: string;
}

/** What else the kernel knows of an instrument. */
export interface Found {
  /** What the user is told. */
  readonly device: UsbtmcDevice;
  /** The USB device that it is an interface of. */
  readonly usb: string;
  /** Whether it can stop an answer at a byte. */
  readonly stopsAt: boolean;
  /** Whether it speaks USB488, and not plain USBTMC. */
  readonly speaks488: boolean;
  /** Whether it has a way for service requests. */
  readonly notifies: boolean;
}

const READ_AND_WRITE = 4 | 2;
/** Bulk in, bulk out, and for service requests interrupt in. */
const ENDPOINTS_WITH_INTERRUPT = 3;
const STOPS_AT = 1;

/** The instruments by the number of their files. */
export function listUsbtmc(calls: LinuxCalls, { sys, dev }: Roots): Found[] {
  const folder = `${sys}/class/usbmisc`;
  const names = calls.list(folder).filter((name) => /^usbtmc\d+$/.test(name));
  const all = names.sort((a, b) => numberOf(a) - numberOf(b)).flatMap((name) => {
    const at = calls.realPath(`${folder}/${name}/device`);
    return at === undefined ? [] : found(calls, at, `${dev}/${name}`) ?? [];
  });
  return all.map((one) => {
    const several = all.some((other) => other !== one && other.usb === one.usb);
    return { ...one, device: { ...one.device, resource: resourceOf(one.device, several) } };
  });
}

function numberOf(name: string): number {
  return Number(name.replace("usbtmc", ""));
}

function found(calls: LinuxCalls, at: string, path: string): Found | undefined {
  const usb = at.slice(0, at.lastIndexOf("/"));
  const hex = (file: string): number => Number.parseInt(calls.readText(file) ?? "", 16);
  const vendor = hex(`${usb}/idVendor`);
  const product = hex(`${usb}/idProduct`);
  // It was unplugged this moment.
  if (Number.isNaN(vendor) || Number.isNaN(product)) return undefined;
  const serial = said(calls, `${usb}/serial`);
  const manufacturer = said(calls, `${usb}/manufacturer`);
  const model = said(calls, `${usb}/product`);
  const number = hex(`${at}/bInterfaceNumber`) || 0;
  const access = calls.access(path, READ_AND_WRITE);
  return {
    usb,
    device: {
      resource: "",
      path,
      vendor,
      product,
      ...serial === undefined ? {} : { serial },
      interface: number,
      ...manufacturer === undefined ? {} : { manufacturer },
      ...model === undefined ? {} : { model },
      ...access >= 0 ? {} : { unusable: notPermitted(-access, path) },
    },
    stopsAt: (Number(calls.readText(`${at}/device_capabilities`) ?? 0) & STOPS_AT) !== 0,
    speaks488: hex(`${at}/bInterfaceProtocol`) === 1,
    notifies: hex(`${at}/bNumEndpoints`) >= ENDPOINTS_WITH_INTERRUPT,
  };
}

function said(calls: LinuxCalls, file: string): string | undefined {
  const text = calls.readText(file)?.trim();
  return text === "" ? undefined : text;
}

/**
 * A name for it; a serial number that can't stand in one is left out.
 *
 * @param several Whether its USB device has other interfaces of this kind.
 */
function resourceOf(device: UsbtmcDevice, several: boolean): string {
  const { vendor, product, serial } = device;
  const name: UsbName = { bus: "usb", board: 0, vendor, product, resourceClass: "INSTR" };
  if (serial === undefined) return formatResourceName(name);
  try {
    const whole: UsbName = { ...name, serial };
    return formatResourceName(several ? { ...whole, interface: device.interface } : whole);
  } catch (error) {
    if (error instanceof SyntaxError) return formatResourceName(name);
    throw error;
  }
}

/** The instruments that a name may mean. */
export function matching(all: readonly Found[], name: UsbName): Found[] {
  const fit = all.filter(({ device }) =>
    device.vendor === name.vendor && device.product === name.product &&
    (name.serial === undefined || device.serial === name.serial) &&
    (name.interface === undefined || device.interface === name.interface)
  );
  // Of a device with several interfaces the lowest is meant.
  return fit.filter((one) =>
    !fit.some((other) => other.usb === one.usb && other.device.interface < one.device.interface)
  );
}
