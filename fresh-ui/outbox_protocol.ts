/**
 * What the page is told of messages to people.
 *
 * @module
 */

/** How messages to people stand, of all runs of the file. */
export interface OutboxState {
  /** How many wait to be delivered. */
  readonly waiting: number;
  /** How many were delivered. */
  readonly sent: number;
  /** How many were given up. */
  readonly failed: number;
  /** Why the latest attempt failed, as long as nothing got through after it. */
  readonly lastError?: string;
}
