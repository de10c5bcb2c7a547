/**
 * A run that waits to be interrupted. Its first argument says in what: `sleep`, `stuck`, `hanging-end`, `own-loop`.
 *
 * @module
 */

import { every, repeat, Session } from "@stripchart/stripchart";

const [what = "sleep"] = Deno.args;
const forever = (): Promise<never> => new Promise(() => {});
const say = (text: string): void =>
  void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

await using session = new Session("interrupted", { grace: "1s" });
session.defer("first", () => say("finaliser: first"));
session.defer("bath", () => say("finaliser: safe"), { safe: true });
if (what === "hanging-end") session.defer("hangs", forever, { timeout: "1s" });

if (what === "own-loop") {
  say("ready");
  while (session.running) {
    session.addEntry({ n: 1 });
    await session.sleep("100ms");
  }
} else {
  await session.monitor(
    every("20ms", () => ({ n: 1 }), { name: "steady" }),
    repeat(async function waiting() {
      await session.sleep("150ms");
      say("ready");
      if (what === "stuck") await forever();
      await session.sleep("1h");
    }),
  );
}
