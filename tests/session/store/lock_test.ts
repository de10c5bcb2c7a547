import assert from "node:assert/strict";
import { openStore } from "../../../session/store/file_store.ts";
import { FileLock, RESERVE_BYTES } from "../../../session/store/lock.ts";
import { openReader } from "../../../session/store/reader.ts";
import { ROOT, temporaryFolder } from "../../_child.ts";

/** A process that opens a session and says so; it ends when its input does. */
async function holder(path: string): Promise<Deno.ChildProcess> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", `${ROOT}/tests/session/store/_holder.ts`, path],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  for await (const chunk of child.stdout.values({ preventCancel: true })) {
    assert.match(new TextDecoder().decode(chunk), /open/);
    break;
  }
  return child;
}

async function end(child: Deno.ChildProcess, how: "kindly" | "SIGKILL"): Promise<void> {
  if (how === "kindly") await child.stdin.close();
  else {
    child.kill("SIGKILL");
    await child.stdin.abort().catch(() => {});
  }
  await child.stdout.cancel();
  await child.status;
}

Deno.test("openStore() refuses a file that another process records to, naming its pid", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const child = await holder(path);
  const who = new RegExp(
    `is in use by pid ${child.pid} since \\d{4}-.*: stop it or choose --session`,
  );
  assert.throws(() => openStore(path), who);
  {
    using reader = openReader(path);
    assert.equal(reader.range().entries, 1);
  }
  await end(child, "kindly");
  await using store = openStore(path);
  await store.entry(1, { a: 1 });
});

Deno.test("openStore() takes over the lock of a process that was killed", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const child = await holder(path);
  await end(child, "SIGKILL");
  assert.ok(Deno.statSync(`${path}.lock`).isFile);
  {
    await using store = openStore(path);
    await store.entry(1, { a: 1 });
  }
  assert.throws(() => Deno.statSync(`${path}.lock`), Deno.errors.NotFound);
  using reader = openReader(path);
  assert.equal(reader.range().entries, 2);
});

Deno.test("openStore() refuses a second store on the same file in one process", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await using store = openStore(path);
  assert.throws(() => openStore(path), /in use by pid \d+ \(this process\)/);
  await store.entry(1, { a: 1 });
});

Deno.test("openStore() follows a link to the file, and is refused by either name", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const link = `${folder.path}/link.db`;
  {
    await using store = openStore(path);
    await store.entry(0, { a: 0 });
  }
  Deno.symlinkSync("a.db", link);
  const troubles: string[] = [];
  await using store = openStore(link, { onTrouble: ({ kind }) => void troubles.push(kind) });
  assert.throws(() => openStore(path), /in use/);
  assert.throws(() => openStore(link), /in use/);
  await store.entry(1, { a: 1 });
  using reader = openReader(link);
  assert.equal(reader.range().entries, 2);
  assert.deepEqual(troubles, []);
});

Deno.test("FileLock holds a reserve of real bytes and gives it back in two parts", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  using lock = FileLock.acquire(path);
  const { size, blocks } = Deno.statSync(`${path}.lock`);
  assert.ok(size >= RESERVE_BYTES);
  if (blocks !== null) assert.ok(blocks * 512 >= RESERVE_BYTES);
  lock.free(false);
  const rest = Deno.statSync(`${path}.lock`).size;
  assert.ok(rest > 2 ** 17 && rest < RESERVE_BYTES);
  lock.free(true);
  assert.ok(Deno.statSync(`${path}.lock`).size <= 4096);
});

Deno.test("FileLock does not remove a lock that took its place", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const first = FileLock.acquire(path);
  Deno.removeSync(`${path}.lock`);
  using second = FileLock.acquire(path);
  first[Symbol.dispose]();
  assert.ok(Deno.statSync(`${path}.lock`).isFile);
  assert.throws(() => FileLock.acquire(path), /in use/);
  void second;
});
