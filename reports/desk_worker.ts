/**
 * The Worker in which reports are read and written, so that nothing of it delays what is measured. It is bundled to
 * `desk_worker.bundle.js` and started from a blob, so that it needs no permission of its own and travels in a compiled
 * program.
 *
 * @module
 */

import { asError } from "../session/stopped.ts";
import { openReader } from "../session/store/reader.ts";
import { readReport, writeReport } from "./desk.ts";
import type { FromDesk, ToDesk } from "./desk_messages.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToDesk>) => void) | null;
  postMessage(message: FromDesk, transfer?: Transferable[]): void;
};

async function answer(message: ToDesk): Promise<void> {
  if (message.kind === "write") {
    scope.postMessage({ kind: "written", written: writeReport(message.report, message.timeZone) });
    return;
  }
  using reader = openReader(message.source);
  const read = await readReport(reader, message.request);
  scope.postMessage(
    { kind: "read", read },
    read.table === undefined ? [] : [read.table.bytes.buffer],
  );
}

scope.onmessage = ({ data }) => {
  answer(data).catch((error) => {
    scope.postMessage({ kind: "failed", message: asError(error).message });
  });
};
