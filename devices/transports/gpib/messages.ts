/**
 * What the main thread and the Worker of a board say to each other: one request, then its result.
 *
 * @module
 */

/** What the Worker is asked for. A device is the library's own number; time-outs are the library's codes. */
export type GpibRequest =
  | { readonly kind: "load"; readonly candidates: readonly string[] }
  /** A secondary address as on the wire, 96 and more; 0 for none. */
  | {
    readonly kind: "open";
    readonly board: number;
    readonly primary: number;
    readonly secondary: number;
  }
  | { readonly kind: "close"; readonly device: number }
  | {
    readonly kind: "clear" | "trigger" | "local" | "poll";
    readonly device: number;
    readonly timeout: number;
  }
  | {
    readonly kind: "write";
    readonly device: number;
    readonly data: Uint8Array<ArrayBuffer>;
    readonly end: boolean;
    readonly timeout: number;
  }
  | {
    readonly kind: "read";
    readonly device: number;
    readonly most: number;
    readonly stopAt: number | undefined;
    readonly timeout: number;
  }
  | {
    readonly kind: "remote" | "interfaceClear" | "requested" | "ownAddress";
    readonly board: number;
  }
  | {
    readonly kind: "listens";
    readonly board: number;
    readonly primary: number;
    readonly secondary: number;
    readonly timeout: number;
  }
  | { readonly kind: "end" };

/** What comes of a request. */
export interface GpibResult {
  /** The library's status bits. */
  readonly status: number;
  /** The library's error code, if the status has an error. */
  readonly error?: number;
  /** Bytes that went over the bus; of a failed system call its number. */
  readonly count?: number;
  /** A device, a status byte, an address, or whether there is a listener. */
  readonly value?: number;
  /** Bytes read. */
  readonly data?: Uint8Array<ArrayBuffer>;
  /** The candidates that could not be loaded, with the reason. */
  readonly reasons?: readonly string[];
}
