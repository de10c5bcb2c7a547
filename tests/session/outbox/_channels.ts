/**
 * Channels for tests.
 *
 * @module
 */

import type {
  Channel,
  Delivery,
  DeliveryLimits,
  DeliveryReceipt,
  OutgoingMessage,
} from "../../../session/outbox/types.ts";

/** A channel that keeps what it accepts. */
export interface Recording extends Channel {
  /** What was accepted. */
  readonly accepted: Delivery[];
  /** How often it was tried. */
  tries: number;
}

/** A channel that does `act` before it accepts a message; what that throws refuses the message. */
export function recording(
  name: string,
  act: (
    delivery: Delivery,
    limits: DeliveryLimits,
    tries: number,
  ) => Promise<DeliveryReceipt | void> | DeliveryReceipt | void = () => {},
): Recording {
  const accepted: Delivery[] = [];
  return {
    name,
    kind: "test",
    settings: { to: name },
    accepted,
    tries: 0,
    async send(delivery, limits) {
      this.tries += 1;
      const receipt = await act(delivery, limits, this.tries);
      accepted.push(delivery);
      return receipt;
    },
  };
}

/** A report. */
export function report(subject: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { kind: "report", subject, text: `${subject} in full`, ...more };
}

/** An alarm. */
export function alarm(subject: string, more: Partial<OutgoingMessage> = {}): OutgoingMessage {
  return { kind: "alarm", subject, text: `${subject} in full`, ...more };
}
