/**
 * Instruments that take their time.
 *
 * @module
 */

import type { Responder } from "../../devices/transports/responder.ts";
import { type Clock, sleep } from "../../time/clock.ts";

/**
 * An instrument whose answers come later.
 *
 * @param responder The instrument.
 * @param latency From a message to its answer, beside what the instrument itself takes, ms.
 * @param signal Ends all waits.
 */
export function slowed(
  responder: Responder,
  latency: number,
  clock: Clock,
  signal: AbortSignal,
): Responder {
  if (latency === 0) return responder;
  // What it can't do must stay absent, as servers look for it.
  const rest: Omit<Responder, "receive"> = {
    ...responder.clear && { clear: () => responder.clear?.() },
    ...responder.statusByte && { statusByte: () => responder.statusByte?.() ?? 0 },
    ...responder.trigger && { trigger: () => responder.trigger?.() },
    ...responder.onServiceRequest && {
      onServiceRequest: (listener) =>
        responder.onServiceRequest?.(listener) ?? { [Symbol.dispose]: () => {} },
    },
  };
  return {
    ...rest,
    async receive(message) {
      const answer = await responder.receive(message);
      if (answer !== undefined) await sleep(clock, latency, signal);
      return answer;
    },
  };
}
