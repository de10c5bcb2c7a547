import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** The stand-in library, compiled into a temporary folder. */
export interface Standin extends AsyncDisposable {
  /** The library. */
  readonly library: string;
  /** Where its log may be. */
  readonly log: string;
}

/** Compiles the stand-in library. */
export async function standin(): Promise<Standin> {
  const folder = Deno.makeTempDirSync();
  const library = `${folder}/libstandin_visa.so`;
  const source = fileURLToPath(new URL("../../../fixtures/standin_visa.c", import.meta.url));
  const { success, stderr } = await new Deno.Command("gcc", {
    args: ["-O1", "-shared", "-fPIC", "-o", library, source, "-lpthread"],
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return {
    library,
    log: `${folder}/log.txt`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Compiles the stand-in library; the test gets its path and a log's. */
export async function withStandin(
  use: (library: string, log: string) => Promise<void>,
): Promise<void> {
  await using made = await standin();
  await use(made.library, made.log);
}
