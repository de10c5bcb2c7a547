import assert from "node:assert/strict";
import type { DeviceEvent } from "../../devices/device.ts";
import { trafficLog } from "../../devices/traffic_log.ts";

Deno.test("trafficLog() reports when, which way and every byte", () => {
  const events: DeviceEvent[] = [];
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
  trafficLog((event) => events.push(event))({
    direction: "read",
    bytes,
    time: 1_700_000_000_000_000,
  });
  const { kind, level, data } = events[0] ?? {};
  assert.deepEqual([kind, level], ["traffic", "debug"]);
  assert.equal(data?.["time"], 1_700_000_000_000_000);
  assert.equal(data?.["direction"], "read");
  assert.equal(data?.["length"], 256);
  const text = String(data?.["bytes"]);
  assert.deepEqual(Uint8Array.from(text, (character) => character.charCodeAt(0)), bytes);
});

Deno.test("trafficLog() records the beginning of what is longer than it may be", () => {
  const events: DeviceEvent[] = [];
  const report = (event: DeviceEvent) => events.push(event);
  const piece = { direction: "write", bytes: new Uint8Array(1_000_000).fill(65), time: 0 } as const;
  for (const most of [undefined, 0, 3, 1_000_000]) {
    trafficLog(report, most === undefined ? {} : { most })(piece);
  }
  assert.deepEqual(events.map(({ data }) => String(data?.["bytes"]).length), [
    4096,
    0,
    3,
    1_000_000,
  ]);
  assert.ok(events.every(({ data }) => data?.["length"] === 1_000_000));
  assert.equal(events[0]?.message, `write "${"A".repeat(64)}" … (1000000 bytes)`);
  assert.throws(() => trafficLog(report, { most: 1.5 }), RangeError);
});
