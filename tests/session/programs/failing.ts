/**
 * A run in which something goes wrong; its first argument says what.
 *
 * @module
 */

import { every, lasting, Session } from "@stripchart/stripchart";

const [what = ""] = Deno.args;

if (what === "second-throws") {
  // A run of its own that went well before the one that fails.
  await using first = new Session("went_well", { quiet: true });
  await first.addEntry({ n: 1 });
}

await using session = new Session("failing", { quiet: true });
switch (what) {
  case "throw-before":
  case "second-throws":
    await session.addEntry({ n: 1 });
    throw new Error("main threw");
  case "never-closed": {
    // Without `await using`: nobody is left to close it.
    const other = new Session("never_closed", { quiet: true });
    await other.addEntry({ n: 1 });
    queueMicrotask(() => {
      throw new Error("nobody catches this");
    });
    await new Promise(() => {});
    break;
  }
  case "rejection":
    setTimeout(() => void Promise.reject(new Error("forgotten promise")), 100);
    break;
  case "exception":
    setTimeout(() => {
      throw new Error("out of a timer");
    }, 100);
    break;
  case "block":
    setTimeout(() => {
      const end = performance.now() + 5_000;
      while (performance.now() < end);
    }, 1_500);
    break;
}
await session.monitor(
  every("20ms", () => ({ n: 1 }), { name: "steady" }),
  lasting(what === "block" ? "8s" : "400ms"),
);
