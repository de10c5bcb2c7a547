/// <reference lib="dom" />
import assert from "node:assert/strict";
import { Api, type Query } from "../../../fresh-ui/islands/api.ts";
import type { FigureSource } from "../../../fresh-ui/islands/figure_source.ts";
import { PointsSource } from "../../../fresh-ui/islands/points_source.ts";
import { SessionStore } from "../../../fresh-ui/islands/store.ts";
import { TimeSource } from "../../../fresh-ui/islands/time_source.ts";
import { TraceSource } from "../../../fresh-ui/islands/trace_source.ts";
import { type LivePage, livePage } from "../../../fresh-ui/mod.ts";
import type { DatasetInfo, SessionInfo } from "../../../fresh-ui/protocol.ts";
import type { PlotDefinition } from "../../../plots/definition.ts";
import { draw } from "../../../plots/draw.ts";
import { layOut } from "../../../plots/layout.ts";
import { toSvg } from "../../../plots/svg.ts";
import { zoneOffset } from "../../../plots/zone.ts";
import { renderPlots } from "../../../session/figures/renderer.ts";
import { get, getJson } from "../../fresh-ui/_page.ts";
import { recorded } from "./_recorded.ts";
import { recordEverything } from "./_everything.ts";

/** The page's requests, answered without a network. */
class DirectApi extends Api {
  readonly #page: LivePage;

  constructor(page: LivePage) {
    super("/");
    this.#page = page;
  }

  override async bytes(session: string, path: string, query: Query): Promise<ArrayBuffer> {
    const response = await get(this.#page, this.url(session, path, query));
    assert.equal(response.status, 200, await response.clone().text());
    return await response.arrayBuffer();
  }

  override dataset(session: string, name: string, n: number, buckets: number) {
    const path = `datasets/${encodeURIComponent(name)}`;
    return getJson<DatasetInfo>(this.#page, this.url(session, path, { n, buckets }));
  }
}

function sourceOf(store: SessionStore, plot: PlotDefinition, changed: () => void): FigureSource {
  if (plot.kind === "time") return new TimeSource(store, plot, changed);
  if (plot.kind === "trace") return new TraceSource(store, plot, changed);
  return new PointsSource(store, plot, changed);
}

const SIZE = { width: 700, height: 400 };
const RESOLUTION = 2;

const PLOTS: readonly PlotDefinition[] = [
  { kind: "time", left: ["noise", "spiky"] },
  { kind: "time", left: ["noise"], right: ["spiky"], last: 600_000 },
  { kind: "xy", x: "noise", y: ["spiky"] },
  { kind: "xy", x: "noise", y: ["spiky"], last: 600_000 },
  { kind: "heatmap", x: "field", y: "gate", z: "resistance" },
  { kind: "trace", dataset: "scope", count: 3 },
];

for (const plot of PLOTS) {
  Deno.test(`the page and a picture show the same when the plot is ${JSON.stringify(plot)}`, async () => {
    using session = await recorded(recordEverything);
    using page = livePage({ source: session.file });
    const info = await getJson<SessionInfo>(page, "/api/sessions/a.db");
    const store = new SessionStore(info, new DirectApi(page));
    const { promise: changed, resolve } = Promise.withResolvers<void>();
    using source = sourceOf(store, plot, resolve);
    source.figure({}, SIZE.width * RESOLUTION);
    await changed;
    assert.equal(source.trouble, undefined);
    const figure = source.figure({}, SIZE.width * RESOLUTION);
    const seen = draw(layOut(figure, { ...SIZE, resolution: RESOLUTION, offset: zoneOffset() }));
    const [picture] = await renderPlots({
      source: session.file,
      plots: [plot],
      format: "svg",
      scale: RESOLUTION,
      // What day it is, is in the legend.
      now: info.status.now,
      ...SIZE,
    });
    assert.ok(seen.shapes.some(({ role }) => /^(?:line|band|points|cells)$/.test(role)));
    assert.equal(new TextDecoder().decode(picture?.bytes), toSvg(seen, { id: "plot1" }));
  });
}
