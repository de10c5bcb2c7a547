// deno-lint-ignore-file no-console -- it prints for a person
/**
 * Reading while another run writes: what was acknowledged is there at once, for any number of readers, and it is
 * there after a crash too.
 *
 * @module
 */

import { every, lasting, openSession, Session } from "@stripchart/stripchart";

await using session = new Session("read_while_running", { quiet: true });

const writing = session.monitor(
  every("20ms", () => ({ level: Math.sin(performance.now() / 500) })),
  lasting("2s"),
);

for (let look = 1; look <= 3; look++) {
  await session.sleep("500ms");
  // As another program would: with nothing but the file.
  using reader = openSession("read_while_running.db");
  const [t, level] = reader.loggedVariable("level");
  console.log(`look ${look}: ${t.length} values, the last one ${level.at(-1)?.toFixed(3)}`);
}

await writing;
