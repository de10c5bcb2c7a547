import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

/** Compiles the stand-in library into a temporary folder; the test gets its path and a log's. */
export async function withStandin(
  use: (library: string, log: string) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    const library = `${folder}/libstandin_visa.so`;
    const source = fileURLToPath(new URL("../../../fixtures/standin_visa.c", import.meta.url));
    const { success, stderr } = await new Deno.Command("gcc", {
      args: ["-O1", "-shared", "-fPIC", "-o", library, source, "-lpthread"],
    }).output();
    assert.ok(success, new TextDecoder().decode(stderr));
    await use(library, `${folder}/log.txt`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}
