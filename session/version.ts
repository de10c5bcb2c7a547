/**
 * The version of Stripchart that runs.
 *
 * @module
 */

/** Stripchart's version, as in `deno.json`. It is stored in every file and with every run. */
export const VERSION = "0.1.0";
