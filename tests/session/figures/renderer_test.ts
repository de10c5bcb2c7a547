import assert from "node:assert/strict";
import { join } from "node:path";
import type { PlotDefinition } from "../../../plots/definition.ts";
import {
  PictureRenderer,
  renderPlots,
  type RenderRequest,
} from "../../../session/figures/renderer.ts";
import { readerOf } from "../../../session/reader_of.ts";
import type { Session } from "../../../session/session.ts";
import type { Json } from "../../../session/store/types.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { decodePng } from "../../pictures/_png.ts";
import { START, virtualSession } from "../_session.ts";
import { recorded } from "./_recorded.ts";

const A: PlotDefinition = { kind: "time", title: "First", left: ["a"] };
const B: PlotDefinition = { kind: "xy", x: "a", y: ["b"] };
const SMALL = { width: 320, height: 180, timeZone: "UTC" } as const;

function record(session: Session): void {
  for (let i = 0; i < 100; i++) void session.addEntry({ a: i, b: i * i }, { at: START + i });
  for (const plot of [A, B]) {
    session.event("plot", "debug", "", undefined, { ...plot } as unknown as Json);
  }
}

Deno.test("renderPlots() gives a picture for each plot that the run declares when none is named", async () => {
  using session = await recorded(record);
  const pictures = await renderPlots({ source: session.file, ...SMALL });
  const common = { format: "png", mediaType: "image/png", width: 320, height: 180 };
  assert.deepEqual(
    pictures.map(({ bytes: _, description: __, ...facts }) => facts),
    [{ plot: A, title: "First", ...common }, { plot: B, title: "b against a", ...common }],
  );
  assert.match(pictures[0]?.description ?? "", /^a from Thu 1 Jan 2026 00:00:00 to .*00:01:39\./);
  for (const { bytes } of pictures) {
    const { width, height, rgba } = decodePng(bytes);
    assert.deepEqual([width, height], [640, 360]);
    assert.ok(new Set(new Uint32Array(rgba.buffer)).size > 50, "something is drawn");
  }
});

Deno.test("renderPlots() gives the same pictures of a session in memory and of its file", async () => {
  await using memory = virtualSession();
  record(memory);
  await memory.flush();
  using session = await recorded(record);
  for (const format of ["png", "svg"] as const) {
    const [there, here] = await Promise.all([
      renderPlots({ source: session.file, ...SMALL, format }),
      renderPlots({ source: readerOf(memory), ...SMALL, format }),
    ]);
    assert.equal(there.length, 2);
    assert.deepEqual(here, there);
  }
});

Deno.test("renderPlots() reads a file that is being written", async () => {
  using session = await recorded(async (running) => {
    record(running);
    await running.flush();
    const [picture] = await renderPlots({ source: running.file, ...SMALL, format: "svg" });
    assert.match(new TextDecoder().decode(picture?.bytes), /class="line"/);
  });
  assert.ok(session.file);
});

const REFUSED: readonly (readonly [Partial<RenderRequest>, RegExp])[] = [
  [{ width: 10 }, /^RangeError: .* its width must be from 200 to 10000: 10$/],
  [{ height: NaN }, /^RangeError: .* its height must be from 120 to 10000: NaN$/],
  [{ scale: 0 }, /^RangeError: .* its scale must be from 0\.1 to 10: 0$/],
  [{ width: 9_000, height: 9_000 }, /^RangeError: .* 40 million pixels at most: 9000 x 9000/],
  [{ theme: "pink" as "dark" }, /^RangeError: .* its theme is one of light, dark, print: pink$/],
  [{ timeZone: "Mars/Olympus" }, /^RangeError: /],
  [{ last: "soon" as "1s" }, /^SyntaxError: /],
  [{ from: NaN }, /^RangeError: Cannot use a moment/],
];

for (const [options, message] of REFUSED) {
  Deno.test(`renderPlots() touches nothing when it is asked for ${Deno.inspect(options)}`, async () => {
    await assert.rejects(renderPlots({ source: "/absent/a.db", ...options }), (error) => {
      assert.match(String(error), message);
      return true;
    });
  });
}

Deno.test("renderPlots() says what is wrong with a file", async () => {
  using session = await recorded(record);
  const absent = join(session.folder, "absent.db");
  await assert.rejects(renderPlots({ source: absent }), /^Error: Cannot open .*absent\.db as /);
  const text = join(session.folder, "text.db");
  Deno.writeTextFileSync(text, "no database, though as long as a header would be".repeat(99));
  await assert.rejects(renderPlots({ source: text }), /it is no SQLite database/);
});

Deno.test("PictureRenderer ends what it does at once when nobody wants it any more", async () => {
  using session = await recorded(record);
  using renderer = new PictureRenderer();
  const stop = new AbortController();
  const request = { source: session.file, ...SMALL };
  const first = renderer.render({ ...request, signal: stop.signal });
  const second = renderer.render(request);
  stop.abort(new Error("enough"));
  await assert.rejects(first, /^Error: enough$/);
  assert.equal((await second).length, 2, "whoever waits behind it gets pictures");
  await assert.rejects(renderer.render({ ...request, signal: stop.signal }), /^Error: enough$/);
});

Deno.test("PictureRenderer gives up when it takes too long", async () => {
  using session = await recorded(record);
  // Time passes at once where all wait.
  using renderer = new PictureRenderer({ clock: new VirtualClock() });
  await assert.rejects(
    renderer.render({ source: session.file, ...SMALL, timeout: "3s" }),
    /^Error: Cannot make the pictures, as they took longer than 3 s\. Choose/,
  );
});

Deno.test("PictureRenderer makes what several ask for, one after the other", async () => {
  using session = await recorded(record);
  using renderer = new PictureRenderer();
  const asked = [320, 330, 340].map((width) =>
    renderer.render({ source: session.file, ...SMALL, width, format: "svg" })
  );
  const pictures = (await Promise.all(asked)).flat();
  assert.deepEqual(pictures.map(({ width }) => width), [320, 320, 330, 330, 340, 340]);
});

Deno.test("PictureRenderer tells whoever waits when it is closed, and makes no more", async () => {
  using session = await recorded(record);
  const renderer = new PictureRenderer();
  const waiting = [1, 2].map(() => renderer.render({ source: session.file, ...SMALL }));
  renderer[Symbol.dispose]();
  for (const one of waiting) await assert.rejects(one, /as their renderer is closed$/);
  await assert.rejects(renderer.render({ source: session.file }), /as their renderer is closed$/);
});

Deno.test("PictureRenderer begins a thread anew when its last one ended for want of work", async () => {
  using session = await recorded(record);
  const clock = new VirtualClock({ automatic: false });
  using renderer = new PictureRenderer({ clock, idle: "10s" });
  const request = { source: session.file, ...SMALL, format: "svg" } as const;
  const [before] = await renderer.render(request);
  await clock.advance(9_000);
  assert.equal(renderer.threaded, true);
  await clock.advance(2_000);
  assert.equal(renderer.threaded, false);
  const [after] = await renderer.render(request);
  assert.deepEqual(after, before);
});
