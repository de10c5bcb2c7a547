/**
 * USB instruments (USBTMC and USB488) by Linux's own driver: no library of an instrument maker, no libusb.
 *
 * @module
 */

export type { UsbtmcDevice } from "./list.ts";
export { openUsbtmc, usbtmcDevices, type UsbtmcOptions } from "./open.ts";
