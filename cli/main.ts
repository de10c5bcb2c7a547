/**
 * The command `stripchart`.
 *
 * Run it with `deno task stripchart`, or install it from a clone, with the permissions that you wish it to have:
 *
 * ```sh
 * deno install --global --name stripchart --config deno.json --allow-net --allow-read \
 *   --allow-sys=networkInterfaces --allow-ffi=/lib/x86_64-linux-gnu/libc.so.6 cli/main.ts
 * ```
 *
 * @module
 */

import { Interrupts } from "../session/interrupts.ts";
import { standardError, standardOutput } from "../session/terminal.ts";
import { systemClock } from "../time/system_clock.ts";
import { runProgram } from "./program.ts";

if (import.meta.main) {
  const stopping = new AbortController();
  // The first Ctrl-C asks, the second does not.
  const interrupts = new Interrupts(systemClock, (urgency) => {
    if (urgency > 1) Deno.exit(130);
    stopping.abort();
  });
  const code = await runProgram(Deno.args, {
    stdout: standardOutput(),
    stderr: standardError(),
    signal: stopping.signal,
    clock: systemClock,
  });
  interrupts[Symbol.dispose]();
  Deno.exit(code);
}
