/**
 * An instrument at the end of a line: bytes come, bytes go.
 *
 * @module
 */

import type { Responder } from "../responder.ts";
import { withEnd } from "./answer_end.ts";
import { latin1, type MessageEnds, MessageSplitter } from "./message_splitter.ts";

/** A line to one client. */
export interface Line {
  /** Waits for bytes, which are valid until the next call; null once there will be no more. */
  read(): Promise<Uint8Array | null>;
  /** Sends all of these bytes. */
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * Answers what comes over a line, one message after the other, until the line ends or the signal aborts. While a
 * message is being answered nothing is read, so that a client that sends without end is held up by its own system.
 *
 * An instrument that throws is silent, as a broken one is.
 *
 * @throws {OverlongMessage} If a message is longer than it may be.
 * @throws What the line's own functions throw.
 */
export async function serveLine(
  line: Line,
  responder: Responder,
  ends: MessageEnds,
  signal: AbortSignal,
): Promise<void> {
  const splitter = new MessageSplitter(ends);
  const end = latin1(ends.answerEnd ?? "\n");
  const stopped = Promise.withResolvers<undefined>();
  const stop = (): void => stopped.resolve(undefined);
  signal.addEventListener("abort", stop, { once: true });
  try {
    while (!signal.aborted) {
      const bytes = await line.read();
      if (bytes === null) return;
      for (const message of splitter.push(bytes)) {
        // What an instrument does not end by itself must not keep the server from ending.
        const answer = await Promise.race([receive(responder, message), stopped.promise]);
        if (signal.aborted) return;
        if (answer !== undefined && answer.length > 0) await line.write(withEnd(answer, end));
      }
    }
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

async function receive(
  responder: Responder,
  message: Uint8Array,
): Promise<Uint8Array | undefined> {
  try {
    return await responder.receive(message);
  } catch {
    return undefined;
  }
}
