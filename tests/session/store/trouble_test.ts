import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as delay } from "node:timers/promises";
import { openStore } from "../../../session/store/file_store.ts";
import { openReader } from "../../../session/store/reader.ts";
import { needsPython } from "../../_needs.ts";
import { temporaryFolder } from "../../_child.ts";
import { needsSmallDisk, SmallDisk, until, watchedStore } from "./_disk.ts";

const WIDE = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`v${i}`, i]));

/** Records until the disk is full; gives how many were recorded and those that were acknowledged. */
async function recordUntilFull(
  store: ReturnType<typeof watchedStore>,
): Promise<{ asked: number; acknowledged: Set<number> }> {
  const acknowledged = new Set<number>();
  let asked = 0;
  while (!store.kinds().includes("full")) {
    const t = asked++;
    // Nobody awaits these: what is refused later must not become an unhandled rejection.
    store.store.entry(t, WIDE).then(() => acknowledged.add(t), () => {});
    void store.store.entry(t, { x: t });
    const few = (): boolean => store.store.pending.records < 20 || store.kinds().includes("full");
    if (!few()) await until("the writer has caught up or the disk is full", few);
  }
  return { asked, acknowledged };
}

Deno.test({
  ...needsSmallDisk(),
  name: "Store keeps records when the disk is full and writes them when there is space again",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a.db`;
    const watched = watchedStore(path, { retryEvery: 20 });
    const { store, kinds, troubles } = watched;
    await store.startRun({ t: 0, name: "x", provenance: null });
    disk.fill(400_000);
    const { asked } = await recordUntilFull(watched);
    await delay(60);
    assert.deepEqual(kinds(), ["full"]);
    assert.ok(store.pending.records > 0);
    const late = store.entry(asked, WIDE);
    disk.drain();
    await late;
    await store.flush();
    assert.deepEqual(kinds(), ["full", "recovered"]);
    assert.match(troubles[1]?.message ?? "", /full for \d+\.\d s; .* \d+ records waited/);
    assert.deepEqual(store.pending, { records: 0, bytes: 0 });
    await store.close();
    using reader = openReader(path);
    assert.deepEqual([...reader.series("v7").t], Array.from({ length: asked + 1 }, (_, t) => t));
    assert.deepEqual([...reader.series("x").t], Array.from({ length: asked }, (_, t) => t));
    assert.ok(reader.verify().intact);
  },
});

Deno.test({
  ...needsSmallDisk(),
  name: "Store waits for space when the disk is full before its Worker has opened the file",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a.db`;
    const { store, kinds } = watchedStore(path, { retryEvery: 20 });
    disk.fill();
    const stored = Array.from({ length: 50 }, (_, t) => store.entry(t, WIDE));
    await until("it is full", () => kinds().includes("full"));
    disk.drain();
    await Promise.all(stored);
    assert.deepEqual(kinds(), ["full", "recovered"]);
    await store.close();
    assert.deepEqual([...Deno.readDirSync(disk.path)].map(({ name }) => name), ["a.db"]);
    using reader = openReader(path);
    assert.equal(reader.range().entries, 50);
  },
});

Deno.test({
  ...needsSmallDisk(),
  name: "Store refuses records beyond its queue, says so once and records the gap when it recovers",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a.db`;
    const watched = watchedStore(path, { retryEvery: 20, queueBytes: 300_000 });
    const { store, kinds } = watched;
    disk.fill(200_000);
    await recordUntilFull(watched);
    let refused = 0;
    const asked = Array.from(
      { length: 300 },
      (_, i) =>
        store.entry(1e6 + i, WIDE).catch((error) => {
          assert.match(error.message, /wait to be written: the disk is full/);
          refused += 1;
        }),
    );
    await delay(0);
    assert.deepEqual(kinds(), ["full", "overflow"]);
    disk.drain();
    await Promise.all(asked);
    await until("it recovers twice", () => kinds().length === 4);
    assert.deepEqual(kinds(), ["full", "overflow", "recovered", "recovered"]);
    await store.flush();
    await store.close();
    using reader = openReader(path);
    const gaps = reader.events({ kinds: ["gap"] });
    assert.equal(gaps.length, 1);
    const { records } = gaps[0]?.data as { records: number };
    assert.ok(records >= refused, `${records} of ${refused}`);
    assert.equal(reader.series("v1").t.filter((t) => t >= 1e6).length, 300 - refused);
  },
});

Deno.test({
  ...needsSmallDisk(),
  name:
    "Store.close() ends a run on a full disk with its reserve, and rejects what it cannot write",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a.db`;
    const watched = watchedStore(path, { retryEvery: 20 });
    const { store } = watched;
    await store.startRun({ t: 0, name: "x", provenance: null });
    disk.fill(400_000);
    const { acknowledged } = await recordUntilFull(watched);
    let rejected = 0;
    for (let i = 0; i < 4000; i++) store.entry(1e6 + i, WIDE).catch(() => rejected++);
    const ended = store.endRun({ t: 5, status: "interrupted", reason: "the disk is full" });
    ended.catch(() => {});
    const closed = store.close();
    // Somebody else takes what was freed; the last part of the reserve is still there.
    disk.fill();
    await closed;
    assert.ok(rejected > 0);
    disk.drain();
    using reader = openReader(path);
    const [run] = reader.runs();
    assert.equal(run?.status, "interrupted");
    const [gap] = reader.events({ kinds: ["gap"] });
    assert.ok((gap?.data as { records: number }).records >= rejected);
    const there = new Set(reader.series("v3").t);
    for (const t of acknowledged) assert.ok(there.has(t), `${t} was acknowledged`);
    assert.ok(reader.verify().intact);
  },
});

Deno.test("Store waits for another program that keeps the file locked", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path, { retryEvery: 20 });
  await store.entry(0, { a: 0 });
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const stored = store.entry(1, { a: 1 });
  await until("it is busy", () => kinds().includes("busy"));
  other.exec("ROLLBACK");
  other.close();
  await stored;
  assert.deepEqual(kinds(), ["busy", "recovered"]);
  await store.close();
});

Deno.test("Store rejects everything when the file fails, and closes", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path);
  await store.entry(0, { a: 0 });
  {
    using other = new DatabaseSync(path);
    other.exec("DROP TABLE tail");
  }
  const [first, second] = [
    store.entry(1, { a: 1 }),
    store.event({
      t: 1,
      kind: "log",
      level: "info",
      message: "x",
    }),
  ];
  await assert.rejects(first, /the disk or the file fails .* nothing more is stored/);
  await assert.rejects(second, /nothing more is stored/);
  await assert.rejects(store.entry(2, { a: 2 }), /nothing more is stored/);
  assert.deepEqual(kinds(), ["failed"]);
  await store.close();
});

Deno.test("Store leaves no unhandled rejection when the file fails and nobody awaits", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path);
  await store.entry(0, { a: 0 });
  {
    using other = new DatabaseSync(path);
    other.exec("DROP TABLE tail");
  }
  void store.entry(1, { a: 1 });
  void store.metadata(1, { sample: "x" });
  await until("it fails", () => kinds().includes("failed"));
  void store.entry(2, { a: 2 });
  // An unhandled rejection would fail the test.
  await delay(0);
  await store.close();
});

for (const [what, remove] of [["removed", true], ["replaced", false]] as const) {
  Deno.test(`Store opens the file again and loses nothing when its log is ${what}`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/a.db`;
    const { store, kinds } = watchedStore(path, {}, { core: { chunkRows: 7 } });
    await store.startRun({ t: 0, name: "x", provenance: null });
    for (let t = 0; t < 40; t++) await store.entry(t, { a: t, b: -t });
    Deno.removeSync(`${path}-wal`);
    if (!remove) Deno.writeFileSync(`${path}-wal`, new Uint8Array());
    for (let t = 40; t < 80; t++) await store.entry(t, { a: t, b: -t });
    assert.equal(kinds()[0], "replaced");
    assert.ok(!kinds().includes("failed"));
    await store.close();
    using reader = openReader(path);
    assert.deepEqual([...reader.series("b").values], Array.from({ length: 80 }, (_, t) => -t));
    assert.ok(reader.events({ kinds: ["replaced"] }).length > 0);
    assert.equal(reader.runs().length, 1);
    assert.ok(reader.verify().intact);
  });
}

Deno.test("Store notices without a record that its log is gone", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path);
  await store.entry(0, { a: 0 });
  Deno.removeSync(`${path}-wal`);
  await until("it is told", () => kinds().includes("replaced"));
  await store.close();
  using reader = openReader(path);
  assert.equal(reader.range().entries, 1);
});

Deno.test("Store fails loudly when its file is moved, and what was acknowledged is in the moved one", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path);
  for (let t = 0; t < 20; t++) await store.entry(t, { a: t });
  Deno.renameSync(path, `${folder.path}/b.db`);
  await assert.rejects(store.entry(20, { a: 20 }), /the file was moved or removed/);
  assert.deepEqual(kinds(), ["failed"]);
  await store.close();
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  using reader = openReader(`${folder.path}/b.db`);
  assert.deepEqual([...reader.series("a").t].slice(0, 20), Array.from({ length: 20 }, (_, t) => t));
});

Deno.test("Store fails and names what is missing when an older copy takes the file's place", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  {
    await using store = openStore(path);
    for (let t = 0; t < 5; t++) await store.entry(t, { a: t });
  }
  Deno.copyFileSync(path, `${folder.path}/old.db`);
  const { store } = watchedStore(path);
  for (let t = 5; t < 9; t++) await store.entry(t, { a: t });
  Deno.renameSync(path, `${folder.path}/moved.db`);
  Deno.renameSync(`${folder.path}/old.db`, path);
  await assert.rejects(
    store.entry(9, { a: 9 }),
    /replaced by another one, and records 6 to 9 are missing/,
  );
  await store.close();
});

Deno.test({
  ...needsPython("sqlite3"),
  name: "Store loses nothing when this process reads its file by other means and Python opens it",
  fn: async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/a.db`;
    const { store, kinds } = watchedStore(path);
    for (let t = 0; t < 5; t++) await store.entry(t, { a: t });
    // Closing the file drops the POSIX locks of the whole process, SQLite's too.
    Deno.readFileSync(path);
    // So Python takes itself for the last user, and removes the log.
    const script = "import sqlite3, sys\ndb = sqlite3.connect(sys.argv[1])\n" +
      "db.execute('SELECT count(*) FROM tail').fetchone()\ndb.close()";
    const { success } = await new Deno.Command("python3", { args: ["-c", script, path] }).output();
    assert.ok(success);
    assert.throws(() => Deno.statSync(`${path}-wal`), Deno.errors.NotFound);
    for (let t = 5; t < 10; t++) await store.entry(t, { a: t });
    await store.close();
    assert.deepEqual(kinds(), ["replaced"]);
    using reader = openReader(path);
    assert.deepEqual([...reader.series("a").t], Array.from({ length: 10 }, (_, t) => t));
  },
});

Deno.test("Store tells in the file and by onTrouble that the main thread stood still", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store, kinds } = watchedStore(path, { stallAfter: 300 });
  await store.startRun({ t: 0, name: "x", provenance: null });
  store.heartbeat();
  // It blocks until another connection sees what the Worker has written meanwhile.
  using other = openReader(path);
  const end = performance.now() + 20_000;
  while (other.events({ kinds: ["stall"] }).length === 0 && performance.now() < end);
  assert.equal(other.events({ kinds: ["stall"] }).length, 1);
  store.heartbeat();
  await until("both are told", () => {
    store.heartbeat();
    return kinds().includes("stalled") && other.events({ kinds: ["stall"] }).length === 2;
  });
  const [first, second] = other.events({ kinds: ["stall"] });
  assert.equal((first?.data as { over: boolean }).over, false);
  assert.equal((second?.data as { over: boolean }).over, true);
  assert.ok((second?.data as { milliseconds: number }).milliseconds >= 300);
  await store.close();
});

Deno.test("Store says nothing of a main thread that never gave a heartbeat", async () => {
  const { store, kinds } = watchedStore(":memory:", { stallAfter: 1 });
  store.heartbeat();
  await store.close();
  assert.deepEqual(kinds(), []);
});

Deno.test("Store records that its log grows while somebody reads, and empties it afterwards", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const { store } = watchedStore(path, {}, { walBytes: 2 ** 18 });
  await store.entry(0, WIDE);
  {
    using other = new DatabaseSync(path, { readOnly: true });
    other.exec("BEGIN");
    other.prepare("SELECT count(*) FROM tail").get();
    for (let t = 1; t < 200; t++) await store.entry(t, WIDE);
    using reader = openReader(path);
    assert.equal(reader.events({ kinds: ["wal"] }).length, 1);
    other.exec("COMMIT");
  }
  await store.close();
  assert.throws(() => Deno.statSync(`${path}-wal`), Deno.errors.NotFound);
  using reader = openReader(path);
  assert.equal(reader.series("v1").t.length, 200);
});

Deno.test({
  ...needsPython("sqlite3"),
  name: "Store goes on while Python holds a read transaction, which sees none of it",
  fn: async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/a.db`;
    const { store, kinds } = watchedStore(path, {}, { core: { chunkRows: 10 } });
    for (let t = 0; t < 15; t++) await store.entry(t, { a: t });
    const script = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN")
count = lambda: (db.execute("SELECT count(*) FROM tail").fetchone()[0]
                 + db.execute("SELECT coalesce(sum(n), 0) FROM chunk").fetchone()[0])
print(count(), flush=True)
sys.stdin.readline()
print(count(), flush=True)
db.execute("COMMIT")
print(count(), flush=True)
`;
    const python = new Deno.Command("python3", {
      args: ["-c", script, path],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const lines = python.stdout.pipeThrough(new TextDecoderStream()).getReader();
    let said = (await lines.read()).value ?? "";
    for (let t = 15; t < 50; t++) await store.entry(t, { a: t });
    await python.stdin.close();
    for (let part = await lines.read(); !part.done; part = await lines.read()) said += part.value;
    await python.status;
    assert.equal(said.trim(), "15\n15\n50");
    assert.deepEqual(kinds(), []);
    await store.close();
  },
});

Deno.test("Store.backup() copies what is on disk while writing goes on, and overwrites nothing", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const copy = `${folder.path}/b.db`;
  await using store = openStore(path, {}, { core: { chunkRows: 10 } });
  for (let t = 0; t < 100; t++) store.entry(t, { a: t });
  await store.flush();
  const copied = store.backup(copy);
  let more = 100;
  let done = false;
  copied.finally(() => done = true);
  while (!done) await store.entry(more, { a: more++ });
  await copied;
  using reader = openReader(copy);
  const { t } = reader.series("a");
  assert.ok(t.length >= 100 && t.length <= more);
  assert.deepEqual([...t], Array.from({ length: t.length }, (_, i) => i));
  assert.ok(reader.verify().intact);
  await assert.rejects(store.backup(copy), /as it exists/);
  await assert.rejects(store.backup(`${folder.path}/none/c.db`), /Cannot back up/);
});

Deno.test("Store.backup() copies a session in memory to a file that can be gone on with", async () => {
  using folder = temporaryFolder();
  const copy = `${folder.path}/b.db`;
  {
    await using store = openStore(":memory:");
    await store.entry(0, { a: 0 });
    await store.backup(copy);
    await assert.rejects(store.backup(copy), /as it exists/);
  }
  await using store = openStore(copy);
  await store.entry(1, { a: 1 });
  using reader = store.reader();
  assert.deepEqual([...reader.series("a").t], [0, 1]);
});
