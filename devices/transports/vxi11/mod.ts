/**
 * Instruments on the network by VXI-11: client and server.
 *
 * @module
 */

export { openVxi11, type Vxi11Options } from "./open.ts";
export { serveVxi11, type Vxi11Server, type Vxi11ServerOptions } from "./server.ts";
