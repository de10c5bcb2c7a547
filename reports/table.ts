/**
 * The last while as a table that goes with a report.
 *
 * @module
 */

import { csv } from "../session/history/csv.ts";
import type { Reader } from "../session/store/reader.ts";

/** A larger table is packed, bytes. */
const PLAIN = 1_000_000;
/** The largest that goes with a message, packed, bytes: many servers take 20 MB in all. */
const MOST = 8_000_000;

/** A file that goes with a report. */
export interface ReportFile {
  /** Its name. */
  readonly name: string;
  /** Its media type. */
  readonly type: string;
  /** What it holds. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/**
 * Every entry of a window as CSV, packed by gzip if it is large.
 *
 * @param name What the file is called, without an ending.
 * @returns Undefined if it is larger than what can be sent.
 */
export async function table(
  reader: Reader,
  window: { readonly from: number; readonly to: number },
  name: string,
): Promise<ReportFile | undefined> {
  const names = reader.variables().filter(({ recorded }) => recorded).map(({ name }) => name);
  const plain: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  const watched = csv(reader, names, window).pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller): void {
        size += chunk.byteLength;
        if (size <= PLAIN) plain.push(chunk);
        controller.enqueue(chunk);
      },
    }),
  );
  const packed: Uint8Array<ArrayBuffer>[] = [];
  let packedSize = 0;
  for await (const chunk of watched.pipeThrough(new CompressionStream("gzip"))) {
    packed.push(chunk);
    packedSize += chunk.byteLength;
    if (packedSize > MOST) return undefined;
  }
  if (size <= PLAIN) return { name: `${name}.csv`, type: "text/csv", bytes: joined(plain, size) };
  return { name: `${name}.csv.gz`, type: "application/gzip", bytes: joined(packed, packedSize) };
}

function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.byteLength;
  }
  return whole;
}
