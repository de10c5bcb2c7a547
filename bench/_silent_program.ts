/**
 * Serves an instrument that never answers, by VXI-11 and HiSLIP, and prints its ports as JSON.
 *
 * @module
 */

import { serveHislip, serveVxi11 } from "@stripchart/stripchart/devices";

const silent = { receive: () => undefined };
const vxi11 = serveVxi11(silent);
const hislip = serveHislip(() => silent, { port: 0 });
// deno-lint-ignore no-console -- the ports are what it is asked for
console.log(JSON.stringify({ vxi11: vxi11.ports.core, hislip: hislip.port }));
for await (const _ of Deno.stdin.readable) {
  // Ends with its parent.
}
Deno.exit();
