/**
 * The Worker in which pictures are made: it reads the file, draws, and turns drawings to pixels, so that nothing of it
 * delays what is measured. It is bundled to `picture_worker.bundle.js` and started from a blob, so that it needs no
 * permission of its own and travels in a compiled program.
 *
 * @module
 */

import { Rasterizer } from "../../pictures/rasterizer.ts";
import { asError } from "../stopped.ts";
import { openReader } from "../store/reader.ts";
import { drawPlots } from "./drawings.ts";
import type { FromPictures, ToPictures } from "./picture_messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToPictures>) => void) | null;
  postMessage(message: FromPictures, transfer?: Transferable[]): void;
};

let loaded: Promise<Rasterizer> | undefined;

async function png(svg: string, scale: number): Promise<Uint8Array<ArrayBuffer>> {
  const rasterizer = await loaded;
  if (rasterizer === undefined) throw new Error("Cannot make a PNG, as nothing to do it was sent");
  return rasterizer.png(svg, scale);
}

async function work(message: ToPictures): Promise<void> {
  switch (message.kind) {
    case "assets":
      loaded = Rasterizer.load(message.assets);
      // Whoever wants a picture is told.
      loaded.catch(() => {});
      return;
    case "drawing": {
      const bytes = await png(message.svg, message.scale);
      scope.postMessage({ kind: "png", bytes }, [bytes.buffer]);
      return;
    }
    case "plots": {
      const { file, request, format } = message;
      using reader = openReader(file);
      // Nobody asks it to stop: it is ended.
      const signal = new AbortController().signal;
      for await (const { svg, ...facts } of drawPlots(reader, request, signal)) {
        const bytes = format === "svg"
          ? new TextEncoder().encode(svg)
          : await png(svg, request.look.scale);
        scope.postMessage({ kind: "picture", facts, bytes }, [bytes.buffer]);
      }
      scope.postMessage({ kind: "done" });
    }
  }
}

scope.onmessage = ({ data }) => {
  work(data).catch((error) => {
    const { name, message } = asError(error);
    scope.postMessage({ kind: "failed", name, message });
  });
};
