import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { openReader } from "../../../session/store/reader.ts";
import { ROOT, temporaryFolder } from "../../_child.ts";

/** How often a process is killed: `deno test … -- --kills=1000` for more. */
const KILLS = Number(Deno.args.find((arg) => arg.startsWith("--kills="))?.slice(8) ?? 50);
const PRODUCERS = 3;
const SCRIPT = `${ROOT}/tests/session/store/_killed.ts`;

/** Lets a process record from `first` on, and kills it. Gives what it said was on disk. */
async function recordAndKill(path: string, first: number, after: number): Promise<number[]> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", SCRIPT, path, String(first)],
    stdout: "piped",
  }).spawn();
  let said = "";
  let killed = false;
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += part;
    if (killed) continue;
    killed = true;
    delay(after).then(() => child.kill("SIGKILL"), () => {});
  }
  await child.status;
  // The last line may be cut.
  return said.split("\n").slice(0, -1).map(Number);
}

Deno.test(`Store has every acknowledged entry exactly once when its process is killed ${KILLS} times`, async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/a.db`;
  const acknowledged: number[] = [];
  let beyond = 0;
  let first = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    acknowledged.push(...await recordAndKill(path, first, Math.random() * 60));
    using reader = openReader(path);
    const { values, t } = reader.series("n");
    assert.deepEqual(values, t);
    const there = new Set(values);
    assert.equal(there.size, values.length, "no entry is there twice");
    for (const n of acknowledged) assert.ok(there.has(n), `${n} was acknowledged`);
    // Each producer may have had one entry under way, and one more whose line was lost.
    beyond = values.length - acknowledged.length;
    assert.ok(beyond <= (kill + 1) * (PRODUCERS + 1), `${beyond} more after ${kill + 1} kills`);
    const half = reader.series("half");
    assert.deepEqual(half.values, half.t.map((n) => n / 2));
    assert.equal(reader.runs().length, kill + 1);
    assert.deepEqual(reader.verify().damage, []);
    first = Math.max(first, ...values) + 1;
  }
  assert.ok(acknowledged.length > KILLS);
});
