/**
 * Instruments over HiSLIP (IVI-6.1), on TCP port 4880: the client and, for simulated instruments, the server.
 *
 * @module
 */

export { type HislipOptions, type HislipTls, openHislip } from "./open.ts";
export {
  type HislipServer,
  type HislipServerOptions,
  type HislipServerTls,
  serveHislip,
} from "./server.ts";
