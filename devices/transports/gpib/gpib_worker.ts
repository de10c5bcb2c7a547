/**
 * The Worker in which one GPIB board is used: its calls wait on the Worker's own thread. It is bundled to
 * `gpib_worker.bundle.js` and started from a blob, so that it needs no permission of its own.
 *
 * @module
 */

import { GpibCalls } from "./calls.ts";
import { loadGpib } from "./load.ts";
import type { GpibRequest, GpibResult } from "./messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<GpibRequest>) => void) | null;
  postMessage(message: GpibResult, transfer: Transferable[]): void;
};

let calls: GpibCalls | undefined;

function answer(request: GpibRequest): GpibResult {
  if (request.kind === "load") {
    const loaded = loadGpib(request.candidates);
    if (!("symbols" in loaded)) return { status: 0, reasons: loaded };
    calls = new GpibCalls(loaded);
    return { status: 0 };
  }
  if (request.kind === "end") {
    calls?.end();
    calls = undefined;
    return { status: 0 };
  }
  if (calls === undefined) throw new Error("no library is loaded");
  return calls.do(request);
}

scope.onmessage = ({ data }) => {
  const result = answer(data);
  scope.postMessage(result, result.data === undefined ? [] : [result.data.buffer]);
};
