/**
 * What every bus is to the rest: bytes and signals, each with a deadline and a way to be given up.
 *
 * @module
 */

/** How long an operation may take, and how it is given up. */
export interface Io {
  /** Monotonic milliseconds on the transport's clock; at this moment it rejects with {@linkcode TimeoutError}. */
  readonly deadline: number;
  /** Gives the operation up at once, with a rejection by the signal's reason. */
  readonly signal?: AbortSignal;
}

/** What a read gave. */
export interface ReadResult {
  /** How many bytes were put into the target, from its beginning: at least one, or none with `end`. */
  readonly count: number;
  /**
   * Whether the instrument marked the last of these bytes as the end of its message (END). A bus without
   * such a mark, as a socket or a serial line, always says false.
   */
  readonly end: boolean;
}

/** How a bus is read. */
export interface ReadIo extends Io {
  /** A byte at which a bus that can do so stops by itself; others ignore it. */
  readonly stopAt?: number;
}

/** What a lock is like. */
export interface LockRequest extends Io {
  /** Shared by all who know the key; exclusive if absent. */
  readonly key?: string;
}

/** Why a link is as it is, for the file. */
export interface TransportEvent {
  /** `"recovered"`: the link was put in order after a time-out; `"lost"`: it is gone; `"note"`. */
  readonly kind: "recovered" | "lost" | "note";
  /** A sentence for a person. */
  readonly message: string;
}

/**
 * A link to one instrument. It does one operation at a time: the message session above it sees to that.
 *
 * After an operation timed out or was given up, what the link holds is unknown, and late bytes may come.
 * {@linkcode Transport.recover} puts it in order by the bus's own means, so that a late answer is never taken
 * for the next one. A method that is absent is something the bus can't do.
 */
export interface Transport extends AsyncDisposable {
  /** The resource name in its canonical form. */
  readonly resource: string;
  /** Whether the bus marks the end of a message. */
  readonly hasEnd: boolean;
  /** False once the link is lost or closed; a new one must be opened then. */
  readonly alive: boolean;
  /**
   * How many connections were made so far, on a bus that may make a new one to put itself in order. The instrument
   * at the end of a new one may have been switched off meanwhile.
   */
  readonly connections?: number;
  /**
   * Writes bytes.
   *
   * @param end Whether the last of them ends the message; a bus with an END marks it so.
   * @throws {TimeoutError} If the deadline passes.
   * @throws {LinkError} If the link is lost.
   */
  write(data: Uint8Array, end: boolean, io: Io): Promise<void>;
  /**
   * Reads what there is: waits for the first byte, takes what fits, and does not wait for more.
   *
   * @throws {TimeoutError} If the deadline passes before the first byte.
   * @throws {LinkError} If the link is lost.
   */
  read(target: Uint8Array, io: ReadIo): Promise<ReadResult>;
  /**
   * Throws away what came and was not read yet; it waits for nothing.
   *
   * @returns How many bytes that were.
   */
  discard?(): number;
  /**
   * Puts the link in order after a time-out: what was under way is aborted, what came late is thrown away.
   *
   * @returns What was done, for a person.
   * @throws {LinkError} If that can't be done; the link must be opened anew.
   */
  recover(io: Io): Promise<string>;
  /** Clears the instrument's input and output, as IEEE 488.1's device clear. */
  clear?(io: Io): Promise<void>;
  /** The status byte by serial poll or its equivalent; it is read beside what waits to be read. */
  readStatusByte?(io: Io): Promise<number>;
  /** Triggers the instrument, as IEEE 488.1's group execute trigger. */
  trigger?(io: Io): Promise<void>;
  /** Locks the instrument against other clients. */
  lock?(request: LockRequest): Promise<void>;
  /** Gives a lock back. */
  unlock?(io: Io): Promise<void>;
  /** Puts the instrument under remote control, or gives its front panel back. */
  setRemote?(remote: boolean, io: Io): Promise<void>;
  /**
   * Has `listener` called at each service request with the status byte, if the bus tells it along, until the
   * result is disposed.
   */
  onServiceRequest?(
    listener: (statusByte: number | undefined) => void,
    io: Io,
  ): Promise<AsyncDisposable>;
  /** Closes the link. Whoever waits on it is rejected with {@linkcode LinkError}. A second call does nothing. */
  [Symbol.asyncDispose](): Promise<void>;
}
