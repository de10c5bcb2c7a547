/**
 * What the doctor finds.
 *
 * @module
 */

/**
 * How a finding is to be taken: `"ok"`; `"warning"`, something will not work but may not be wanted; `"problem"`,
 * something that is there cannot be used; `"unseen"`, it could not be looked at.
 */
export type Verdict = "ok" | "warning" | "problem" | "unseen";

/** One thing that was looked at. */
export interface Finding {
  /** How it is to be taken. */
  readonly verdict: Verdict;
  /** What was found, in a sentence. */
  readonly message: string;
  /** What to do about it, if there is something to do: a command, a flag or a sentence. */
  readonly fix?: string;
}

/** Findings on one subject. */
export interface Examination {
  /** The subject, as a heading. */
  readonly subject: string;
  /** What was found, in order. */
  readonly findings: readonly Finding[];
}
