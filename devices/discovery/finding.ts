/**
 * What a search for instruments finds.
 *
 * @module
 */

import type { UsbIdentity } from "../transports/serial/control.ts";

/** What searches for instruments, one for each bus or protocol. */
export type FinderName = "serial" | "usbtmc" | "gpib" | "vxi11" | "mdns" | "visa";

/** What may be known of an instrument without talking to it. All text is as the instrument or its driver says. */
export interface InstrumentFacts {
  /** Its maker. */
  readonly manufacturer?: string;
  /** Its model. */
  readonly model?: string;
  /** Its serial number. */
  readonly serialNumber?: string;
  /** The version of its firmware. */
  readonly firmware?: string;
  /** The name of its host in the network. */
  readonly hostName?: string;
  /** What it, or its adapter, says by USB. */
  readonly usb?: UsbIdentity;
  /** The device file, as `/dev/ttyUSB0`. */
  readonly path?: string;
  /** TCP ports by what they are for, as `{ "hislip": 4880 }`. */
  readonly ports?: Readonly<Record<string, number>>;
}

/** How a resource was found. */
export interface Way {
  /** By which finder. */
  readonly finder: FinderName;
  /** In a few words, as `"mDNS _hislip._tcp"`. */
  readonly how: string;
}

/** What a finder tells of one resource. */
export interface Finding extends InstrumentFacts {
  /** Its name, which is brought to its canonical form if it is one that Stripchart knows. */
  readonly resource: string;
  /** Other names that lead to the same thing. */
  readonly aliases?: readonly string[];
  /** How it was found, in a few words. */
  readonly how: string;
}

/** A resource that was found, by one finder or by several. */
export interface FoundResource extends InstrumentFacts {
  /** Its name in canonical form. */
  readonly resource: string;
  /** How it was found, at least one way. */
  readonly ways: readonly Way[];
}
