import assert from "node:assert/strict";
import type { PlotDefinition } from "../../../plots/definition.ts";
import { renderPlots } from "../../../session/figures/renderer.ts";
import { readerOf } from "../../../session/reader_of.ts";
import type { Session } from "../../../session/session.ts";
import type { Json } from "../../../session/store/types.ts";
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
  assert.deepEqual(
    pictures.map(({ bytes: _, description: __, ...facts }) => facts),
    [
      { plot: A, title: "First", format: "png", mediaType: "image/png", width: 320, height: 180 },
      {
        plot: B,
        title: "b against a",
        format: "png",
        mediaType: "image/png",
        width: 320,
        height: 180,
      },
    ],
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
