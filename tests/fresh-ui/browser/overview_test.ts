import assert from "node:assert/strict";
import { every } from "../../../tasks/every.ts";
import { plot } from "../../../tasks/plot.ts";
import {
  browserTest,
  openPage,
  pixels,
  serve,
  sessionIn,
  startBrowser,
  temporaryFolder,
  until,
  values,
} from "./_browser.ts";

Deno.test({
  ...browserTest,
  name: "the page shows values as they are recorded, and its plots move",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    await using session = sessionIn(folder.path, "live");
    session.declareVariable("temperature", { unit: "°C", label: "Bath temperature" });
    let n = 0;
    const monitoring = session.monitor(
      every("100ms", () => ({ temperature: 20 + n++ / 10 }), { name: "bath" }),
      plot(["temperature"]),
    );
    await session.flush();
    await using served = serve({ source: session.file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    await until(page, "a value", async () => "Bath temperature" in await values(page));
    const first = await values(page);
    const before = await pixels(page, 0);
    await until(
      page,
      "another value",
      async () => (await values(page))["Bath temperature"] !== first["Bath temperature"],
    );
    await until(page, "another picture", async () => await pixels(page, 0) !== before);
    assert.match(first["Bath temperature"] ?? "", /^\d+(\.\d+)?°C$/);
    assert.equal(await page.locator(".state").first().textContent(), "running");
    assert.match(await page.title(), /live · running/);
    session.askExit("enough");
    await monitoring;
    await session.close();
    await until(
      page,
      "the end",
      async () => await page.locator(".head .state").textContent() === "completed",
    );
    await until(
      page,
      "its reason",
      async () => (await page.locator(".facts").textContent())?.includes("enough") === true,
    );
    assert.deepEqual(complaints, []);
  },
});

Deno.test({
  ...browserTest,
  name: "the page shows names as text, whatever they are",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    const evil = `<img src=x onerror="document.title='broken'">`;
    const session = sessionIn(folder.path, "evil");
    session.declareVariable(evil, { unit: "<b>V</b>", label: `</script>${evil}` });
    session.saveMetadata({ [evil]: evil, "__proto__": "constructor" });
    session.saveParameters({ [evil]: 1 });
    session.addEntry({ [evil]: 1, "__proto__": 2 });
    session.event("note", "warning", evil, evil);
    session.event("plot", "debug", evil, undefined, { kind: "time", title: evil, left: [evil] });
    await session.close();
    await using served = serve({ source: session.file });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    await until(page, "the value", async () => `</script>${evil}` in await values(page));
    for (const view of ["sessions", "details", ""]) {
      await page.goto(`${served.url}#/${view}`);
      await page.waitForTimeout(300);
      assert.equal(await page.locator("img").count(), 0);
      assert.ok(!(await page.title()).includes("broken"));
    }
    const text = await page.locator("main").textContent();
    assert.ok(text?.includes(evil));
    assert.deepEqual(complaints, []);
  },
});
