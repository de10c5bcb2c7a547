/**
 * What a visitor of the page may ask the run for.
 *
 * @module
 */

/** What a person asks the run for. */
export type ControlRequest =
  | { readonly action: "note"; readonly text: string; readonly who?: string }
  | { readonly action: "pause" | "resume"; readonly task: string; readonly who?: string }
  | { readonly action: "acknowledge"; readonly alarm: string; readonly who?: string }
  | { readonly action: "stop"; readonly who?: string };

/** What came of it. */
export type ControlAnswer =
  | { readonly done: true }
  | { readonly done: false; readonly reason: string };
