import assert from "node:assert/strict";
import { Listened } from "../../../devices/transports/listened.ts";

/** A watch that goes on until it is stopped, and what it did. */
function watch(): { readonly listened: Listened<string>; readonly log: string[] } {
  const log: string[] = [];
  const listened = new Listened<string>((signal) => {
    log.push("begun");
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        log.push("stopped");
        resolve();
      });
    });
  });
  return { listened, log };
}

Deno.test("Listened watches from the first listener of any instrument to the last one", async () => {
  const { listened, log } = watch();
  const first = listened.add("a");
  const second = listened.add("a");
  const other = listened.add("b");
  assert.deepEqual([listened.all, log], [["a", "b"], ["begun"]]);
  await first[Symbol.asyncDispose]();
  // The same one counts once.
  await first[Symbol.asyncDispose]();
  assert.deepEqual(listened.all, ["a", "b"]);
  await second[Symbol.asyncDispose]();
  assert.deepEqual([listened.all, log], [["b"], ["begun"]]);
  await other[Symbol.asyncDispose]();
  assert.deepEqual([listened.all, log], [[], ["begun", "stopped"]]);
  await using _again = listened.add("a");
  assert.deepEqual(log, ["begun", "stopped", "begun"]);
});

Deno.test("Listened.remove() forgets all listeners of an instrument", async () => {
  const { listened, log } = watch();
  const stale = listened.add("a");
  listened.add("a");
  await listened.remove("a");
  assert.deepEqual([listened.all, log], [[], ["begun", "stopped"]]);
  await using _fresh = listened.add("a");
  await stale[Symbol.asyncDispose]();
});
