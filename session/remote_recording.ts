/**
 * What was recorded elsewhere.
 *
 * @module
 */

/** What another session recorded during a while, as it was fetched from its page. */
export interface RemoteRecording {
  /** Where it was fetched from. */
  readonly source: string;
  /** When the while began, by the other computer's clock, Unix seconds. */
  readonly from: number;
  /** When it ended, by the other computer's clock, Unix seconds. */
  readonly to: number;
  /** Each variable that has values in it: times in Unix seconds and values, of one length. */
  readonly series: Readonly<
    Record<string, { readonly t: Float64Array; readonly values: Float64Array }>
  >;
  /** The other session's parameters at the end. */
  readonly parameters: Readonly<Record<string, number>>;
}

/** A recorded entry, with the moment it belongs to. */
export interface RemoteEntry {
  /** When, Unix seconds. */
  readonly at: number;
  /** Numbers by name. */
  readonly values: Readonly<Record<string, number>>;
}

/**
 * What was recorded elsewhere, as entries in the order of time. Variables that were recorded at the same moments, as one
 * entry there, are one entry here.
 *
 * @param prefix Stands before each variable's name, to tell it from one's own.
 */
export function remoteEntries({ series }: RemoteRecording, prefix: string): RemoteEntry[] {
  const byTimes = new Map<string, { t: Float64Array; columns: [string, Float64Array][] }>();
  for (const [name, { t, values }] of Object.entries(series)) {
    // Equal times have equal bytes.
    const key = new TextDecoder("latin1").decode(
      new Uint8Array(t.buffer, t.byteOffset, t.byteLength),
    );
    const group = byTimes.get(key) ?? { t, columns: [] };
    group.columns.push([`${prefix}${name}`, values]);
    byTimes.set(key, group);
  }
  const entries = [...byTimes.values()].flatMap(({ t, columns }) =>
    Array.from(t, (at, row): RemoteEntry => ({
      at,
      values: Object.fromEntries(columns.map(([name, values]) => [name, values[row] ?? NaN])),
    }))
  );
  return entries.sort((a, b) => a.at - b.at);
}
