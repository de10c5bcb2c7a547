/**
 * What goes wrong on a link.
 *
 * @module
 */

/** An operation took longer than it may. What the link holds is unknown until it is recovered. */
export class TimeoutError extends Error {
  /** Always `"TimeoutError"`. */
  override readonly name = "TimeoutError";
  /** The resource name. */
  readonly resource: string;
  /** How long it took, in milliseconds. */
  readonly elapsed: number;

  /**
   * An error of an operation.
   *
   * @param doing What was done, to be read after "Cannot": `"read from ASRL1::INSTR"`.
   */
  constructor(doing: string, resource: string, elapsed: number) {
    super(`Cannot ${doing}, as no answer came within ${Math.round(elapsed)} ms`);
    this.resource = resource;
    this.elapsed = elapsed;
  }
}

/** A link is lost, or can't be made: unplugged, refused, closed, taken by somebody else. */
export class LinkError extends Error {
  /** Always `"LinkError"`. */
  override readonly name = "LinkError";
  /** The resource name. */
  readonly resource: string;

  /**
   * An error of a link.
   *
   * @param message A whole sentence: what, why, the value seen, what next.
   */
  constructor(message: string, resource: string, options?: ErrorOptions) {
    super(message, options);
    this.resource = resource;
  }
}

/** What came over a link is not what the protocol allows. */
export class ProtocolError extends Error {
  /** Always `"ProtocolError"`. */
  override readonly name = "ProtocolError";
  /** The resource name. */
  readonly resource: string;

  /**
   * An error of what came.
   *
   * @param message A whole sentence with what was seen.
   */
  constructor(message: string, resource: string, options?: ErrorOptions) {
    super(message, options);
    this.resource = resource;
  }
}

/** A bus can't do what was asked for. */
export class UnsupportedError extends TypeError {
  /** Always `"UnsupportedError"`. */
  override readonly name = "UnsupportedError";

  /**
   * An error of what was asked for.
   *
   * @param what What can't be done, to be read after "Cannot".
   */
  constructor(what: string, resource: string, instead: string) {
    super(`Cannot ${what}, as ${resource} is on a bus that has no such thing. ${instead}`);
  }
}
