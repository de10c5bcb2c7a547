/**
 * A program that asks an instrument on a GPIB board, as an experiment would.
 *
 * @module
 */

import { open, visa } from "../../../../devices/mod.ts";

const [library] = Deno.args;
const definition = visa("GPIB0::5", library === undefined ? {} : { gpib: { library } });
// deno-lint-ignore no-console -- a program's output
console.log(definition.permissions?.ffi?.join(","));
const instrument = await open(definition);
// deno-lint-ignore no-console -- a program's output
console.log(await instrument.query("*IDN?"));
await instrument.close();
