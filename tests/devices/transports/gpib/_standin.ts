import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { openGpib } from "../../../../devices/transports/gpib/open.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { bytes, within } from "../prologix/_bench.ts";

/** What a test has of the stand-in library. */
export interface Standin {
  /** The library's path. No other test has the same, so nobody shares its state. */
  readonly library: string;
  /** A file to which the bus can be logged. */
  readonly log: string;
  /** The lines of the log. */
  transcript(): string[];
  /** Opens a device of board 0. */
  open(primary: number, secondary?: number): Promise<Transport>;
  /** Begins the log by a message to a device of the board. */
  logTo(link: Transport): Promise<void>;
}

/** Compiles the stand-in library into a temporary folder. */
export async function standin(...flags: string[]): Promise<Standin & AsyncDisposable> {
  const folder = Deno.makeTempDirSync();
  const library = `${folder}/libgpib.so.0`;
  const source = fileURLToPath(new URL("../../../fixtures/standin_gpib.c", import.meta.url));
  const { success, stderr } = await new Deno.Command("gcc", {
    args: ["-O1", "-shared", "-fPIC", ...flags, "-o", library, source, "-lpthread"],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const log = `${folder}/log.txt`;
  return {
    library,
    log,
    transcript: () => Deno.readTextFileSync(log).trim().split("\n"),
    open: (primary, secondary) =>
      openGpib(
        { board: 0, primary, ...(secondary === undefined ? {} : { secondary }) },
        within(10_000),
        { library, pollInterval: 5 },
      ),
    logTo: (link) => link.write(bytes(`LOG ${log}`), true, within(5000)),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Compiles the stand-in library for a test. */
export async function withStandin(
  use: (standin: Standin) => Promise<void>,
  ...flags: string[]
): Promise<void> {
  await using made = await standin(...flags);
  await use(made);
}
