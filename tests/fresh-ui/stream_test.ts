import assert from "node:assert/strict";
import type { Session } from "../../session/session.ts";
import type { SessionInfo } from "../../fresh-ui/protocol.ts";
import { grouped, thinnedBatches } from "../../fresh-ui/stream/batches.ts";
import { START } from "../session/_session.ts";
import { get, getJson, type Message, StreamReader, watched } from "./_page.ts";

/** The values of a variable in the entries of some messages. */
function values(messages: readonly Message[], name: string): unknown[] {
  return messages.filter(({ event }) => event === "entries").flatMap(({ data }) =>
    data.batches.flatMap((batch: { names: string[]; values: unknown[][] }) =>
      batch.values[batch.names.indexOf(name)] ?? []
    )
  );
}

async function record(session: Session, from: number, to: number): Promise<void> {
  for (let a = from; a < to; a++) void session.addEntry({ a });
  await session.flush();
}

Deno.test("a stream begins with the session and goes on with what is recorded", async () => {
  await using it = watched();
  await record(it.session, 0, 3);
  await using stream = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  const [first, ...others] = await stream.arrived();
  assert.equal(first?.event, "session");
  assert.deepEqual(others, []);
  assert.equal(first?.data.variables[0].last.value, 2);
  await record(it.session, 3, 5);
  await it.clock.advance(50);
  const messages = await stream.arrived();
  assert.deepEqual(values(messages, "a"), [3, 4]);
  assert.equal(Number(messages.at(-1)?.id), first.data.seq + 2);
  assert.deepEqual(messages.slice(0, -1).map(({ id }) => id).filter((id) => id !== undefined), []);
});

Deno.test("a stream is taken up again without a hole and without a double", async () => {
  await using it = watched();
  await record(it.session, 0, 3);
  let id: string | undefined;
  const seen: unknown[] = [];
  for (let n = 3; n < 30; n += 3) {
    const response = await get(it.page, `/api/sessions/memory/stream${id ? "?since=0" : ""}`, {
      headers: id === undefined ? {} : { "last-event-id": id },
    });
    await using stream = new StreamReader(response);
    const first = await stream.arrived();
    await record(it.session, n, n + 1);
    await it.clock.advance(50);
    const messages = [...first, ...await stream.arrived()];
    seen.push(...values(messages, "a"));
    id = messages.findLast((message) => message.id !== undefined)?.id;
    // Recorded while nobody is there.
    await record(it.session, n + 1, n + 3);
  }
  assert.deepEqual(seen, Array.from({ length: 25 }, (_, i) => i + 3));
});

Deno.test("a stream sends events as they come, the status each second, and a comment when nothing else is sent", async () => {
  await using it = watched();
  await record(it.session, 0, 1);
  await using stream = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  await stream.arrived();
  it.session.log("warning", "mind the gap");
  await it.session.flush();
  await it.clock.advance(50);
  const told = await stream.arrived();
  assert.deepEqual(told.map(({ event }) => event), ["events", "status"]);
  assert.equal(told[0]?.data[0].message, "mind the gap");
  await it.clock.advance(10_000);
  const statuses = await stream.arrived();
  assert.deepEqual([...new Set(statuses.map(({ event }) => event))], ["status"]);
  assert.ok(Math.abs(statuses.length - 10) <= 1, `${statuses.length}`);
  assert.equal(statuses[1]?.data.now - statuses[0]?.data.now, 1);
  assert.equal(stream.comments, 0);
});

Deno.test("a stream tells the session anew when variables, parameters, plots or datasets change", async () => {
  await using it = watched();
  await record(it.session, 0, 1);
  await using stream = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  await stream.arrived();
  const plot = { kind: "time", left: ["a"] };
  const changes: [() => unknown, (session: SessionInfo) => unknown, unknown][] = [
    [() => it.session.addEntry({ b: 1 }), ({ variables }) => variables[1]?.name, "b"],
    [() => it.session.saveParameter("p", 2), ({ parameters }) => parameters["p"], 2],
    [() => it.session.saveMetadata({ m: "x" }), ({ metadata }) => metadata["m"], "x"],
    [() => it.session.addDataset("d", [1, 2]), ({ datasets }) => datasets[0]?.count, 1],
    [
      () => it.session.event("plot", "debug", "a", undefined, plot),
      (s) => s.plots[0]?.kind,
      "time",
    ],
    [
      () => it.session.declareVariable("a", { unit: "V" }),
      ({ variables }) => variables[0]?.unit,
      "V",
    ],
  ];
  for (const [change, look, expected] of changes) {
    await change();
    await it.session.flush();
    await it.clock.advance(1_100);
    const messages = await stream.arrived();
    const session = messages.findLast(({ event }) => event === "session")?.data;
    assert.deepEqual(session && look(session), expected, `${change}`);
    assert.equal(messages.filter(({ event }) => event === "session").length, 1);
    // What only counts up is no change.
    await record(it.session, 5, 6);
    await it.clock.advance(2_000);
    assert.ok((await stream.arrived()).every(({ event }) => event !== "session"));
  }
});

Deno.test("frames come at most 20 times a second, however often something is recorded", async () => {
  await using it = watched();
  await using stream = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  for (let ms = 0; ms < 1_000; ms += 5) {
    void it.session.addEntry({ a: ms });
    await it.session.flush();
    await it.clock.advance(5);
  }
  await it.clock.advance(50);
  const messages = await stream.arrived();
  const frames = messages.filter(({ event }) => event === "entries");
  assert.ok(frames.length <= 21 && frames.length >= 19, `${frames.length}`);
  assert.equal(values(messages, "a").length, 200);
});

Deno.test("a frame is bounded, and keeps the least, the greatest and the last of what it leaves out", async () => {
  await using it = watched();
  await using stream = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  await stream.arrived();
  const n = 5_000;
  for (let i = 0; i < n; i++) {
    void it.session.addEntry({ a: i === 777 ? -5 : i === 3_333 ? 5 : Math.sin(i), b: i });
  }
  await it.session.flush();
  await it.clock.advance(50);
  const [message] = (await stream.arrived()).filter(({ event }) => event === "entries");
  const [batch] = message?.data.batches ?? [];
  assert.equal(batch.thinned, true);
  assert.ok(batch.t.length <= 130, `${batch.t.length}`);
  const [a, b]: [number[], number[]] = batch.values;
  assert.deepEqual([Math.min(...a), Math.max(...a)], [-5, 5]);
  assert.deepEqual([b[0], b.at(-1)], [0, n - 1]);
  assert.deepEqual(b, b.toSorted((x, y) => x - y));
});

Deno.test("with very many variables each is thinned by itself, within bounds", () => {
  const names = Array.from({ length: 300 }, (_, i) => `v${i}`);
  const entries = Array.from({ length: 1_000 }, (_, seq) => ({
    seq,
    t: seq * 1e6,
    names,
    values: Float64Array.from(names, (_, i) => seq === 100 + i ? 9 : seq === 999 ? 0.5 : 0),
  }));
  const batches = thinnedBatches({ names, entries });
  assert.deepEqual(batches.map(({ names }) => names), names.map((name) => [name]));
  const sent = batches.reduce((sum, { t }) => sum + t.length, 0);
  assert.ok(sent <= 6_000, `${sent}`);
  for (const { values: [column = []], t } of batches) {
    assert.ok(column.includes(9) && column.includes(0));
    assert.deepEqual([column.at(-1), t.at(-1)], [0.5, 999]);
  }
});

Deno.test("thinnedBatches() keeps NaN where nothing else is, and never for a number", () => {
  const names = ["a"];
  const entries = Array.from({ length: 1_000 }, (_, seq) => ({
    seq,
    t: seq * 1e6,
    names,
    values: Float64Array.of(seq < 500 ? NaN : seq === 777 ? -Infinity : seq % 2 === 0 ? NaN : seq),
  }));
  const [batch] = thinnedBatches({ names, entries });
  const [column = []] = batch?.values ?? [];
  assert.equal(column[0], "NaN");
  assert.ok(column.includes("-Infinity"));
  assert.ok(column.includes(997) || column.includes(999));
  assert.equal(column.filter((value) => value === "NaN").length, 30);
});

Deno.test("grouped() keeps the order of a variable that two tasks record", () => {
  const [a, b, ab] = [["a"], ["b"], ["a", "b"]];
  const entry = (seq: number, names: string[]) => ({
    seq,
    t: seq,
    names,
    values: new Float64Array(names.length),
  });
  const seqs = (groups: ReturnType<typeof grouped>) =>
    groups.map(({ entries }) => entries.map(({ seq }) => seq));
  assert.deepEqual(seqs(grouped([entry(1, a), entry(2, b), entry(3, a)])), [[1, 3], [2]]);
  assert.deepEqual(seqs(grouped([entry(1, a), entry(2, ab), entry(3, a)])), [[1], [2], [3]]);
  assert.deepEqual(grouped([]), []);
});

Deno.test("who was away for long is told to fetch tiles instead", async () => {
  await using it = watched();
  await record(it.session, 0, 2);
  const { seq } = await getJson<SessionInfo>(it.page, "/api/sessions/memory");
  for (let i = 0; i < 30_000; i++) {
    void it.session.addEntry({ a: i }, { at: START + i });
    if (i % 5_000 === 0) await it.session.flush();
  }
  await it.session.flush();
  const path = `/api/sessions/memory/stream?since=${seq}`;
  await using stream = new StreamReader(await get(it.page, path));
  const messages = await stream.arrived();
  assert.deepEqual(messages.map(({ event }) => event), ["session", "skipped"]);
  assert.deepEqual(messages[1]?.data, { from: START, to: START + 29_999 });
  assert.equal(Number(messages[1]?.id), seq + 30_000);
  await record(it.session, 7, 8);
  await it.clock.advance(50);
  assert.deepEqual(values(await stream.arrived(), "a"), [7]);
});

Deno.test("a place that no file has begins anew", async () => {
  await using it = watched();
  await record(it.session, 0, 3);
  const headers = { "last-event-id": "123456" };
  await using stream = new StreamReader(
    await get(it.page, "/api/sessions/memory/stream", { headers }),
  );
  const messages = await stream.arrived();
  assert.deepEqual(messages.map(({ event }) => event), ["session"]);
  assert.equal(Number(messages[0]?.id), messages[0]?.data.seq);
});

Deno.test("a viewer who stalls costs a bounded buffer, and is brought up to date when it reads again", async () => {
  await using it = watched();
  await record(it.session, 0, 1);
  const response = await get(it.page, "/api/sessions/memory/stream");
  await using other = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
  await other.arrived();
  let seen = 0;
  let expected = 0;
  // Twenty wide entries a frame: some ten kilobytes.
  for (let frame = 0; frame < 200; frame++) {
    for (let i = 0; i < 20; i++) {
      const entry = Object.fromEntries(
        Array.from({ length: 20 }, (_, n) => [`v${n}`, Math.PI * n]),
      );
      void it.session.addEntry({ ...entry, count: expected++ });
    }
    await it.session.flush();
    await it.clock.advance(50);
    seen += values(await other.arrived(), "count").length;
  }
  await it.clock.advance(50);
  seen += values(await other.arrived(), "count").length;
  assert.equal(seen, expected, "the other one missed nothing");
  let buffered = 0;
  await using stalled = new StreamReader(response, (bytes) => buffered += bytes);
  const late = await stalled.arrived();
  assert.ok(buffered < 600_000, `${buffered}`);
  const before = values(late, "count");
  assert.deepEqual(before, Array.from({ length: before.length }, (_, i) => i));
  assert.ok(before.length < expected);
  await it.clock.advance(50);
  const after = await stalled.arrived();
  assert.equal(after[0]?.event, "session");
  assert.deepEqual(
    [...before, ...values(after, "count")],
    Array.from({ length: expected }, (_, i) => i),
  );
});

Deno.test("a viewer who takes nothing for two minutes is sent away", async () => {
  await using it = watched();
  const response = await get(it.page, "/api/sessions/memory/stream");
  const wide = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`v${n}`, Math.PI * n]));
  for (let frame = 0; frame < 60; frame++) {
    for (let i = 0; i < 15; i++) void it.session.addEntry(wide);
    await it.session.flush();
    await it.clock.advance(50);
  }
  await it.clock.advance(125_000);
  const { body } = response;
  await assert.rejects(async () => {
    for await (const _ of body ?? []);
  }, /nothing was taken for two minutes/);
  assert.equal(it.clock.waiting, 0, "nobody is left to look for");
});

Deno.test("nothing is looked at while nobody watches", async () => {
  await using it = watched();
  await record(it.session, 0, 1);
  assert.equal(it.clock.waiting, 0);
  const response = await get(it.page, "/api/sessions/memory/stream", { method: "HEAD" });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.equal(it.clock.waiting, 0);
  {
    await using _ = new StreamReader(await get(it.page, "/api/sessions/memory/stream"));
    assert.equal(it.clock.waiting, 1);
  }
  await it.clock.advance(50);
  assert.equal(it.clock.waiting, 0);
});

Deno.test("one frame serves any number of viewers", async () => {
  await using it = watched();
  await using viewers = new AsyncDisposableStack();
  const streams: StreamReader[] = [];
  for (let i = 0; i < 50; i++) {
    const response = await get(it.page, "/api/sessions/memory/stream");
    streams.push(viewers.use(new StreamReader(response)));
  }
  await it.clock.advance(50);
  for (const stream of streams) await stream.arrived();
  const real = JSON.stringify;
  let serialized = 0;
  JSON.stringify = ((...args: Parameters<typeof real>) => {
    if (typeof args[0] === "object" && args[0] !== null && "batches" in args[0]) serialized += 1;
    return real(...args);
  }) as typeof real;
  try {
    await record(it.session, 0, 3);
    await it.clock.advance(50);
  } finally {
    JSON.stringify = real;
  }
  for (const stream of streams) assert.deepEqual(values(await stream.arrived(), "a"), [0, 1, 2]);
  assert.equal(serialized, 1);
});

Deno.test("streams end when the page is disposed of", async () => {
  await using it = watched();
  const response = await get(it.page, "/api/sessions/memory/stream");
  it.page[Symbol.dispose]();
  let text = "";
  for await (const part of response.body ?? []) text += new TextDecoder().decode(part);
  assert.match(text, /^retry: 1000\n\nevent: session/);
  const late = await get(it.page, "/api/sessions/memory/stream");
  assert.equal(late.status, 500);
});
