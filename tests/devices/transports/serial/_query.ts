/**
 * A program that lists the ports, opens one, asks it something and closes it.
 *
 * @module
 */

import { openSerial, serialPorts } from "../../../../devices/transports/serial/mod.ts";

const [path = ""] = Deno.args;
serialPorts();
const port = await openSerial(path, { baudRate: 115_200 });
await port.write(new TextEncoder().encode("*IDN?\n"), true, { deadline: Infinity });
const answer = new Uint8Array(100);
const { count } = await port.read(answer, { deadline: Infinity });
// deno-lint-ignore no-console -- a program's output
await openSerial(path).catch((error: Error) => console.error(error.message));
await port[Symbol.asyncDispose]();
// deno-lint-ignore no-console -- a program's output
console.log(new TextDecoder().decode(answer.subarray(0, count)));
