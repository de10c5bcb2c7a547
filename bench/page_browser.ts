/**
 * How soon a viewer of the live page sees something, and what the page keeps in memory.
 *
 * @module
 */

import { join } from "node:path";
import { Session, VirtualClock } from "@stripchart/stripchart";
import { livePage } from "@stripchart/stripchart/live";
import type { Browser, Page } from "playwright-core";
import { Program, wait } from "./_page_watch.ts";
import { type BenchRow, say } from "./_row.ts";
import { median, temporaryFolder } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "The live page";
const VARIABLES = 20;

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
