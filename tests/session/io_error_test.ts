import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession } from "../../session/open_session.ts";
import { ROOT, temporaryFolder } from "../_child.ts";
import { needs } from "../_needs.ts";

Deno.test({
  ...needs("gcc"),
  name:
    "A disk that fails ends the run loudly, and nothing is acknowledged that it did not confirm",
  async fn() {
    using folder = temporaryFolder();
    const library = join(folder.path, "failing_disk.so");
    const compiled = new Deno.Command("gcc", {
      args: ["-shared", "-fPIC", "-o", library, join(ROOT, "tests/fixtures/failing_disk.c")],
    }).outputSync();
    assert.ok(compiled.success, new TextDecoder().decode(compiled.stderr));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--no-prompt",
        "--allow-read",
        "--allow-write=.",
        "--config",
        join(ROOT, "deno.json"),
        join(ROOT, "tests/session/programs/failing_disk.ts"),
      ],
      cwd: folder.path,
      env: { NO_COLOR: "1", LD_PRELOAD: library, FAILING_DISK: join(folder.path, "sign") },
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    assert.equal(code, 1, text(stderr));
    assert.match(text(stderr), /error: Cannot record.*(disk|I\/O)/i);
    const acknowledged = [...text(stdout).matchAll(/^acknowledged (\d+)$/gm)].map(([, n]) => n);
    assert.deepEqual(acknowledged, Array.from({ length: 20 }, (_, n) => String(n)));
    using reader = openSession(join(folder.path, "failing_disk.db"));
    const seen = [...reader.loggedVariable("n")[1]];
    assert.deepEqual(seen.slice(0, 20), Array.from({ length: 20 }, (_, n) => n));
    assert.notEqual(reader.runs()[0]?.status, "completed");
  },
});
