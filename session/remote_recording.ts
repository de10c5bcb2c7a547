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
