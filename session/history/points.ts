/**
 * Several variables against each other.
 *
 * @module
 */

/** Variables against each other. */
export interface Points {
  /** Times, Unix seconds. */
  readonly t: Float64Array<ArrayBuffer>;
  /** For each variable one value a time. */
  readonly values: readonly Float64Array<ArrayBuffer>[];
  /** How many points there were before they were thinned. */
  readonly of: number;
}
