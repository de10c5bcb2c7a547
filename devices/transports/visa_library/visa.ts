/**
 * The numbers and functions of the VISA library (VPP-4.3.2) that are used.
 *
 * @module
 */

/** Completion and error codes, as unsigned 32-bit numbers. */
export const STATUS = {
  TERM_CHAR: 0x3fff0005,
  MAX_CNT: 0x3fff0006,
  SYSTEM_ERROR: 0xbfff0000,
  INV_OBJECT: 0xbfff000e,
  RSRC_NFOUND: 0xbfff0011,
  TMO: 0xbfff0015,
  RAW_WR_PROT_VIOL: 0xbfff0034,
  BERR: 0xbfff0038,
  NSUP_OPER: 0xbfff0067,
  CONN_LOST: 0xbfff00a6,
} as const;

/** Attributes. */
export const ATTRIBUTE = {
  RSRC_CLASS: 0xbfff0001,
  RSRC_NAME: 0xbfff0002,
  SEND_END_EN: 0x3fff0016,
  TERMCHAR: 0x3fff0018,
  TMO_VALUE: 0x3fff001a,
  TERMCHAR_EN: 0x3fff0038,
  ASRL_AVAIL_NUM: 0x3fff00ac,
  ASRL_END_IN: 0x3fff00b3,
  INTF_TYPE: 0x3fff0171,
} as const;

/** The event of a service request, and the mechanism of a queue. */
export const SERVICE_REQUEST = 0x3fff200b;
/** Events wait in a queue. */
export const QUEUE = 1;
/** The interface type of serial ports. */
export const SERIAL = 4;

/** What is called; all but the core may be absent. Those that may wait leave the Worker's own thread free. */
export const SYMBOLS = {
  viOpenDefaultRM: { parameters: ["buffer"], result: "i32", nonblocking: true },
  viOpen: {
    parameters: ["u32", "buffer", "u32", "u32", "buffer"],
    result: "i32",
    nonblocking: true,
  },
  viClose: { parameters: ["u32"], result: "i32", nonblocking: true },
  viRead: { parameters: ["u32", "buffer", "u32", "buffer"], result: "i32", nonblocking: true },
  viWrite: { parameters: ["u32", "buffer", "u32", "buffer"], result: "i32", nonblocking: true },
  viGetAttribute: { parameters: ["u32", "u32", "buffer"], result: "i32" },
  viSetAttribute: { parameters: ["u32", "u32", "u64"], result: "i32" },
  viStatusDesc: { parameters: ["u32", "i32", "buffer"], result: "i32", optional: true },
  viClear: { parameters: ["u32"], result: "i32", nonblocking: true, optional: true },
  viReadSTB: { parameters: ["u32", "buffer"], result: "i32", nonblocking: true, optional: true },
  viAssertTrigger: {
    parameters: ["u32", "u16"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  viTerminate: { parameters: ["u32", "u16", "u32"], result: "i32", optional: true },
  viLock: {
    parameters: ["u32", "u32", "u32", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  viUnlock: { parameters: ["u32"], result: "i32", nonblocking: true, optional: true },
  viEnableEvent: { parameters: ["u32", "u32", "u16", "u32"], result: "i32", optional: true },
  viDisableEvent: { parameters: ["u32", "u32", "u16"], result: "i32", optional: true },
  viWaitOnEvent: {
    parameters: ["u32", "u32", "u32", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  viGpibControlREN: {
    parameters: ["u32", "u16"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  viFindRsrc: {
    parameters: ["u32", "buffer", "buffer", "buffer", "buffer"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  viFindNext: { parameters: ["u32", "buffer"], result: "i32", nonblocking: true, optional: true },
} as const satisfies Deno.ForeignLibraryInterface;
