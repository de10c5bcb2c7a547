import assert from "node:assert/strict";
import { Session } from "../../../session/session.ts";
import { temporaryFolder } from "../../_child.ts";
import { APART, paper } from "../_session.ts";
import { alarm, recording } from "./_channels.ts";

Deno.test("A run that waits for its last messages is not taken for one that hangs", async () => {
  using folder = temporaryFolder();
  const terminal = paper();
  const session = new Session("farewell", {
    ...APART,
    terminal,
    file: `${folder.path}/a.db`,
    farewell: "4s",
    // The run says once a second that it lives.
    store: { stallAfter: 2_500 },
  });
  await session.addChannel(recording("mail", () => new Promise(() => {})));
  await session.notify(alarm("hot"));
  await session.close();
  assert.match(terminal.text, /1 message not delivered/);
  assert.doesNotMatch(terminal.text, /main thread/);
});
