/**
 * The foreign client `lxi`, and what it needs.
 *
 * @module
 */

import assert from "node:assert/strict";
import { type Need, needs } from "../_needs.ts";

/** Runs a foreign program to its end, which must be a good one, and gives what it wrote. */
export async function run(command: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.equal(code, 0, `${said}\n${new TextDecoder().decode(stderr)}`);
  return said;
}

/** `lxi` asks the portmapper at its one port, 111: here at an address of the loopback of its own. */
export function needsPortmapper(host: string): Need {
  const lxi = needs("lxi");
  if (lxi.ignore) return lxi;
  try {
    Deno.listen({ hostname: host, port: 111 }).close();
    return { ignore: false };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // deno-lint-ignore no-console -- the reason belongs beside the word "ignored"
    console.warn(`Tests of lxi by VXI-11 are ignored: ${host} port 111: ${why}`);
    return { ignore: true };
  }
}
