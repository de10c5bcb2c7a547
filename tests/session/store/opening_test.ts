import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openForReading, openForWriting } from "../../../session/store/database.ts";
import { openStore } from "../../../session/store/file_store.ts";
import { migrate } from "../../../session/store/migrations.ts";
import { SCHEMA_VERSION } from "../../../session/store/schema.ts";
import { openReader } from "../../../session/store/reader.ts";
import { VERSION } from "../../../session/version.ts";
import configuration from "../../../deno.json" with { type: "json" };
import { temporaryFolder } from "../../_child.ts";
import { needsSmallDisk, SmallDisk } from "./_disk.ts";

async function session(path: string): Promise<void> {
  await using store = openStore(path);
  await store.startRun({ t: 1, name: "x", provenance: null });
  for (let i = 0; i < 2500; i++) store.entry(i, { a: i, b: -i });
}

function alter(path: string, sql: string): void {
  const db = new DatabaseSync(path);
  db.exec(sql);
  db.close();
}

Deno.test("VERSION is the one of deno.json", () => {
  assert.equal(VERSION, configuration.version);
});

const refusals: [what: string, make: (path: string) => Promise<void> | void, says: RegExp][] = [
  [
    "of a newer schema",
    async (path) => {
      await session(path);
      alter(path, "PRAGMA user_version = 7; UPDATE meta SET value = '0.9.0'");
    },
    /is schema 7, written by Stripchart 0\.9\.0; this is \d+\.\d+\.\d+, which reads up to schema 2: update Stripchart/,
  ],
  [
    "of pymanip",
    (path) => alter(path, "CREATE TABLE log_names(name TEXT); CREATE TABLE log(x)"),
    /it is a session of pymanip/,
  ],
  [
    "of another program",
    (path) => alter(path, "PRAGMA application_id = 4711; CREATE TABLE t(x)"),
    /another program's database \(application id 4711\)/,
  ],
  [
    "of another program without an id",
    (path) => alter(path, "CREATE TABLE t(x)"),
    /another program's database \(application id 0\)/,
  ],
  [
    "that is no database",
    (path) => Deno.writeTextFileSync(path, "time,value\n1,2\n".repeat(100)),
    /it is no SQLite database/,
  ],
  [
    "that is cut short",
    async (path) => {
      await session(path);
      Deno.truncateSync(path, 3 * 4096 + 100);
    },
    /damaged or cut short/,
  ],
  ["that is a folder", (path) => Deno.mkdirSync(path), /it is a folder/],
];

for (const [what, make, says] of refusals) {
  Deno.test(`openStore() and openReader() refuse a file ${what} and leave it as it is`, async () => {
    using folder = temporaryFolder();
    const path = `${folder.path}/a.db`;
    await make(path);
    const before = Deno.statSync(path).isFile ? Deno.readFileSync(path) : undefined;
    assert.throws(() => openStore(path), says);
    assert.throws(() => openReader(path), says);
    if (before !== undefined) assert.deepEqual(Deno.readFileSync(path), before);
    assert.throws(() => Deno.statSync(`${path}.lock`), Deno.errors.NotFound);
  });
}

Deno.test("openStore() and openReader() say so when the folder does not exist", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/none/a.db`;
  assert.throws(() => openStore(path), /its folder does not exist/);
  assert.throws(() => openReader(path), /the file or its folder does not exist/);
});

Deno.test("openStore() makes a session of an empty file, which openReader() refuses", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  Deno.writeFileSync(path, new Uint8Array());
  assert.throws(() => openReader(path), /it is empty/);
  await session(path);
  using reader = openReader(path);
  assert.equal(reader.range().entries, 2500);
});

Deno.test("openStore() opens a path with odd characters, and openReader() too", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a b?c#d%20é'.db`;
  await session(path);
  using reader = openReader(path);
  assert.equal(reader.range().entries, 2500);
});

Deno.test("openForWriting() makes every commit durable, in a file that says what it is", () => {
  using folder = temporaryFolder();
  using db = openForWriting(`${folder.path}/a.db`);
  const pragma = (name: string): unknown =>
    Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  assert.equal(pragma("journal_mode"), "wal");
  assert.equal(pragma("synchronous"), 2);
  assert.equal(pragma("application_id"), 0x53545243);
  assert.equal(pragma("user_version"), SCHEMA_VERSION);
});

const next = SCHEMA_VERSION + 1;
const steps = [
  {
    from: SCHEMA_VERSION,
    apply: (db: DatabaseSync) => db.exec("ALTER TABLE run ADD COLUMN host TEXT"),
  },
  { from: next, apply: (db: DatabaseSync) => db.exec("UPDATE run SET host = 'here'") },
];

Deno.test("openForWriting() applies all steps from an older schema", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  using db = openForWriting(path, { version: next + 1, migrations: steps });
  assert.equal(db.prepare("PRAGMA user_version").get()?.user_version, next + 1);
  assert.equal(db.prepare("SELECT host FROM run").get()?.host, "here");
  assert.equal(db.prepare("SELECT value FROM meta").get()?.value, VERSION);
});

Deno.test("migrate() leaves the file as it was when a step fails or is missing", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  {
    using db = openForWriting(path);
    const bad = { from: next, apply: (db: DatabaseSync) => db.exec("UPDATE run SET") };
    assert.throws(() => migrate(db, next + 1, [steps[0] ?? bad, bad]), /incomplete input/);
    assert.equal(db.prepare("PRAGMA user_version").get()?.user_version, SCHEMA_VERSION);
    assert.throws(() => migrate(db, next + 1, steps.slice(1)), /no step from schema 2 to 3/);
  }
  using reader = openReader(path);
  assert.equal(reader.range().entries, 2500);
});

Deno.test("openForReading() asks to migrate an older file first", async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  await session(path);
  alter(path, "PRAGMA user_version = 0");
  assert.throws(() => openForReading(path), /of an older Stripchart/);
});

Deno.test({
  ...needsSmallDisk(),
  name: "openReader() reads and openStore() refuses a session on a read-only disk",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a ?%b.db`;
    await session(path);
    disk.protect();
    assert.throws(() => openStore(path), /may not be written/);
    using reader = openReader(path);
    assert.equal(reader.series("a").values[2499], 2499);
    assert.ok(reader.verify().intact);
  },
});

Deno.test({
  ...needsSmallDisk(),
  name: "openReader() reads and openStore() refuses a session on a disk that is full",
  fn: async () => {
    using disk = new SmallDisk(4096);
    const path = `${disk.path}/a.db`;
    await session(path);
    disk.fill();
    assert.throws(() => openStore(path), /the disk is full/);
    using reader = openReader(path);
    assert.equal(reader.series("a").values[2499], 2499);
  },
});

const wrong: [what: string, values: unknown, error: RegExp, type: ErrorConstructor][] = [
  ["it is empty", {}, /holds no value/, TypeError],
  ["a value is text", { a: 1, b: "2" }, /"b" as its value must be a number: "2"/, TypeError],
  ["a value is null", { a: null }, /"a".*null/, TypeError],
  ["a value is undefined", { a: undefined }, /"a".*undefined/, TypeError],
  ["a value is a bigint", { a: 1n }, /"a".*bigint/, TypeError],
  ["a value is an array", { a: [1] }, /"a".*object.*datasets/, TypeError],
  ["a name is empty", { "": 1 }, /it is empty/, RangeError],
  ["a name has a NUL", { "a\0b": 1 }, /NUL/, RangeError],
  ["a name is half a pair", { "a\ud800": 1 }, /surrogate/, RangeError],
  ["a name is too long", { ["é".repeat(2049)]: 1 }, /longer than 4096 bytes/, RangeError],
];

for (const [what, values, message, type] of wrong) {
  Deno.test(`Store.entry() rejects and the others are stored when ${what}`, async () => {
    await using store = openStore(":memory:");
    const entry = values as Record<string, number>;
    const before = store.entry(1, { a: 1 });
    const refused = store.entry(2, entry);
    const after = store.entry(3, { a: 3 });
    assert.throws(() => store.check(entry), message);
    await assert.rejects(refused, (error) => error instanceof type && message.test(error.message));
    await Promise.all([before, after]);
    using reader = store.reader();
    assert.deepEqual([...reader.series("a").t], [1, 3]);
    assert.deepEqual(reader.variables().map(({ name }) => name), ["a"]);
  });
}

Deno.test("Store.entry() rejects more values than a chunk has columns", async () => {
  await using store = openStore(":memory:");
  const values: Record<string, number> = {};
  for (let i = 0; i <= 2 ** 20 - 2; i++) values[`v${i}`] = i;
  await assert.rejects(store.entry(1, values), /more than 1048574 values: 1048575/);
});

Deno.test("Store rejects a time that is no integer, and names and texts that cannot be stored", async () => {
  await using store = openStore(":memory:");
  const bytes = new Uint8Array();
  await assert.rejects(store.entry(1.5, { a: 1 }), RangeError);
  await assert.rejects(store.entry(NaN, { a: 1 }), RangeError);
  await assert.rejects(store.dataset(1, "", { dtype: "json", shape: [], bytes }), RangeError);
  await assert.rejects(store.parameters(1, { ok: 1, bad: "x" as unknown as number }), TypeError);
  await assert.rejects(store.metadata(1, { ok: "1", bad: 2 as unknown as string }), TypeError);
  await assert.rejects(store.metadata(1, { bad: "\udc00" }), RangeError);
  await assert.rejects(store.variable("\0", {}), RangeError);
  using reader = store.reader();
  assert.equal(reader.parameters().size + reader.metadata().size, 0);
});

Deno.test("Store leaves no unhandled rejection when nobody awaits what it refuses", async () => {
  const seen: unknown[] = [];
  const listen = (event: PromiseRejectionEvent): void => {
    event.preventDefault();
    seen.push(event.reason);
  };
  globalThis.addEventListener("unhandledrejection", listen);
  try {
    const store = openStore(":memory:");
    void store.entry(1, {});
    void store.dataset(0.5, "x", { dtype: "json", shape: [], bytes: new Uint8Array() });
    await store.close();
    void store.entry(1, { a: 1 });
    void store.backup("/nowhere");
    await new Promise((resolve) => setTimeout(resolve, 0));
  } finally {
    globalThis.removeEventListener("unhandledrejection", listen);
  }
  assert.deepEqual(seen, []);
});

Deno.test("Store refuses records when it is closed, and closes twice without harm", async () => {
  const store = openStore(":memory:");
  const stored = store.entry(1, { a: 1 });
  await store.close();
  await stored;
  await store.close();
  await assert.rejects(store.entry(2, { a: 1 }), /the session is closed/);
  await assert.rejects(store.backup("/tmp/x"), /closed/);
});
