import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { gunzipSync } from "node:zlib";
import { openForWriting } from "../../../session/store/database.ts";
import { openStore } from "../../../session/store/file_store.ts";
import { openReader } from "../../../session/store/reader.ts";
import { ROOT, temporaryFolder } from "../../_child.ts";

/** A file of schema 1, as the version that wrote it left it. */
function oldFile(folder: string): string {
  const path = `${folder}/old.db`;
  const packed = Deno.readFileSync(`${ROOT}/tests/fixtures/sessions/schema_1.db.gz`);
  Deno.writeFileSync(path, gunzipSync(packed));
  return path;
}

Deno.test("openReader() reads a file of schema 1 as it is, without an outbox", () => {
  using folder = temporaryFolder();
  const path = oldFile(folder.path);
  const before = Deno.readFileSync(path);
  {
    using reader = openReader(path);
    assert.equal(reader.range().entries, 1500);
    assert.equal(reader.series("b").values[1499], -1499);
    assert.deepEqual(reader.events().map(({ message }) => message), ["written by schema 1"]);
    assert.deepEqual(reader.outbox(), []);
    assert.equal(reader.outboxTotals().waiting, 0);
    assert.equal(reader.outboxPayload("x"), undefined);
    assert.ok(reader.verify().intact);
  }
  assert.deepEqual(Deno.readFileSync(path), before);
});

Deno.test("openStore() brings a file of schema 1 up to date, and a reader that was open sees it", async () => {
  using folder = temporaryFolder();
  const path = oldFile(folder.path);
  using early = openReader(path);
  assert.deepEqual(early.outbox(), []);
  {
    await using store = openStore(path);
    await store.startRun({ t: 2000, name: "new", provenance: null });
    await store.entry(2000, { a: 1 });
    const message = {
      id: "m1",
      channel: "mail",
      channelKind: "mail",
      settings: null,
      kind: "note",
      level: "info",
      subject: "s",
      created: 1,
      notBefore: 1,
      expires: 2,
      coalesceKey: null,
      bytes: 2,
      standsFor: 1,
      state: "waiting",
      lastError: null,
    } as const;
    const payload = { text: "t", attachments: [], data: new Uint8Array() };
    await store.outbox({ t: 2001, add: [message], payload });
  }
  assert.deepEqual(early.outbox().map(({ id }) => id), ["m1"]);
  assert.equal(early.range().entries, 1501);
  using late = openReader(path);
  assert.deepEqual(late.runs().map(({ name }) => name), ["old", "new"]);
  assert.ok(late.verify().intact);
});

Deno.test("A file that was brought up to date has the same tables as a new one", () => {
  using folder = temporaryFolder();
  const tables = (db: DatabaseSync): unknown[] =>
    db.prepare("SELECT name, sql FROM sqlite_master ORDER BY name").all();
  using old = openForWriting(oldFile(folder.path));
  using fresh = openForWriting(`${folder.path}/new.db`);
  assert.deepEqual(tables(old), tables(fresh));
});
