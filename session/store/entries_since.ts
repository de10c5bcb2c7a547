/**
 * Reads entries of all streams in the order in which they were recorded.
 *
 * @module
 */

import type { Catalog } from "./catalog.ts";
import type { ChunkSource } from "./chunk_source.ts";
import type { StoredEntry } from "./reader_types.ts";

/** At most `limit` entries after `seq`. */
export function entriesSince(
  source: ChunkSource,
  catalog: Catalog,
  seq: number,
  limit: number,
): StoredEntry[] {
  const { streams } = catalog;
  const found: StoredEntry[] = [];
  for (const stream of streams.values()) {
    let after = seq;
    let wanted = limit;
    while (wanted > 0) {
      const chunk = source.after(stream, after, 1)[0];
      if (chunk === undefined) break;
      after = chunk.lastSeq;
      const { n } = chunk;
      const times = new Float64Array(n);
      const seqs = new Float64Array(n);
      if (!source.times(chunk, stream, times, 0)) continue;
      if (!source.seqs(chunk, stream, seqs, 0)) continue;
      const columns = stream.names.map((_, index) => source.values(chunk, stream, index));
      for (let row = 0; row < n && wanted > 0; row++) {
        if ((seqs[row] as number) <= seq) continue;
        // A damaged column is left out of its entries; the others are right.
        const names = columns.includes(undefined)
          ? stream.names.filter((_, index) => columns[index] !== undefined)
          : stream.names;
        const values = new Float64Array(names.length);
        let at = 0;
        for (const column of columns) {
          if (column !== undefined) values[at++] = column[row] as number;
        }
        found.push({ seq: seqs[row] as number, t: times[row] as number, names, values });
        wanted -= 1;
      }
    }
  }
  for (const { seq: at, t, stream, vals } of source.tailAfter(streams, seq, limit)) {
    found.push({ seq: at, t, names: streams.get(stream)?.names ?? [], values: vals });
  }
  found.sort((a, b) => a.seq - b.seq);
  if (found.length > limit) found.length = limit;
  return found;
}
