/**
 * The Worker in which a VISA library runs: its calls wait on the Worker's own threads. It is bundled to
 * `visa_worker.bundle.js` and started from a blob, so that it needs no permission of its own.
 *
 * @module
 */

import { VisaCalls } from "./calls.ts";
import { type LoadedVisa, loadVisa } from "./load.ts";
import type { FromVisa, ToVisa, VisaResult } from "./messages.ts";
import type { Asked } from "./waits.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToVisa>) => void) | null;
  postMessage(message: FromVisa, transfer?: Transferable[]): void;
};

let calls: VisaCalls | undefined;
/** What comes first; all else waits for it. */
let loading: Promise<LoadedVisa | readonly string[]> | undefined;
const pending = new Map<number, { readonly asked: Asked; readonly session: number | undefined }>();

function say(message: FromVisa): void {
  const data = "result" in message ? message.result.data : undefined;
  scope.postMessage(message, data === undefined ? [] : [data.buffer]);
}

async function answer(
  { id, request }: Extract<ToVisa, { id: number }>,
  asked: Asked,
): Promise<void> {
  let result: VisaResult = { status: 0 };
  if (request.kind === "load") {
    loading = loadVisa(request.candidates);
    const loaded = await loading;
    if ("library" in loaded) calls = new VisaCalls(loaded, say);
    else result = { status: 0, names: loaded };
  } else {
    await loading;
    if (calls !== undefined) result = await calls.do(request, asked);
  }
  pending.delete(id);
  if (request.kind === "end") calls = undefined;
  say({ id, result });
}

scope.onmessage = ({ data }) => {
  if ("cancel" in data) {
    const given = pending.get(data.cancel);
    if (given === undefined) return;
    given.asked.cancelled = true;
    if (given.session !== undefined) calls?.terminate(given.session);
    return;
  }
  const asked = { cancelled: false };
  const session = "session" in data.request ? data.request.session : undefined;
  pending.set(data.id, { asked, session });
  void answer(data, asked);
};
