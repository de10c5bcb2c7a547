import assert from "node:assert/strict";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { plot } from "../../tasks/plot.ts";
import { asDocument } from "../../tasks/email/rehearsal.ts";
import { browserTest, startBrowser } from "../fresh-ui/browser/_browser.ts";
import { virtualSession } from "../session/_session.ts";
import { ADDRESSES, letterBox, reporting } from "../tasks/email/_sender.ts";

/** A report with long names, great numbers, pictures and troubles. */
async function report(): Promise<string> {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.declareVariable("temperature", { unit: "°C", label: "Temperatur im Bad Köln" });
    const odd = "a_name_without_any_place_at_which_a_line_could_be_broken_in_two";
    await session.monitor(
      every("1min", () => ({ temperature: 20 + Math.random(), [odd]: -1.23456e-120, p: NaN }), {
        name: "measure the temperature, and whatever else there is to be measured in the bath",
      }),
      every("10min", () => {
        throw new Error(`no answer from ${"TCPIP::192.168.0.20::hislip0::INSTR".repeat(3)}`);
      }, { name: "broken", onError: "continue" }),
      plot(["temperature"], { title: "Bath" }),
      plot({ x: "temperature", y: odd }),
      reporting(box, { on: ["end"] }),
      lasting("3h"),
    );
    session.event("device", "warning", "dmm is lost: reset by peer", "dmm", { kind: "lost" });
    session.event("alarm", "error", "raised: 45 °C", "hot", { name: "hot", raised: true });
  }
  const [letter] = box.letters;
  assert.ok(letter !== undefined);
  return asDocument(letter, { ...ADDRESSES, to: [ADDRESSES.to] });
}

/** What a browser makes of it. Runs in the page. */
function look(): {
  readonly width: number;
  readonly broken: number;
  readonly pictures: number;
  readonly worst: readonly [number, string];
  readonly paper: number;
} {
  type Element = {
    readonly parentElement: Element | null;
    readonly childNodes: Iterable<{ readonly nodeType: number; readonly textContent: string }>;
    readonly complete: boolean;
    readonly naturalWidth: number;
    readonly textContent: string;
  };
  const { document, getComputedStyle } = globalThis as unknown as {
    document: {
      readonly body: Element;
      readonly documentElement: { readonly scrollWidth: number };
      querySelectorAll(selector: string): Iterable<Element>;
    };
    getComputedStyle(
      element: Element,
    ): { readonly color: string; readonly backgroundColor: string };
  };
  /** Relative luminance as WCAG has it; undefined for what is seen through. */
  const luminance = (color: string): number | undefined => {
    const [r = 0, g = 0, b = 0, a = 1] = (color.match(/[\d.]+/g) ?? []).map(Number);
    if (a === 0) return undefined;
    const [x = 0, y = 0, z = 0] = [r, g, b].map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const behind = (element: Element | null): number => {
    for (let at = element; at !== null; at = at.parentElement) {
      const found = luminance(getComputedStyle(at).backgroundColor);
      if (found !== undefined) return found;
    }
    return 1;
  };
  let worst: [number, string] = [Infinity, ""];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some(({ nodeType, textContent }) =>
      nodeType === 3 && textContent.trim() !== ""
    );
    if (!own) continue;
    const [front, back] = [luminance(getComputedStyle(element).color) ?? 0, behind(element)];
    const contrast = (Math.max(front, back) + 0.05) / (Math.min(front, back) + 0.05);
    if (contrast < worst[0]) worst = [contrast, element.textContent.slice(0, 60)];
  }
  const pictures = [...document.querySelectorAll("img")];
  return {
    width: document.documentElement.scrollWidth,
    broken: pictures.filter(({ complete, naturalWidth }) => !complete || naturalWidth === 0).length,
    pictures: pictures.length,
    worst,
    paper: behind(document.body),
  };
}

Deno.test({
  ...browserTest,
  name: "a report fits a phone and a desk, can be read by day and by night, and fetches nothing",
  async fn() {
    const html = await report();
    await using browser = await startBrowser();
    for (const width of [390, 1280]) {
      for (const colorScheme of ["light", "dark"] as const) {
        const where = `${width} px, ${colorScheme}`;
        const context = await browser.newContext({
          viewport: { width, height: 900 },
          colorScheme,
          javaScriptEnabled: true,
        });
        const page = await context.newPage();
        const requests: string[] = [];
        page.on("request", (request) => requests.push(request.url().slice(0, 40)));
        await page.setContent(html);
        const seen = await page.evaluate(look);
        await context.close();
        assert.deepEqual(requests.filter((url) => !url.startsWith("data:")), [], where);
        assert.equal(seen.width, width, `${where}: nothing stands out at the side`);
        assert.deepEqual([seen.pictures, seen.broken], [2, 0], where);
        assert.ok(seen.worst[0] >= 4.5, `${where}: contrast ${seen.worst}`);
        assert.ok(colorScheme === "dark" ? seen.paper < 0.05 : seen.paper > 0.8, where);
      }
    }
  },
});
