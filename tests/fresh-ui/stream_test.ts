import assert from "node:assert/strict";
import type { Session } from "../../session/session.ts";
import { get, type Message, StreamReader, watched } from "./_page.ts";

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
