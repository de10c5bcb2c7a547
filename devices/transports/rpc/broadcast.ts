/**
 * Asks many portmappers at once where a program is.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { DatagramSocket, hostAndPort, type UdpAddress } from "../datagrams.ts";
import type { Io } from "../transport.ts";
import { getPortDatagram, readPortDatagram } from "./portmapper.ts";

/** When the question is asked again, as datagrams may be lost: milliseconds after the one before. */
const AGAIN_AFTER = [300, 700, 1500];

/** Most hosts whose answers are taken. */
const MOST_HOSTS = 4096;

/** Who is asked for what. */
export interface BroadcastQuestion {
  /** The program that is looked for. */
  readonly program: number;
  /** Its version. */
  readonly version: number;
  /** Portmappers, or the broadcast addresses at which they hear. */
  readonly destinations: readonly UdpAddress[];
  /** What the deadline is on. */
  readonly clock: Clock;
  /** Is called for each host once, with the TCP port of its program: 0 if it doesn't have it. */
  readonly take: (host: string, port: number) => void;
}

/** A destination to which nothing could be sent, and why. */
export interface Unreached {
  /** The address. */
  readonly destination: UdpAddress;
  /** The system's reason. */
  readonly why: string;
}

/**
 * Asks where a program is, and takes answers until the deadline; not if nobody could be asked.
 *
 * @returns Destinations to which nothing could be sent.
 * @throws {Deno.errors.NotCapable} If UDP is not permitted.
 * @throws The signal's reason.
 */
export async function broadcastGetPort(question: BroadcastQuestion, io: Io): Promise<Unreached[]> {
  const { program, version, destinations, clock, take } = question;
  io.signal?.throwIfAborted();
  // Answers to another program's question must not be taken for answers to this one.
  const xid = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
  const call = getPortDatagram(xid, program, version);
  const heard = new Set<string>();
  await using socket = await DatagramSocket.open({
    hostname: "0.0.0.0",
    port: 0,
    broadcast: true,
    take(bytes, from) {
      if (heard.has(from.hostname) || heard.size >= MOST_HOSTS) return;
      let port: number;
      try {
        port = readPortDatagram(bytes, xid, hostAndPort(from));
      } catch {
        // Whoever talks nonsense is not what is looked for.
        return;
      }
      heard.add(from.hostname);
      take(from.hostname, port);
    },
  });
  const reasons = new Map<UdpAddress, string | undefined>();
  const ask = async (): Promise<void> => {
    for (const destination of destinations) {
      try {
        await socket.send(call, destination);
        reasons.set(destination, undefined);
      } catch (error) {
        if (reasons.has(destination)) continue;
        reasons.set(destination, error instanceof Error ? error.message : String(error));
      }
    }
  };
  const unreached = (): Unreached[] =>
    [...reasons].flatMap(([destination, why]) => why === undefined ? [] : [{ destination, why }]);
  await ask();
  if (unreached().length === destinations.length) return unreached();
  for (const wait of AGAIN_AFTER) {
    const next = clock.monotonic() + wait;
    if (next >= io.deadline) break;
    await clock.sleepUntil(next, io.signal);
    await ask();
  }
  const left = io.deadline - clock.monotonic();
  if (left > 0) await sleep(clock, left, io.signal);
  return unreached();
}
