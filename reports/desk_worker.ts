/**
 * The Worker in which reports are made, so that nothing of it delays what is measured. It is bundled to
 * `desk_worker.bundle.js` and started from a blob, so that it needs no permission of its own and travels in a compiled
 * program.
 *
 * @module
 */

import { pictureLook } from "../pictures/look.ts";
import type { PackedAssets } from "../pictures/packed.ts";
import { Rasterizer } from "../pictures/rasterizer.ts";
import { drawPlots } from "../session/figures/drawings.ts";
import { asError } from "../session/stopped.ts";
import { openReader } from "../session/store/reader.ts";
import { type DrawnReportPlot, makeReport, REPORT_PICTURE } from "./desk.ts";
import type { FromDesk, ToDesk } from "./desk_messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToDesk>) => void) | null;
  postMessage(message: FromDesk, transfer?: Transferable[]): void;
};

const assets = Promise.withResolvers<PackedAssets>();
let loaded: Promise<Rasterizer> | undefined;

function rasterizer(): Promise<Rasterizer> {
  if (loaded === undefined) {
    scope.postMessage({ kind: "assets wanted" });
    loaded = assets.promise.then((packed) => Rasterizer.load(packed));
  }
  return loaded;
}

async function make({ source, request }: ToDesk & { readonly kind: "make" }): Promise<void> {
  using reader = openReader(source);
  let worn = false;
  // Nobody asks it to stop: it is ended.
  const signal = new AbortController().signal;
  const made = await makeReport(reader, request, async (plots, now) => {
    const look = pictureLook({ ...REPORT_PICTURE, timeZone: request.timeZone });
    worn = true;
    const pixels = await rasterizer();
    const drawn: DrawnReportPlot[] = [];
    for await (const { svg, ...facts } of drawPlots(reader, { plots, look, now }, signal)) {
      drawn.push({ ...facts, bytes: pixels.png(svg, look.scale) });
    }
    worn = false;
    return drawn;
  });
  const buffers = [...made.pictures, ...made.files].map(({ bytes }) => bytes.buffer);
  scope.postMessage({ kind: "made", made, worn }, buffers);
}

scope.onmessage = ({ data }) => {
  if (data.kind === "assets") {
    assets.resolve(data.assets);
    return;
  }
  make(data).catch((error) => {
    scope.postMessage({ kind: "failed", message: asError(error).message });
  });
};
