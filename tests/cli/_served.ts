/**
 * The command `serve-sim` in a process of its own.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { Serving } from "../../cli/serve_sim/buses.ts";
import type { BusName } from "../../cli/serve_sim/instrument.ts";
import { ROOT } from "../_child.ts";

/** A running command. */
export interface ServedChild extends AsyncDisposable {
  /** Where its instrument is, by bus. */
  readonly at: Readonly<Partial<Record<BusName, Serving>>>;
  /** Where it is not, and why. */
  readonly leftOut: Readonly<Partial<Record<BusName, string>>>;
  /** Sends a signal, and waits for its end. */
  end(signal: Deno.Signal): Promise<Deno.CommandStatus>;
}

/** Runs the command until the end of the block. */
export async function serveSimChild(
  args: readonly string[],
  flags: readonly string[] = ["--allow-all"],
  cwd: string = ROOT,
): Promise<ServedChild> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--config",
      join(ROOT, "deno.json"),
      ...flags,
      join(ROOT, "cli/main.ts"),
      "serve-sim",
      ...args,
      "--json",
    ],
    cwd,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) text += (await output.read()).value ?? assert.fail("it ended");
  const { serving, leftOut } = JSON.parse(text);
  const status = child.status;
  const end = async (signal: Deno.Signal): Promise<Deno.CommandStatus> => {
    try {
      child.kill(signal);
    } catch (error) {
      // It has ended.
      if (!(error instanceof TypeError)) throw error;
    }
    await output.cancel();
    return await status;
  };
  return {
    at: Object.fromEntries(serving.map((one: Serving) => [one.bus, one])),
    leftOut: Object.fromEntries(
      leftOut.map((one: { bus: string; why: string }) => [one.bus, one.why]),
    ),
    end,
    async [Symbol.asyncDispose]() {
      await end("SIGKILL");
    },
  };
}
