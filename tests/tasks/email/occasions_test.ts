import assert from "node:assert/strict";
import type { EventRecord } from "../../../session/store/types.ts";
import { type Occasion, occasionOf, Occasions } from "../../../tasks/email/occasions.ts";

function event(kind: string, more: Partial<EventRecord> = {}): EventRecord {
  return { t: 0, kind, level: "error", message: "it happened", source: "dmm", ...more };
}

Deno.test("occasionOf() finds failures for good and alarms that are raised, and nothing else", () => {
  const alarm = (data: EventRecord["data"]): EventRecord => event("alarm", { data: data ?? null });
  const rows: readonly (readonly [EventRecord, Occasion["kind"] | undefined])[] = [
    [event("task-failed"), "failure"],
    [event("task-abandoned"), "failure"],
    [event("failure"), "failure"],
    // A step that is tried again.
    [event("failure", { level: "warning" }), undefined],
    [event("gap"), undefined],
    [event("log"), undefined],
    [alarm({ name: "hot", raised: true }), "alarm"],
    [alarm({ name: "hot", raised: true, change: "raised" }), "alarm"],
    [alarm({ name: "hot", raised: true, change: "again" }), "alarm"],
    [alarm({ name: "hot", raised: true, change: "acknowledged" }), undefined],
    [alarm({ name: "hot", raised: false, change: "cleared" }), undefined],
    [alarm({ name: "hot", raised: false, change: "watched" }), undefined],
    [alarm(null), undefined],
  ];
  for (const [given, kind] of rows) {
    assert.equal(occasionOf(given)?.kind, kind, JSON.stringify(given));
  }
  assert.equal(occasionOf(event("failure"))?.reason, "dmm: it happened");
});

Deno.test("Occasions makes one of several, names each once, and counts what it does not name", async () => {
  const occasions = new Occasions();
  assert.equal(occasions.take(), undefined);
  occasions.add({ kind: "alarm", reason: "hot" });
  occasions.add({ kind: "alarm", reason: "hot" });
  assert.deepEqual(occasions.take(), { kind: "alarm", reason: "hot" });
  assert.equal(occasions.take(), undefined);
  for (let n = 0; n < 8; n++) {
    occasions.add({ kind: n === 3 ? "failure" : "alarm", reason: `${n}` });
  }
  await occasions.come(new AbortController().signal);
  assert.deepEqual(occasions.take(), { kind: "failure", reason: "0; 1; 2; 3; 4; and 3 more" });
});

Deno.test("Occasions.come() waits for one, and ends when it is told to", async () => {
  const occasions = new Occasions();
  const controller = new AbortController();
  let come = false;
  const waiting = occasions.come(controller.signal).then(() => come = true);
  await Promise.resolve();
  assert.equal(come, false);
  occasions.add({ kind: "alarm", reason: "hot" });
  await waiting;
  occasions.take();
  const second = occasions.come(controller.signal);
  controller.abort(new Error("enough"));
  await assert.rejects(second, /enough/);
});
