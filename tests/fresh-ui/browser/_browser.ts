/**
 * A real browser on a real page.
 *
 * @module
 */

import assert from "node:assert/strict";
import { join } from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { livePage, type LivePageOptions } from "../../../fresh-ui/mod.ts";
import { Session } from "../../../session/session.ts";
import type { SessionOptions } from "../../../session/session_types.ts";
import { needs } from "../../_needs.ts";

const EXECUTABLE = "chromium";

/** To be spread into a test that needs a browser; what the browser leaves open is the browser's. */
export const browserTest = {
  ...needs(EXECUTABLE, ["--no-sandbox", "--version"]),
  sanitizeOps: false,
  sanitizeResources: false,
} as const;

/** Starts Chromium; disposing ends it. */
export async function startBrowser(): Promise<Browser & AsyncDisposable> {
  const which = new Deno.Command("which", { args: [EXECUTABLE] }).outputSync();
  return await chromium.launch({
    executablePath: new TextDecoder().decode(which.stdout).trim(),
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--enable-precise-memory-info",
      "--js-flags=--expose-gc",
    ],
  });
}

/** A page that complains of whatever should not happen on it. */
export interface WatchedPage {
  /** The page. */
  readonly page: Page;
  /** Errors on the console, failed requests, requests to another host. */
  readonly complaints: string[];
}

/** Opens a page. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage & AsyncDisposable> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    acceptDownloads: true,
    ...options,
  });
  const page = await context.newPage();
  const complaints: string[] = [];
  const { host } = new URL(url);
  page.on("console", (message) => {
    // That the pixels are read is the tests' doing.
    if (message.text().includes("willReadFrequently")) return;
    if (message.type() === "error" || message.type() === "warning") {
      complaints.push(`console: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const target = new URL(request.url());
    const own = target.protocol === "blob:" || target.protocol === "data:";
    if (!own && target.host !== host) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}

/** A page that is served. */
export interface Served extends AsyncDisposable {
  /** Where. */
  readonly url: string;
  /** The port. */
  readonly port: number;
}

/** Serves a page on a port. */
export function serve(options: LivePageOptions, port = 0): Served {
  const page = livePage(options);
  const server = Deno.serve({ hostname: "127.0.0.1", port, onListen: () => {} }, page.fetch);
  return {
    url: `http://127.0.0.1:${server.addr.port}${options.base ?? ""}/`,
    port: server.addr.port,
    async [Symbol.asyncDispose]() {
      page[Symbol.dispose]();
      await server.shutdown();
    },
  };
}

/** A folder that goes with the test. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = Deno.makeTempDirSync({ prefix: "page-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A session that touches nothing of the process it runs in but its file. */
export function sessionIn(
  folder: string,
  name: string,
  options: SessionOptions = {},
): Session {
  return new Session(name, {
    file: join(folder, `${name}.db`),
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
    exitCode: false,
    ...options,
  });
}

/** Waits until something holds on the page. */
export async function until(
  page: Page,
  what: string,
  holds: () => boolean | Promise<boolean>,
  timeout = 15_000,
): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!await holds()) {
    assert.ok(performance.now() < deadline, `not within ${timeout} ms: ${what}`);
    await page.waitForTimeout(50);
  }
}

/** The pixels of a plot, for comparison. */
export async function pixels(page: Page, plot: number): Promise<string> {
  return await page.locator("canvas").nth(plot).evaluate((canvas) =>
    (canvas as unknown as { toDataURL(): string }).toDataURL()
  );
}

/** The values that the overview shows, by label. */
export async function values(page: Page): Promise<Record<string, string>> {
  const rows = await page.locator(".value").evaluateAll((elements) =>
    elements.map((element) => {
      const { firstElementChild, children } = element as unknown as {
        firstElementChild: { firstElementChild: { textContent: string } };
        children: { textContent: string }[];
      };
      return [firstElementChild.firstElementChild.textContent, children[1]?.textContent ?? ""];
    })
  );
  return Object.fromEntries(rows);
}
