import assert from "node:assert/strict";
import { ROOT, runProgram, temporaryFolder } from "../../_child.ts";

const SCRIPT = `
import { openStore } from ${JSON.stringify(`${ROOT}/session/store/file_store.ts`)};
const store = openStore("a.db");
await store.startRun({ t: 0, name: "x", provenance: null });
await store.entry(1, { a: 1 });
await store.backup("b.db");
using reader = store.reader();
console.log(reader.series("a").values[0]);
await store.close();
`;

Deno.test("openStore() needs to read and write its file, the lock and the backup, to read the log, and no more", async () => {
  using folder = temporaryFolder();
  Deno.writeTextFileSync(`${folder.path}/main.ts`, SCRIPT);
  const flags = [
    "--allow-read=a.db,a.db-wal,a.db.lock,b.db",
    "--allow-write=a.db,a.db.lock,b.db",
  ];
  const { code, stdout, stderr } = await runProgram("main.ts", { cwd: folder.path, flags });
  assert.equal(stderr, "");
  assert.equal(stdout.trim(), "1");
  assert.equal(code, 0);
});
