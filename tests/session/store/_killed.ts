/**
 * A process that records until it is killed, and prints what was acknowledged.
 *
 * @module
 */

import { openStore } from "../../../session/store/file_store.ts";

const PRODUCERS = 3;

const [path = "", first = "0"] = Deno.args;
const encoder = new TextEncoder();
const store = openStore(path, {}, { core: { chunkRows: 8, tailRows: 30 } });
await store.startRun({ t: Number(first), name: "kill", provenance: null });
let next = Number(first);

async function produce(producer: number): Promise<void> {
  for (;;) {
    const n = next++;
    await store.entry(n, producer === 0 ? { n, half: n / 2 } : { n });
    Deno.stdout.writeSync(encoder.encode(`${n}\n`));
  }
}

await Promise.all(Array.from({ length: PRODUCERS }, (_, producer) => produce(producer)));
