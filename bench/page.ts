/**
 * What the live page costs the experiment, and how soon a viewer sees something.
 *
 * @module
 */

import { get } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Session, VirtualClock } from "@stripchart/stripchart";
import { livePage } from "@stripchart/stripchart/live";
import type { Browser, Page } from "playwright-core";
import type { Seen } from "./_page_program.ts";
import { type BenchRow, say } from "./_row.ts";
import { median, ROOT, temporaryFolder } from "./_run.ts";
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

function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
}

/** The program that serves, and its answers. */
class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines(child.stdout);
  }

  static async start(
    file: string,
    variables: number,
    rate: number,
  ): Promise<{ readonly program: Program; readonly url: string }> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--config",
        join(ROOT, "deno.json"),
        fileURLToPath(new URL("_page_program.ts", import.meta.url)),
        file,
        `${variables}`,
        `${rate}`,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const program = new Program(child);
    return { program, url: await program.#next() };
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("Cannot measure the page, as its program ended");
    return value;
  }

  /** What it saw since it was last asked. */
  async ask(): Promise<Seen> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return JSON.parse(await this.#next());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }
}

async function* lines(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const found = (rest + text).split("\n");
    rest = found.pop() ?? "";
    yield* found;
  }
}

/** Somebody who watches: how long each entry was on its way, milliseconds. */
class Viewer implements AsyncDisposable {
  readonly delays: number[] = [];
  entries = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(url: string, file: string) {
    this.#done = this.#watch(new URL(`api/sessions/${file}/stream`, url)).catch(() => {});
  }

  async #watch(url: URL): Promise<void> {
    const response = await fetch(url, { signal: this.#stop.signal });
    if (response.body === null) return;
    let name = "";
    for await (const line of lines(response.body)) {
      if (line.startsWith("event: ")) name = line.slice(7);
      if (!line.startsWith("data: ") || name !== "entries") continue;
      const now = Date.now();
      const { batches }: { batches: { t: number[] }[] } = JSON.parse(line.slice(6));
      for (const { t } of batches) {
        this.entries += t.length;
        for (const at of t) this.delays.push(now - at * 1e3);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // With fifty at once, a stream that is given up does not always end.
    await Promise.race([this.#done, wait(0.2)]);
  }
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

/** A session of ten days, 20 variables at 1 Hz. */
async function tenDays(file: string): Promise<void> {
  const start = 1_767_225_600;
  const seconds = 10 * 86_400;
  const clock = new VirtualClock({ start: start * 1e6 });
  const session = new Session("ten days", {
    file,
    clock,
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
  });
  const names = Array.from({ length: VARIABLES }, (_, i) => `v${i}`);
  session.event("plot", "debug", "all", undefined, { kind: "time", left: names });
  for (let s = 0; s < seconds; s++) {
    const values = Object.fromEntries(names.map((name, i) => [name, Math.sin(s / 5_000 + i)]));
    const stored = session.addEntry(values, { at: start + s });
    if (s % 5_000 === 0) await stored;
  }
  await session.close();
}

/** Whether a plot's canvas has a line of the first colour. */
async function hasLine(page: Page): Promise<boolean> {
  return await page.evaluate(() => {
    const { document } = globalThis as unknown as {
      document: {
        querySelector(name: string): {
          width: number;
          height: number;
          getContext(kind: string): {
            getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
          };
        } | null;
      };
    };
    const canvas = document.querySelector("canvas");
    if (canvas === null || canvas.width === 0) return false;
    const { data } = canvas.getContext("2d").getImageData(0, 60, canvas.width, canvas.height - 60);
    for (let at = 0; at < data.length; at += 4) {
      // The first line colour is the only blue there is.
      if ((data[at + 2] ?? 0) - (data[at] ?? 0) > 50 && (data[at + 3] ?? 0) > 150) return true;
    }
    return false;
  });
}

async function* inBrowser(folder: string, browser: Browser): AsyncGenerator<BenchRow> {
  const file = join(folder, "ten.db");
  await tenDays(file);
  using page = livePage({ source: file });
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, page.fetch);
  const url = `http://127.0.0.1:${server.addr.port}/`;
  const times: number[] = [];
  for (let round = 0; round < 5; round++) {
    const context = await browser.newContext();
    const tab = await context.newPage();
    const start = performance.now();
    await tab.goto(url, { waitUntil: "commit" });
    while (!await hasLine(tab)) {
      if (performance.now() - start > 20_000) throw new Error("Cannot see a line in 20 s");
    }
    times.push(performance.now() - start);
    await context.close();
  }
  yield {
    section: SECTION,
    name: "open a page of 10 days of 20 variables at 1 Hz, until its plot is drawn",
    value: median(times),
    unit: "ms",
    target: { atMost: 1_000 },
    note:
      `Chromium, median of ${times.length}, with nothing in its cache; the first, with the file's ` +
      `times not read before, took ${figure(times[0] ?? NaN)} ms`,
  };
  await server.shutdown();
  const live = await Program.start(join(folder, "watched.db"), VARIABLES, 10);
  await using _ = live.program;
  const context = await browser.newContext();
  const tab = await context.newPage();
  await tab.goto(live.url);
  const session = await context.newCDPSession(tab);
  const heap = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) await session.send("HeapProfiler.collectGarbage");
    const { usedSize } = await session.send("Runtime.getHeapUsage");
    return usedSize / 2 ** 20;
  };
  await wait(10);
  const before = await heap();
  await wait(60);
  const after = await heap();
  await context.close();
  yield {
    section: SECTION,
    name: "memory of the page after 10 minutes at 1 Hz, less that at their beginning",
    value: after - before,
    unit: "MiB",
    target: { atMost: 5 },
    note:
      `JavaScript heap after a collection, ${figure(before)} → ${
        figure(after)
      } MiB; the 600 entries of ` +
      "20 variables come in one minute",
  };
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
  let browser: Browser;
  try {
    const { chromium } = await import("playwright-core");
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
    });
  } catch (error) {
    return say(
      `What a browser sees is left out: ${error instanceof Error ? error.message : error}`,
    );
  }
  try {
    yield* inBrowser(folder.path, browser);
  } finally {
    await browser.close();
  }
}
