/**
 * The instrument's side of a bus, for servers and for links in process.
 *
 * @module
 */

/**
 * An instrument as a server sees it: it takes messages and gives answers. The servers of all buses, and the
 * link in process, carry the same responder.
 */
export interface Responder {
  /**
   * Takes a program message, without its terminator where the bus has one.
   *
   * @returns The answer, or nothing if the message is no query. Its bytes are sent as they are.
   */
  receive(message: Uint8Array): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Clears input and output. */
  clear?(): void;
  /** The status byte. */
  statusByte?(): number;
  /** Is triggered. */
  trigger?(): void;
  /** Has `listener` called whenever the instrument requests service. */
  onServiceRequest?(listener: (statusByte: number) => void): Disposable;
}
