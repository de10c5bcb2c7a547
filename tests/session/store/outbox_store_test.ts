import assert from "node:assert/strict";
import { openForWriting } from "../../../session/store/database.ts";
import { openStore } from "../../../session/store/file_store.ts";
import type { OutboxAddition, OutboxPayload } from "../../../session/store/outbox_types.ts";
import { openReader } from "../../../session/store/reader.ts";
import { batchOf } from "../../../session/store/batch.ts";
import { WriterCore } from "../../../session/store/writer_core.ts";
import { temporaryFolder } from "../../_child.ts";

function message(id: string, more: Partial<OutboxAddition> = {}): OutboxAddition {
  return {
    id,
    channel: "mail",
    channelKind: "mail",
    settings: { to: ["you@lab.org"] },
    kind: "report",
    level: "info",
    subject: "Grüße 🌡",
    created: 10,
    notBefore: 11,
    expires: 12,
    coalesceKey: "report",
    bytes: 7,
    standsFor: 1,
    state: "waiting",
    lastError: null,
    ...more,
  };
}

function payload(size = 3): OutboxPayload {
  const data = new Uint8Array(size).fill(7);
  const file = { name: "a.png", type: "image/png", cid: "a", length: size };
  return { text: "Text ü", html: "<p>ü</p>", attachments: [file], data };
}

Deno.test("Store.outbox() keeps messages in the order of calls, and what they say until none waits", async () => {
  await using store = openStore(":memory:");
  void store.entry(1, { a: 1 });
  await store.outbox({
    t: 10,
    add: [message("m1"), message("m2", { channel: "chat", coalesceKey: null })],
    payload: payload(),
  });
  await store.event({ t: 11, kind: "log", level: "info", message: "after" });
  using reader = store.reader();
  const [first, second] = reader.outbox();
  assert.deepEqual(first, {
    ...message("m1"),
    seq: 2,
    attempts: 0,
    settled: null,
  });
  assert.deepEqual([second?.seq, second?.channel, second?.coalesceKey], [3, "chat", null]);
  assert.equal(reader.events()[0]?.seq, 4);
  assert.deepEqual(reader.outboxPayload("m1"), payload());
  assert.deepEqual(reader.outboxPayload("m2"), payload());

  await store.outbox({ t: 20, changes: [{ id: "m1", state: "sent", attempts: 1, settled: 20 }] });
  assert.deepEqual(reader.outboxPayload("m2"), payload(), "another channel has it to send");
  await store.outbox({ t: 21, changes: [{ id: "m2", attempts: 3, lastError: "no route" }] });
  const failing = reader.outbox({ states: ["waiting"] });
  assert.deepEqual(failing.map(({ id, attempts, lastError }) => [id, attempts, lastError]), [
    ["m2", 3, "no route"],
  ]);
  assert.equal(reader.outboxTotals().lastError, "no route");
  await store.outbox({ t: 22, changes: [{ id: "m2", state: "failed", settled: 22 }] });
  assert.equal(reader.outboxPayload("m2"), undefined);
  const { waiting, sent, failed } = reader.outboxTotals();
  assert.deepEqual([waiting, sent, failed], [0, 1, 1]);
  assert.deepEqual(reader.verify().damage, []);
});

Deno.test("Store.outbox() refuses a message that can't be stored, and keeps the others", async () => {
  await using store = openStore(":memory:");
  await store.outbox({ t: 1, add: [message("m1")], payload: payload() });
  await assert.rejects(
    store.outbox({ t: 1, add: [message("m1")], payload: payload() }),
    /UNIQUE constraint failed: outbox\.id/,
  );
  await assert.rejects(store.outbox({ t: 1, add: [message("m2", { created: 0.5 })] }), RangeError);
  await assert.rejects(store.outbox({ t: 1, add: [message("m2", { subject: "\0" })] }), RangeError);
  using reader = store.reader();
  assert.deepEqual(reader.outbox().map(({ id }) => id), ["m1"]);
});

Deno.test("A message's place is never used again", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const places: number[] = [];
  for (let n = 0; n < 3; n++) {
    using database = openForWriting(path);
    const core = new WriterCore(database);
    places.push(core.mark.nextSeq);
    core.apply(batchOf([{
      kind: "outbox",
      messages: { t: 1, add: [message(`m${n}`)], payload: payload() },
    }]));
    core.apply(batchOf([{
      kind: "outbox",
      messages: { t: 1, changes: [{ id: `m${n}`, state: "sent", settled: 1 }] },
    }]));
  }
  assert.deepEqual(places, [1, 2, 3]);
});

Deno.test("Delivered messages do not make the file grow, and are counted all the same", () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const sizes: number[] = [];
  {
    using database = openForWriting(path);
    const core = new WriterCore(database);
    for (let n = 0; n < 2400; n++) {
      core.apply(batchOf([{
        kind: "outbox",
        messages: { t: n, add: [message(`m${n}`)], payload: payload(50_000) },
      }]));
      core.apply(batchOf([{
        kind: "outbox",
        messages: { t: n, changes: [{ id: `m${n}`, state: "sent", settled: n, attempts: 1 }] },
      }]));
      if (n % 1200 === 1199) {
        database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
        sizes.push(Deno.statSync(path).size);
      }
    }
  }
  assert.ok((sizes[1] ?? Infinity) <= (sizes[0] ?? 0) + 65_536, `${sizes}`);
  using reader = openReader(path);
  assert.equal(reader.outboxTotals().sent, 2400);
  assert.equal(reader.outbox().length, 1000);
  assert.equal(reader.outbox({ limit: 2 }).map(({ id }) => id).join(), "m2398,m2399");
  assert.deepEqual(reader.verify().damage, []);
});

for (
  const [what, sql, says] of [
    ["a row", "UPDATE outbox SET subject = 'other'", /Message 1 does not match/],
    ["what it says", "UPDATE outbox_payload SET data = x'00'", /What message 1 says does not/],
  ] as const
) {
  Deno.test(`Reader.verify() names a message that is damaged in ${what}`, () => {
    using database = openForWriting(":memory:");
    const core = new WriterCore(database);
    core.apply(batchOf([{
      kind: "outbox",
      messages: { t: 1, add: [message("m1")], payload: payload() },
    }]));
    database.exec(sql);
    using reader = openReader(database);
    assert.match(reader.verify().damage[0]?.message ?? "", says);
  });
}
