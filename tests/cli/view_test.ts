import assert from "node:assert/strict";
import { join } from "node:path";
import { Session } from "../../session/session.ts";
import { ROOT, temporaryFolder } from "../_child.ts";

Deno.test("stripchart view shows a folder's sessions until Ctrl-C, with no more than it needs", async () => {
  using folder = temporaryFolder();
  const session = new Session("kept", {
    file: join(folder.path, "kept.db"),
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
  });
  await session.addEntry({ a: 1 });
  await session.close();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-prompt",
      "--config",
      join(ROOT, "deno.json"),
      "--allow-net=127.0.0.1",
      `--allow-read=${folder.path}`,
      join(ROOT, "cli/main.ts"),
      "view",
      folder.path,
      "--port",
      "0",
    ],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("\n")) {
    const { value, done } = await output.read();
    if (done) assert.fail(new TextDecoder().decode((await child.stderr.getReader().read()).value));
    text += value;
  }
  const url = text.trim();
  const { sessions } = await (await fetch(new URL("api/sessions", url))).json();
  assert.deepEqual(sessions.map(({ id }: { id: string }) => id), ["kept.db"]);
  child.kill("SIGINT");
  await output.cancel();
  await child.stderr.cancel();
  const { code } = await child.status;
  assert.equal(code, 0);
  await assert.rejects(fetch(url));
});

Deno.test("stripchart view refuses what can't be meant", async () => {
  using folder = temporaryFolder();
  const rows: readonly (readonly [readonly string[], number, RegExp])[] = [
    [["nothing.db"], 1, /nothing\.db/],
    [["a", "b"], 2, /one word too many/],
    [["--port", "many"], 2, /--port needs a number from 0 to 65535: many/],
  ];
  for (const [args, code, message] of rows) {
    const { code: got, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--config",
        join(ROOT, "deno.json"),
        "--allow-net=127.0.0.1",
        "--allow-read=.",
        join(ROOT, "cli/main.ts"),
        "view",
        ...args,
      ],
      cwd: folder.path,
      env: { NO_COLOR: "1" },
    }).output();
    assert.equal(got, code, new TextDecoder().decode(stderr));
    assert.match(new TextDecoder().decode(stderr), message);
  }
});
