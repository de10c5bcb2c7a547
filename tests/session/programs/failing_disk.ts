// deno-lint-ignore-file no-console -- the test reads what it prints
/**
 * Records one entry after the other and prints each that is on disk; its disk fails when the file `sign` is
 * made.
 *
 * @module
 */

import { repeat, Session } from "@stripchart/stripchart";

await using session = new Session("failing_disk", { quiet: true });
let n = 0;
await session.monitor(
  repeat(async (inner) => {
    if (n === 20) Deno.writeTextFileSync("sign", "");
    await inner.addEntry({ n: n++ });
    console.log(`acknowledged ${n - 1}`);
    await inner.sleep("5ms");
  }, { name: "recording", onError: "continue" }),
);
