/**
 * How long one instrument may keep the bus. docs/decisions/gpib-in-slices.md says why.
 *
 * @module
 */

/**
 * How long a silent instrument is listened to at a time, in milliseconds: while others use the bus too, and while
 * it is alone.
 */
export const SLICE = { shared: 100, alone: 300 } as const;

/**
 * Most bytes of a message's first read. Even an instrument of ten bytes a millisecond sends as many in the shorter
 * slice: so a slice ends in the midst of a transfer only if that has just begun.
 */
export const FIRST = 1024;

/** The reads of a message that has begun to come: most bytes, and milliseconds that they may take. */
export const REST = { bytes: 32_768, ms: 3000 } as const;

/** A write is not cut but where it takes longer than this. Milliseconds. */
export const WRITE_SLICE = 10_000;

/** How long the bus may take for a command. Milliseconds. */
export const COMMAND = 1000;

/** How long it is listened for what a clear left behind. Milliseconds. */
export const DRAIN = 30;

/** How long an instrument may take for a serial poll. Milliseconds. */
export const POLL = 300;
