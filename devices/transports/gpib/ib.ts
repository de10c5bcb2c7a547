/**
 * The numbers and functions of the GPIB library (linux-gpib's `ib.h`, NI-488.2) that are used.
 *
 * @module
 */

/** Bits of the status that each function returns. */
export const STATUS = {
  /** An error; its code says which. */
  ERR: 0x8000,
  /** The time was up. */
  TIMO: 0x4000,
  /** The last byte came with END, or was the one to stop at. */
  END: 0x2000,
  /** Some device asks for service. */
  SRQI: 0x1000,
} as const;

/** Error codes that are told apart. */
export const ERROR = {
  EDVR: 0,
  ECIC: 1,
  ENOL: 2,
  EABO: 6,
  ENEB: 7,
  ECAP: 11,
  EBUS: 14,
  EHDL: 23,
  EPWR: 28,
} as const;

/** Settings by `ibconfig` and `ibask`. */
export const SETTING = {
  PAD: 0x01,
  TMO: 0x03,
  EOT: 0x04,
  AUTOPOLL: 0x07,
  SRE: 0x0b,
  EOS_READ: 0x0c,
  EOS_COMPARE: 0x0e,
  EOS_BYTE: 0x0f,
  POLL_TIME: 0x18,
} as const;

/** `ibeos`: reading stops at a byte, of which all eight bits count. */
export const STOP_AT = 0x1400;

/** For `ibln`: whichever secondary address. */
export const ANY_SECONDARY = -1;

/** Bits of an instrument's status byte, IEEE 488.2 section 11.2: it asks for service; an answer waits. */
export const STATUS_BYTE = { RQS: 0x40, MAV: 0x10 } as const;

/** `RTLD_NOW | RTLD_NODELETE`, the same in glibc and musl. */
export const STAY_LOADED = 0x1002;

/** The time-outs that there are, in milliseconds; the code of the first is 1. */
const STEPS = [
  0.01,
  0.03,
  0.1,
  0.3,
  1,
  3,
  10,
  30,
  100,
  300,
  1000,
  3000,
  10_000,
  30_000,
  100_000,
  300_000,
  1_000_000,
];

/** The code of the shortest time-out that is no shorter than this, or of the longest there is. */
export function timeoutCode(ms: number): number {
  const at = STEPS.findIndex((step) => step >= ms);
  return at < 0 ? STEPS.length : at + 1;
}

/**
 * What is called. NI's library has `Iberr` and `Ibcnt` where linux-gpib has `Thread…`, and no function of their
 * own for what `ibconfig` sets. `long` and `size_t` have 64 bits, or take them, wherever Deno runs.
 */
export const SYMBOLS = {
  ibdev: { parameters: ["i32", "i32", "i32", "i32", "i32", "i32"], result: "i32" },
  ibonl: { parameters: ["i32", "i32"], result: "i32" },
  ibrd: { parameters: ["i32", "buffer", "i64"], result: "i32" },
  ibwrt: { parameters: ["i32", "buffer", "i64"], result: "i32" },
  ibclr: { parameters: ["i32"], result: "i32" },
  ibtrg: { parameters: ["i32"], result: "i32" },
  ibloc: { parameters: ["i32"], result: "i32" },
  ibrsp: { parameters: ["i32", "buffer"], result: "i32" },
  ibwait: { parameters: ["i32", "i32"], result: "i32" },
  ibsic: { parameters: ["i32"], result: "i32" },
  ibconfig: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ibask: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  ibln: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  ibtmo: { parameters: ["i32", "i32"], result: "i32", optional: true },
  ibeos: { parameters: ["i32", "i32"], result: "i32", optional: true },
  ibeot: { parameters: ["i32", "i32"], result: "i32", optional: true },
  ibsre: { parameters: ["i32", "i32"], result: "i32", optional: true },
  ThreadIberr: { parameters: [], result: "i32", optional: true },
  ThreadIbcntl: { parameters: [], result: "i64", optional: true },
  Iberr: { parameters: [], result: "u32", optional: true },
  Ibcnt: { parameters: [], result: "u32", optional: true },
  // Of the C library, which every library brings along.
  dlopen: { parameters: ["buffer", "i32"], result: "pointer", optional: true },
} as const satisfies Deno.ForeignLibraryInterface;
