import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Session } from "../../../session/session.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import {
  browserTest,
  openPage,
  pixels,
  serve,
  sessionIn,
  startBrowser,
  temporaryFolder,
  until,
} from "./_browser.ts";

const START = 1_767_225_600;

/** A picture of a plot as numbers: one row of the canvas a list, one colour channel sum a number. */
interface Picture {
  readonly width: number;
  readonly height: number;
  /** For each column the highest and the lowest row that the colour is in; -1 if none. */
  readonly top: readonly number[];
  readonly bottom: readonly number[];
}

/** Where the first series' colour is on a plot, column by column. */
async function traceOf(page: Page, plot: number): Promise<Picture> {
  return await page.locator("canvas").nth(plot).evaluate((element) => {
    const canvas = element as unknown as {
      width: number;
      height: number;
      getContext(kind: string): {
        getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
      };
    };
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    const top: number[] = [];
    const bottom: number[] = [];
    for (let x = 0; x < width; x++) {
      top.push(-1);
      bottom.push(-1);
      // Below the legend, which has the colour too.
      for (let y = 60; y < height; y++) {
        const at = (y * width + x) * 4;
        const [r = 0, , b = 0, a = 0] = data.slice(at, at + 4);
        // The first line colour of the light theme is the only blue there is, whatever its edges blend with.
        const hit = a > 150 && b - r > 50;
        if (!hit) continue;
        if (top[x] === -1) top[x] = y;
        bottom[x] = y;
      }
    }
    return { width, height, top, bottom };
  });
}

/** Draws a box on a plot, in fractions of its canvas. */
async function drag(
  page: Page,
  plot: number,
  from: readonly [number, number],
  to: readonly [number, number],
): Promise<void> {
  const box = await page.locator("canvas").nth(plot).boundingBox();
  assert.ok(box);
  await page.mouse.move(box.x + from[0] * box.width, box.y + from[1] * box.height);
  await page.mouse.down();
  await page.mouse.move(box.x + to[0] * box.width, box.y + to[1] * box.height, { steps: 5 });
  await page.mouse.up();
  await page.mouse.move(0, 0);
}

/** A run that has ended, written on a virtual clock. */
async function written(
  folder: string,
  name: string,
  work: (session: Session) => void | Promise<void>,
) {
  const clock = new VirtualClock({ start: START * 1e6 });
  const session = sessionIn(folder, name, { clock });
  await work(session);
  await session.close();
  return session.file;
}

Deno.test({
  ...browserTest,
  name: "a spike of one sample in ten million is seen at every zoom, which loads finer tiles",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const spike = 6_123_450;
    const file = await written(folder.path, "spike", async (session) => {
      session.event("plot", "debug", "a", undefined, { kind: "time", left: ["a"] });
      for (let i = 0; i < 10_000_000; i++) {
        session.addEntry({ a: i === spike ? 5 : Math.sin(i / 500_000) }, { at: START + i / 10 });
        if (i % 20_000 === 0) await session.flush();
      }
    });
    await using served = serve({ source: file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    const asked: URL[] = [];
    page.on("request", (request) => {
      if (request.url().includes("/tiles")) asked.push(new URL(request.url()));
    });
    await page.reload();
    const seesSpike = async (): Promise<number> => {
      const { top, height } = await traceOf(page, 0);
      return top.findIndex((y) => y > 0 && y < height * 0.4);
    };
    await until(page, "the spike in the whole run", async () => await seesSpike() > 0);
    // Each zoom takes a fifth of the width around the spike, down to a few samples.
    for (let depth = 0; depth < 8; depth++) {
      const column = await seesSpike();
      const { width } = await traceOf(page, 0);
      const before = await pixels(page, 0);
      await drag(page, 0, [column / width - 0.1, 0.6], [column / width + 0.1, 0.62]);
      await until(page, "another picture", async () => await pixels(page, 0) !== before);
      await until(page, `the spike at depth ${depth}`, async () => await seesSpike() > 0);
    }
    const widths = asked.filter((url) => url.searchParams.get("buckets") !== "60").map((url) =>
      (Number(url.searchParams.get("to")) - Number(url.searchParams.get("from"))) /
      Number(url.searchParams.get("buckets"))
    );
    assert.ok(widths.length >= 8, `${widths.length} requests`);
    assert.ok(Math.min(...widths) < Math.max(...widths) / 1_000, String(widths));
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name: "a gap is drawn as a gap, and what was not paused goes on through it",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const file = await written(folder.path, "gap", (session) => {
      for (const left of [["a"], ["b"]]) {
        session.event("plot", "debug", left[0] ?? "", undefined, { kind: "time", left });
      }
      for (let i = 0; i < 1_000; i++) {
        if (i < 400 || i >= 600) session.addEntry({ a: 1 }, { at: START + i });
        session.addEntry({ b: 1 }, { at: START + i });
      }
      const data = { from: (START + 399) * 1e6, to: (START + 600) * 1e6 };
      session.event("gap", "info", "nothing was done", "a task", data);
    });
    await using served = serve({ source: file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    const columns = async (plot: number): Promise<number> =>
      (await traceOf(page, plot)).top.filter((y) => y > 0).length;
    await until(page, "both lines", async () => await columns(0) > 300 && await columns(1) > 300);
    const [a, b] = [await columns(0), await columns(1)];
    // A fifth of the line is missing, the other one is whole.
    assert.ok(Math.abs(a / b - 0.8) < 0.03, `${a} of ${b} columns`);
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name: "exports open and hold the numbers that are shown",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const values = Array.from({ length: 50 }, (_, i) => i === 20 ? NaN : 1e-7 * i ** 3 - 0.1);
    const file = await written(folder.path, "export", (session) => {
      session.declareVariable("a", { unit: "V" });
      session.event("plot", "debug", "a", undefined, { kind: "time", left: ["a"] });
      values.forEach((a, i) => session.addEntry({ a }, { at: START + i }));
    });
    await using served = serve({ source: file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    await until(page, "the line", async () => (await traceOf(page, 0)).top.some((y) => y > 0));
    const download = async (name: string): Promise<Uint8Array> => {
      await page.getByRole("button", { name: "Export" }).click();
      const coming = page.waitForEvent("download");
      await page.getByText(name).click();
      return await Deno.readFile(await (await coming).path());
    };
    const csv = new TextDecoder().decode(await download("Data (CSV)"));
    const [head, ...rows] = csv.trim().split(/\r?\n/);
    assert.match(head ?? "", /a \[V\]/);
    const got = rows.map((row) => row.split(","));
    assert.deepEqual(got.map((row) => Number(row[1])), values.map((_, i) => START + i));
    const numbers = got.map((row) => row[2] === "" ? NaN : Number(row[2]));
    assert.deepEqual(numbers, values);
    const png = await download("Picture (PNG)");
    assert.deepEqual([...png.subarray(1, 4)], [...new TextEncoder().encode("PNG")]);
    const size = new DataView(png.buffer, png.byteOffset);
    assert.deepEqual([size.getUint32(16), size.getUint32(20)], [2400, 1350]);
    const svg = new TextDecoder().decode(await download("Drawing (SVG)"));
    assert.match(svg, /^<svg [^]*data-series="a"[^]*<\/svg>\s*$/);
    const opened = await openPage(browser, served.url);
    await opened.page.setContent(svg);
    assert.ok(await opened.page.locator("svg path").count() > 3);
    await opened[Symbol.asyncDispose]();
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name: "sweeps are shown as heat maps, variables against each other, datasets as traces",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const file = await written(folder.path, "kinds", (session) => {
      const plots = [
        { kind: "xy", x: "a", y: ["z"] },
        { kind: "heatmap", x: "a", y: "b", z: "z" },
        { kind: "trace", dataset: "d", count: 2 },
      ];
      for (const plot of plots) session.event("plot", "debug", plot.kind, undefined, plot);
      for (let a = 0; a < 12; a++) {
        for (let b = 0; b < 8; b++) session.addEntry({ a, b, z: Math.sin(a / 3) * b });
      }
      for (const n of [1, 2, 3]) {
        session.addDataset("d", Float64Array.from({ length: 500 }, (_, i) => n * Math.sin(i / 40)));
      }
    });
    await using served = serve({ source: file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    await until(page, "three plots", async () => await page.locator("canvas").count() === 3);
    const colors = async (plot: number): Promise<number> =>
      await page.locator("canvas").nth(plot).evaluate((element) => {
        const canvas = element as unknown as {
          width: number;
          height: number;
          getContext(kind: string): {
            getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
          };
        };
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const seen = new Set<number>();
        for (let at = 0; at < data.length; at += 4) {
          if (data[at + 3] !== 255) continue;
          seen.add(((data[at] ?? 0) << 16) + ((data[at + 1] ?? 0) << 8) + (data[at + 2] ?? 0));
        }
        return seen.size;
      });
    await page.locator("canvas").nth(1).scrollIntoViewIfNeeded();
    await until(page, "the colours of the map", async () => await colors(1) > 30);
    await page.locator("canvas").nth(2).scrollIntoViewIfNeeded();
    await until(page, "the trace", async () => await colors(2) > 10);
    // The cursor reads values.
    await page.locator("canvas").nth(1).scrollIntoViewIfNeeded();
    const box = await page.locator("canvas").nth(1).boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const readout = page.locator(".readout").nth(1);
    await until(page, "a readout", async () => await readout.isVisible());
    assert.match(await readout.textContent() ?? "", /a\d+b\d+z[−\d.]/);
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name: "the page works by keys alone",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const file = await written(folder.path, "keys", (session) => {
      session.event("plot", "debug", "a", undefined, { kind: "time", left: ["a"] });
      for (let i = 0; i < 500; i++) session.addEntry({ a: i }, { at: START + i });
    });
    await using served = serve({ source: file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    await until(page, "the line", async () => (await traceOf(page, 0)).top.some((y) => y > 0));
    const focused = async (): Promise<string> =>
      await page.evaluate(() => {
        const { document } = globalThis as unknown as {
          document: { activeElement: { tagName: string; textContent: string } };
        };
        return `${document.activeElement.tagName} ${document.activeElement.textContent.trim()}`;
      });
    const reach = async (what: RegExp): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        if (what.test(await focused())) return;
      }
      assert.fail(`${what} was not reached`);
    };
    await reach(/^CANVAS/);
    const whole = await pixels(page, 0);
    await page.keyboard.press("+");
    await until(page, "a zoomed picture", async () => await pixels(page, 0) !== whole);
    const zoomed = await pixels(page, 0);
    await page.keyboard.press("Shift+ArrowLeft");
    await until(page, "a moved picture", async () => await pixels(page, 0) !== zoomed);
    await page.keyboard.press("ArrowLeft");
    await until(page, "a readout", async () => await page.locator(".readout").first().isVisible());
    await page.keyboard.press("0");
    await page.keyboard.press("Shift+Tab");
    await until(page, "the whole again", async () => await pixels(page, 0) === whole);
    await reach(/^BUTTON Add a plot/);
    await page.keyboard.press("Enter");
    await reach(/^INPUT/);
    await page.keyboard.press("Space");
    await reach(/^BUTTON Add the plot/);
    await page.keyboard.press("Enter");
    await until(page, "another plot", async () => await page.locator("canvas").count() === 2);
    await page.keyboard.press("Home");
    for (const view of ["Sessions", "Details"]) {
      await page.reload();
      await reach(new RegExp(`^A ${view}`));
      await page.keyboard.press("Enter");
      await until(
        page,
        view,
        async () => await page.locator(`.tabs [aria-current]`).textContent() === view,
      );
    }
    assert.deepEqual(complaints, []);
  },
});
