/**
 * Asks the network for services by multicast DNS.
 *
 * @module
 */

import { DatagramSocket, type UdpAddress } from "../../transports/datagrams.ts";
import type { FinderContext } from "../finder.ts";
import { decodeAnswer, encodeQuestions, type Question } from "./packets.ts";
import { findingsOf } from "./resources.ts";
import { SERVICE_TYPES, serviceLabels, Services } from "./services.ts";

/** By RFC 6762, section 11: the sign of a sender in the same network. */
const HOPS = 255;

/**
 * When is asked, in milliseconds, and whether for everything: datagrams may be lost. What answers have left out is
 * asked for each time.
 */
const TIMES: readonly (readonly [number, boolean])[] = [
  [0, true],
  [150, false],
  [500, true],
  [650, false],
  [1500, true],
  [1650, false],
  [2500, false],
];

/** Most questions of a packet, which must fit in what networks carry in one piece. */
const MOST_QUESTIONS = 8;

const ALL: readonly Question[] = SERVICE_TYPES.map((type) => ({
  labels: serviceLabels(type),
  type: "PTR",
}));

const KINDS = SERVICE_TYPES.map((type) => `_${type}._tcp`);

/** What a search by mDNS has come to. */
export interface Asked {
  /** The kinds of service that were asked for, as `_hislip._tcp`. */
  readonly kinds: readonly string[];
  /** One sentence for each interface by which nothing could be asked. */
  readonly failures: readonly string[];
}

/**
 * Asks for the services of instruments, and tells what answers until the deadline; not if nobody could be asked.
 *
 * @param interfaces This computer's addresses by which is asked.
 * @param destination Where the questions go.
 */
export async function askForServices(
  interfaces: readonly string[],
  destination: UdpAddress,
  { clock, deadline, signal, found }: Pick<
    FinderContext,
    "clock" | "deadline" | "signal" | "found"
  >,
): Promise<Asked> {
  const services = new Services();
  const id = crypto.getRandomValues(new Uint16Array(1))[0] ?? 0;
  const failures = new Map<string, string>();
  const tell = (all: boolean): void => {
    for (const finding of findingsOf(services.known(), all)) found(finding);
  };
  await using socket = await DatagramSocket.open({
    hostname: "0.0.0.0",
    port: 0,
    take(bytes, from) {
      services.add(decodeAnswer(bytes), from.hostname);
      tell(false);
    },
  });
  const send = async (questions: readonly Question[]): Promise<void> => {
    for (const address of interfaces) {
      try {
        socket.multicastBy(address, HOPS);
        for (let at = 0; at < questions.length; at += MOST_QUESTIONS) {
          const part = questions.slice(at, at + MOST_QUESTIONS);
          await socket.send(encodeQuestions(id, part), destination);
        }
        failures.delete(address);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        failures.set(address, `By ${address}: ${why}`);
      }
    }
  };
  const start = clock.monotonic();
  for (const [after, everything] of TIMES) {
    if (after > 0 && start + after >= deadline) break;
    await clock.sleepUntil(start + after, signal);
    const questions = [...everything ? ALL : [], ...services.missing()];
    if (questions.length > 0) await send(questions);
    if (failures.size === interfaces.length) {
      return { kinds: KINDS, failures: [...failures.values()] };
    }
  }
  await clock.sleepUntil(deadline, signal);
  tell(true);
  return { kinds: KINDS, failures: [...failures.values()] };
}
