/**
 * What the main thread and the Worker of a VISA library say to each other.
 *
 * @module
 */

/** What the Worker is asked for. A session is the library's own number. */
export type VisaRequest =
  | { readonly kind: "load"; readonly candidates: readonly string[] }
  | { readonly kind: "find"; readonly expression: string }
  | { readonly kind: "open"; readonly resource: string; readonly timeout: number }
  | { readonly kind: "close"; readonly session: number }
  | {
    readonly kind: "write";
    readonly session: number;
    readonly data: Uint8Array<ArrayBuffer>;
    readonly end: boolean;
    readonly timeout: number;
  }
  | {
    readonly kind: "read";
    readonly session: number;
    readonly most: number;
    readonly stopAt: number | undefined;
    readonly timeout: number;
  }
  | {
    readonly kind: "clear" | "statusByte" | "trigger";
    readonly session: number;
    readonly timeout: number;
  }
  | { readonly kind: "remote"; readonly session: number; readonly mode: number }
  | {
    readonly kind: "lock";
    readonly session: number;
    readonly key: string | undefined;
    readonly timeout: number;
  }
  | { readonly kind: "unlock"; readonly session: number }
  | {
    readonly kind: "attribute";
    readonly session: number;
    readonly attribute: number;
    readonly state: bigint;
  }
  | { readonly kind: "listen" | "unlisten"; readonly session: number }
  | { readonly kind: "end" };

/** To the Worker: a request, or that one is given up. */
export type ToVisa =
  | { readonly id: number; readonly request: VisaRequest }
  | { readonly cancel: number };

/** What comes of a request. */
export interface VisaResult {
  /** The library's completion code, unsigned; 0 is success. */
  readonly status: number;
  /** What the library says about it, if it is an error. */
  readonly text?: string;
  /** A session, or a status byte, or a number of bytes. */
  readonly value?: number;
  /** Bytes read. */
  readonly data?: Uint8Array<ArrayBuffer>;
  /** Resource names, canonical if a session was opened; or the candidates that failed, with the reason. */
  readonly names?: readonly string[];
  /** The interface type of an opened session. */
  readonly interfaceType?: number;
  /** The resource class of an opened session. */
  readonly resourceClass?: string;
  /** The function that the library has not. */
  readonly missing?: string;
}

/** From the Worker: a result, or a service request. */
export type FromVisa =
  | { readonly id: number; readonly result: VisaResult }
  | { readonly session: number; readonly statusByte: number | undefined };
