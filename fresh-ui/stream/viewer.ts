/**
 * One who watches a stream.
 *
 * @module
 */

import { PREAMBLE } from "./frame.ts";

/** Bytes that wait for a viewer before frames are dropped. */
const ROOM = 256 * 1024;

/**
 * A viewer's end of the stream. What waits for one that is slow is bounded: frames that find no room are not sent,
 * and what was missed is read from the file once there is room again.
 */
export class Viewer {
  /** What the viewer reads. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** The place in the order up to which it knows everything. */
  known: number;
  /** Whether it was sent every frame so far. */
  inStep = false;
  /** Monotonic milliseconds at which it last had room. */
  roomAt: number;
  #controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;

  /**
   * @param known The place in the order up to which it knows everything already.
   * @param now Monotonic milliseconds.
   * @param onGone Called when it goes away.
   */
  constructor(known: number, now: number, onGone: (viewer: Viewer) => void) {
    this.known = known;
    this.roomAt = now;
    this.stream = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
        controller.enqueue(PREAMBLE);
      },
      cancel: () => {
        this.#controller = undefined;
        onGone(this);
      },
    }, { highWaterMark: ROOM, size: (chunk) => chunk?.byteLength ?? 0 });
  }

  /** Whether another frame may be sent. */
  get hasRoom(): boolean {
    return (this.#controller?.desiredSize ?? 0) > 0;
  }

  /** Sends a frame after which the viewer knows everything up to `seq`. */
  send(bytes: Uint8Array<ArrayBuffer>, seq: number): void {
    this.#controller?.enqueue(bytes);
    this.known = seq;
  }

  /** Sends a comment. */
  beat(bytes: Uint8Array<ArrayBuffer>): void {
    this.#controller?.enqueue(bytes);
  }

  /** Breaks the connection of one who takes nothing, and forgets what waits for it. */
  drop(reason: Error): void {
    this.#controller?.error(reason);
    this.#controller = undefined;
  }

  /** Ends the stream: the viewer comes back if it wants to. */
  end(): void {
    this.#controller?.close();
    this.#controller = undefined;
  }
}
