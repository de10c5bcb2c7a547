/**
 * A process that keeps a session open until its input ends.
 *
 * @module
 */

import { openStore } from "../../../session/store/file_store.ts";

await using store = openStore(Deno.args[0] ?? "");
await store.entry(0, { a: 0 });
await Deno.stdout.write(new TextEncoder().encode("open\n"));
for await (const _ of Deno.stdin.readable);
