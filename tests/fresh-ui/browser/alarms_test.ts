import assert from "node:assert/strict";
import { alarm } from "../../../tasks/alarm.ts";
import { every } from "../../../tasks/every.ts";
import { once } from "../../../tasks/once.ts";
import {
  browserTest,
  openPage,
  serve,
  sessionIn,
  startBrowser,
  temporaryFolder,
  until,
} from "./_browser.ts";

Deno.test({
  ...browserTest,
  name:
    "a raised alarm is large under the head, is acknowledged on the page, and goes when it clears",
  async fn() {
    using folder = temporaryFolder();
    await using browser = await startBrowser();
    await using session = sessionIn(folder.path, "alarmed");
    let temperature = 20;
    const monitoring = session.monitor(
      every("50ms", () => ({ temperature }), { name: "bath" }),
      once(() => {
        throw new Error("unplugged");
      }, { name: "pump" }),
      alarm("too hot", { variable: "temperature", above: 80 }, { severity: "error" }),
      alarm("warm", { variable: "temperature", above: 60 }),
      alarm("cold", { variable: "temperature", below: -10 }, { severity: "info" }),
    );
    await session.flush();
    await using served = serve({
      source: session.file,
      control: (request, who) => {
        if (request.action === "acknowledge") session.acknowledge(request.alarm, who);
        return Promise.resolve({ done: true });
      },
    });
    await using watched = await openPage(browser, served.url);
    const { page, complaints } = watched;
    const banner = page.locator(".alarms");
    const texts = (): Promise<string[]> => banner.locator("strong").allTextContents();
    const rows = page.getByRole("region", { name: "Alarms" }).locator("tr");
    await until(page, "three alarms", async () => await rows.count() === 3);
    temperature = 90;
    await until(page, "two of them and the task", async () => (await texts()).length === 3);
    assert.deepEqual(await texts(), ["too hot", "warm", "pump"]);
    assert.match(await banner.textContent() ?? "", /temperature is 90, above 80/);
    await until(page, "the title", async () => (await page.title()).startsWith("⚠ too hot, warm"));
    // Two metres from a screen of 96 dots an inch, capitals of 5 arc minutes times four are 12 mm or 45 dots.
    const size = await banner.locator("strong").first().evaluate((element) =>
      parseFloat(
        (globalThis as unknown as { getComputedStyle(of: unknown): { fontSize: string } })
          .getComputedStyle(element).fontSize,
      )
    );
    assert.ok(size >= 45, `${size} px`);
    const button = page.getByRole("button", { name: "acknowledge too hot" });
    await button.click();
    await until(
      page,
      "that it was seen",
      async () => /somebody at 127\.0\.0\.1/.test(await rows.first().textContent() ?? ""),
    );
    assert.deepEqual(await texts(), ["warm", "too hot", "pump"]);
    assert.equal(await button.count(), 0);
    temperature = 20;
    await until(page, "all clear", async () => (await texts()).join() === "pump");
    session.askExit("enough");
    await monitoring;
    await session.close();
    await until(page, "nothing", async () => await banner.count() === 0);
    assert.deepEqual(complaints, []);
  },
});
