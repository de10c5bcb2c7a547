/**
 * What the live page costs the experiment.
 *
 * @module
 */

import { get } from "node:http";
import { join } from "node:path";
import { Session } from "@stripchart/stripchart";
import { livePage } from "@stripchart/stripchart/live";
import { Program, Viewer, wait } from "./_page_watch.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "The live page";
/** How long each number of viewers is measured, seconds. */
const WHILE = 8;
const VARIABLES = 20;
const RATE = 50;

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** CPU, delay and lateness with so many viewers. */
async function* viewers(folder: string): AsyncGenerator<BenchRow> {
  const { program, url } = await Program.start(join(folder, "live.db"), VARIABLES, RATE);
  await using _ = program;
  await wait(3);
  const lateness = new Map<number, number[]>();
  const shares = new Map<number, number>();
  const delays = new Map<number, number[]>();
  // None and fifty take turns, so that what else the machine does falls on both.
  for (const count of [0, 50, 0, 50, 1, 10]) {
    const watching = Array.from({ length: count }, () => new Viewer(url, "live.db"));
    await wait(1);
    await program.ask();
    for (const viewer of watching) viewer.delays.length = 0;
    await wait(WHILE);
    const seen = await program.ask();
    lateness.set(count, [...lateness.get(count) ?? [], ...seen.lateness]);
    shares.set(count, seen.share);
    delays.set(count, watching.flatMap((viewer) => viewer.delays));
    await Promise.all(watching.map((viewer) => viewer[Symbol.asyncDispose]()));
  }
  const idle = (shares.get(0) ?? NaN) * 100;
  for (const count of [1, 10, 50]) {
    yield {
      section: SECTION,
      name: `processor with ${count} viewer${
        count === 1 ? "" : "s"
      }, ${VARIABLES} variables at ${RATE} Hz`,
      value: (shares.get(count) ?? NaN) * 100,
      unit: "% of a core",
      peer: { name: "the same run without viewers", value: idle },
      note: "all threads of the experiment's process",
    };
    const all = delays.get(count) ?? [];
    yield {
      section: SECTION,
      name: `from recording to ${count} viewer${count === 1 ? "" : "s"}, p99`,
      value: quantile(all, 0.99),
      unit: "ms",
      target: { atMost: 1_000 },
      note: `p50 ${
        figure(quantile(all, 0.5))
      } ms; frames are 50 ms apart; viewers in one other process`,
    };
  }
  const [none, fifty] = [lateness.get(0) ?? [], lateness.get(50) ?? []];
  yield {
    section: SECTION,
    name: "lateness of a task every 100 ms with 50 viewers, p95",
    value: quantile(fifty, 0.95),
    unit: "ms",
    peer: { name: "the same run without viewers", value: quantile(none, 0.95) },
    note: `p50 ${figure(quantile(fifty, 0.5))} and ${figure(quantile(none, 0.5))} ms, p99 ` +
      `${figure(quantile(fifty, 0.99))} and ${
        figure(quantile(none, 0.99))
      } ms, of ${fifty.length} and ` +
      `${none.length} steps; the viewers' process works on the same two cores`,
  };
}

/** What the server keeps in memory as it streams. */
async function* serverMemory(folder: string): AsyncGenerator<BenchRow> {
  const rate = 20_000;
  const many = 1_000_000;
  const { program, url } = await Program.start(join(folder, "streamed.db"), 1, rate);
  await using _ = program;
  await using viewer = new Viewer(url, "streamed.db");
  const at = async (entries: number): Promise<number> => {
    let seen = await program.ask();
    while (seen.entries < entries) {
      await wait(0.5);
      viewer.delays.length = 0;
      seen = await program.ask();
    }
    const samples = [seen.rss];
    for (let i = 0; i < 4; i++) {
      await wait(0.5);
      viewer.delays.length = 0;
      samples.push((await program.ask()).rss);
    }
    return median(samples) / 2 ** 20;
  };
  const early = await at(100_000);
  const late = await at(many);
  yield {
    section: SECTION,
    name: `memory after ${figure(many)} entries streamed less that after 100 000`,
    value: late - early,
    unit: "MiB",
    target: { atMost: 32 },
    note:
      `resident memory of the experiment with its page, while it records ${
        figure(rate)
      } entries a ` +
      `second: ${figure(early)} → ${figure(late)} MiB; one viewer, who got ${
        figure(viewer.entries)
      } of them ` +
      "and thinned frames for the rest",
  };
}

/** Bytes on the wire of an address. */
function bytesOf(url: string): Promise<{ readonly bytes: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, (response) => {
      const parts: Uint8Array[] = [];
      response.on("data", (part: Uint8Array) => parts.push(part));
      response.on("end", () => {
        const bytes = parts.reduce((sum, part) => sum + part.length, 0);
        const zipped = response.headers["content-encoding"] === "gzip";
        resolve({
          bytes,
          text: zipped ? "" : new TextDecoder().decode(parts[0] ?? new Uint8Array()),
        });
      });
    }).on("error", reject);
  });
}

/** All rows. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  yield* viewers(folder.path);
  yield* serverMemory(folder.path);
  const small = new Session("small", {
    file: join(folder.path, "small.db"),
    quiet: true,
    terminal: null,
    signals: false,
  });
  await small.addEntry({ a: 1 });
  await small.close();
  {
    using page = livePage({ source: join(folder.path, "small.db") });
    const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, page.fetch);
    const url = `http://127.0.0.1:${server.addr.port}/`;
    const { bytes, text } = await bytesOf(url);
    const assets = [...text.matchAll(/<(?:link|script)\b[^>]*?\b(?:src|href)="([^"]*)"/g)];
    let sum = bytes;
    for (const [, path] of assets) sum += (await bytesOf(new URL(path ?? "", url).href)).bytes;
    await server.shutdown();
    yield {
      section: SECTION,
      name: "bytes of the first load",
      value: sum / 1e3,
      unit: "kB",
      target: { atMost: 80 },
      note: `the page and its ${assets.length} files as they go over the wire`,
    };
  }
}
