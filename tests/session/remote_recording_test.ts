import assert from "node:assert/strict";
import { remoteEntries, type RemoteRecording } from "../../session/remote_recording.ts";
import { START, virtualSession } from "./_session.ts";

const recording: RemoteRecording = {
  source: "http://rig.lab:6913/",
  from: START,
  to: START + 10,
  series: {
    temperature: { t: Float64Array.of(START, START + 2), values: Float64Array.of(20, 21) },
    power: { t: Float64Array.of(START, START + 2), values: Float64Array.of(100, NaN) },
    pressure: { t: Float64Array.of(START + 1), values: Float64Array.of(1e-6) },
  },
  parameters: { gain: 10 },
};

Deno.test("remoteEntries() keeps together what was recorded together, in the order of time", () => {
  assert.deepEqual(remoteEntries(recording, "rig."), [
    { at: START, values: { "rig.temperature": 20, "rig.power": 100 } },
    { at: START + 1, values: { "rig.pressure": 1e-6 } },
    { at: START + 2, values: { "rig.temperature": 21, "rig.power": NaN } },
  ]);
});

Deno.test("saveRemoteData() records another session's series and parameters", async () => {
  await using session = virtualSession();
  await session.saveRemoteData(recording, { prefix: "rig." });
  const [t, power] = session.loggedVariable("rig.power");
  assert.deepEqual([[...t], [...power]], [[START, START + 2], [100, NaN]]);
  assert.equal(session.parameter("rig.gain"), 10);
  assert.match(session.events({ kinds: ["remote"] })[0]?.message ?? "", /rig\.lab:6913/);
});
