/**
 * Records and serves a page on the port that it is given, looks at it, and ends.
 *
 * @module
 */

import { Session } from "@stripchart/stripchart";
import { serveLive } from "@stripchart/stripchart/live";

const port = Number(Deno.args[0]);
await using session = new Session("a", { file: "a.db", quiet: true, provenance: null });
await session.addEntry({ a: 1 });
await using server = await serveLive({ file: session.file, port });
for (
  const path of ["", "api/sessions", "api/sessions/a.db/tiles?name=a", "api/sessions/a.db/plan"]
) {
  const response = await fetch(new URL(path, server.url));
  if (!response.ok) throw new Error(`${path} ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}
const stream = await fetch(new URL("api/sessions/a.db/stream", server.url));
await stream.body?.getReader().read();
