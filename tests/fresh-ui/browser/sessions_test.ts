import assert from "node:assert/strict";
import { join } from "node:path";
import { every } from "../../../tasks/every.ts";
import { lasting } from "../../../tasks/lasting.ts";
import { live } from "../../../tasks/live.ts";
import { plot } from "../../../tasks/plot.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { paper } from "../../session/_session.ts";
import {
  browserTest,
  openPage,
  pixels,
  serve,
  type Served,
  sessionIn,
  startBrowser,
  temporaryFolder,
  until,
  values,
} from "./_browser.ts";

const START = 1_767_225_600;

Deno.test({
  ...browserTest,
  name: "after the server was away the page connects again and shows no hole",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    await using session = sessionIn(folder.path, "live");
    let n = 0;
    const monitoring = session.monitor(
      every("50ms", () => ({ count: n++ }), { name: "counter" }),
      plot(["count"]),
    );
    await session.flush();
    let served: Served = serve({ source: session.file });
    const { port, url } = served;
    await using watched = await openPage(browser, url);
    const { page } = watched;
    await until(page, "a value", async () => Number((await values(page))["count"]) > 20);
    await served[Symbol.asyncDispose]();
    const lost = n;
    await page.waitForTimeout(1_500);
    const shown = Number((await values(page))["count"]);
    assert.ok(shown <= lost, `${shown} was shown though the server was away since ${lost}`);
    served = serve({ source: session.file }, port);
    try {
      await until(
        page,
        "later values",
        async () => Number((await values(page))["count"]) > lost + 10,
      );
      // Every value between is there: the plot's last points, zoomed to the time of the absence.
      const seen = await page.evaluate(async () => {
        const { document, fetch } = globalThis as unknown as {
          document: { location: { href: string } };
          fetch: typeof globalThis.fetch;
        };
        const base = new URL(document.location.href);
        const tiles = await fetch(
          new URL("api/sessions/live.db/tiles?name=count&buckets=10000", base),
        );
        return (await tiles.arrayBuffer()).byteLength;
      });
      assert.ok(seen > 0);
      // The page itself: the columns of its line have no break.
      const broken = await page.locator("canvas").first().evaluate((element) => {
        const canvas = element as unknown as {
          width: number;
          height: number;
          getContext(kind: string): {
            getImageData(x: number, y: number, w: number, h: number): { data: Uint8ClampedArray };
          };
        };
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const rows: number[] = [];
        for (let x = 0; x < width; x++) {
          let sum = 0;
          let hits = 0;
          for (let y = 60; y < height; y++) {
            const at = (y * width + x) * 4;
            // The line's colour, whatever its edges blend with.
            const blue = (data[at + 2] ?? 0) - (data[at] ?? 0) > 50 && (data[at + 3] ?? 0) > 150;
            if (blue) {
              sum += y;
              hits++;
            }
          }
          rows.push(hits === 0 ? -1 : sum / hits);
        }
        const first = rows.findIndex((y) => y >= 0);
        const last = rows.findLastIndex((y) => y >= 0);
        // The count never falls, however late a busy machine lets it rise: no column is below the one before it.
        return rows.slice(first, last + 1).filter((y, i, all) =>
          y < 0 || y > (all[i - 1] ?? height) + height * 0.01
        ).length;
      });
      assert.equal(broken, 0, "columns that are missing or fall");
    } finally {
      session.askExit();
      await monitoring;
      await served[Symbol.asyncDispose]();
    }
  },
});

Deno.test({
  ...browserTest,
  name: "a token is asked for, taken once from the address, and kept out of it",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const session = sessionIn(folder.path, "secret");
    session.addEntry({ a: 1 });
    await session.close();
    const token = "abcdefghijklmnopqrstuvwxyz";
    await using served = serve({ source: session.file, token });
    await using stranger = await openPage(browser, served.url);
    assert.match(await stranger.page.locator("body").textContent() ?? "", /token/i);
    assert.equal(await stranger.page.locator(".value").count(), 0);
    await using guest = await openPage(browser, `${served.url}?token=${token}`);
    await until(guest.page, "the value", async () => "a" in await values(guest.page));
    assert.ok(!guest.page.url().includes(token));
    await guest.page.reload();
    await until(guest.page, "the value", async () => "a" in await values(guest.page));
    assert.deepEqual(guest.complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name:
    "control is off unless it was turned on; then notes, pauses and stops are kept with who it was",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const terminal = paper();
    for (const control of [false, true]) {
      await using session = sessionIn(folder.path, `control ${control}`, {
        terminal,
        quiet: false,
      });
      terminal.text = "";
      const monitoring = session.monitor(
        every("100ms", () => ({ a: 1 }), { name: "meter" }),
        live({ port: 0, control }),
      );
      for (let i = 0; i < 500 && !terminal.text.includes("http://"); i++) {
        await new Promise((next) => setTimeout(next, 20));
      }
      const url = /http:\S+/.exec(terminal.text)?.[0] ?? "";
      await using watched = await openPage(browser, url);
      const { page } = watched;
      await until(page, "the value", async () => "a" in await values(page));
      if (!control) {
        assert.equal(await page.getByRole("button", { name: "Stop" }).count(), 0);
        const status = await page.evaluate(async () => {
          const { fetch } = globalThis;
          const answer = await fetch("api/sessions/control%20false.db/control", {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ action: "stop" }),
          });
          return answer.status;
        });
        assert.equal(status, 403);
        session.askExit();
        await monitoring;
        continue;
      }
      await page.getByRole("button", { name: "Add a note" }).click();
      await page.getByLabel("What happened").fill("the valve is open");
      await page.getByLabel("Your name").fill("Anna");
      await page.getByRole("button", { name: "Add the note" }).click();
      await until(
        page,
        "the note",
        async () =>
          (await page.locator(".events").textContent())?.includes("the valve is open") === true,
      );
      await page.getByRole("button", { name: "pause meter" }).click();
      await until(
        page,
        "the pause",
        async () => (await page.locator("table").textContent())?.includes("paused") === true,
      );
      await page.getByRole("button", { name: "resume meter" }).click();
      await page.getByRole("button", { name: "Stop" }).first().click();
      await page.getByRole("button", { name: "Stop the run" }).click();
      await monitoring;
      await session.flush();
      const told = session.events({ kinds: ["note", "pause", "resume", "stop-asked"] });
      assert.deepEqual(told.map(({ kind }) => kind), ["note", "pause", "resume", "stop-asked"]);
      for (const { message, data } of told) {
        assert.match(`${message} ${JSON.stringify(data)}`, /Anna at 127\.0\.0\.1/);
      }
    }
  },
});

Deno.test({
  ...browserTest,
  name: "the sessions of a folder are listed, one is opened, and two runs are compared",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    for (const [name, runs] of [["alpha", 2], ["beta", 1]] as const) {
      for (let run = 0; run < runs; run++) {
        const clock = new VirtualClock({ start: (START + run * 86_400) * 1e6 });
        const session = sessionIn(folder.path, name, { clock });
        const level = name === "alpha" ? run + 1 : 7;
        let i = 0;
        await session.monitor(
          every("1s", () => ({ level: level + i++ / 1_000 }), { name: "level" }),
          lasting("200s"),
        );
        await session.close();
      }
    }
    Deno.writeTextFileSync(join(folder.path, "broken.db"), "this is no session");
    await using served = serve({ source: folder.path });
    await using watched = await openPage(browser, `${served.url}#/sessions`);
    const { page, complaints } = watched;
    await until(page, "the list", async () => await page.locator("tbody tr").count() === 3);
    const list = await page.locator("table").first().textContent() ?? "";
    assert.match(list, /alpha\.db/);
    assert.match(list, /broken\.db.*it is not a session/);
    await page.getByRole("button", { name: "alpha.db" }).click();
    await page.waitForURL(/sessions\/alpha\.db/);
    await until(page, "its value", async () => "level" in await values(page));
    await page.goto(`${page.url()}#/sessions`);
    await until(page, "the plot", async () => await page.locator("canvas").count() === 1);
    const legend = await page.locator("canvas").first();
    await legend.scrollIntoViewIfNeeded();
    await until(page, "two lines", async () => {
      const text = await readoutAt(page, 0.5);
      return /run 1.*1\.\d+.*run 2.*2\.\d+/s.test(text);
    });
    const before = await pixels(page, 0);
    await page.getByLabel("and another: its file").selectOption("beta.db");
    await page.getByLabel("and another: its number").selectOption({ index: 1 });
    await until(page, "another picture", async () => await pixels(page, 0) !== before);
    await until(
      page,
      "the other file",
      async () => /alpha.*1\.\d+.*beta.*7\.\d+/s.test(await readoutAt(page, 0.5)),
    );
    assert.deepEqual(complaints, []);
  },
});

/** What the cursor reads at a fraction of the plot's width. */
async function readoutAt(
  page: import("playwright-core").Page,
  fraction: number,
): Promise<string> {
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) return "";
  await page.mouse.move(box.x + box.width * fraction, box.y + box.height / 2);
  await page.waitForTimeout(150);
  return await page.locator(".readout").first().textContent() ?? "";
}
