/**
 * Packets of multicast DNS (RFC 6762): questions, and the records of answers.
 *
 * @module
 */

import packet from "dns-packet";
import { Buffer } from "node:buffer";

/** A record that tells of a service; a name has no dot at its end. */
export type DnsRecord =
  /** An instance of a kind of service. */
  | { readonly type: "PTR"; readonly name: string; readonly data: string }
  /** Where an instance is. */
  | {
    readonly type: "SRV";
    readonly name: string;
    readonly data: { readonly target: string; readonly port: number };
  }
  /** What an instance says of itself, `key=value` each. */
  | { readonly type: "TXT"; readonly name: string; readonly data: readonly string[] }
  /** The IPv4 or IPv6 address of a host. */
  | { readonly type: "A" | "AAAA"; readonly name: string; readonly data: string };

/** What is asked for. */
export interface Question {
  /** The labels of a name. They are apart, as that of an instance may hold dots: `["a 1.2", "_lxi", …]`. */
  readonly labels: readonly string[];
  /** Which records of it. */
  readonly type: keyof typeof TYPES;
}

/** What the package makes of a packet, as far as it is looked at; it comes without types. */
interface Packet {
  readonly type: "query" | "response";
  readonly answers: readonly Answer[];
  readonly additionals: readonly Answer[];
}

type Answer =
  | Exclude<DnsRecord, { readonly type: "TXT" }>
  | { readonly type: "TXT"; readonly name: string; readonly data: readonly Uint8Array[] }
  | { readonly type: "NSEC" | "OPT"; readonly name: string };

const decoder = new TextDecoder();

const decode: (bytes: Buffer) => Packet = packet.decode;

const TYPES = { A: 1, PTR: 12, TXT: 16, AAAA: 28, SRV: 33 } as const;
const INTERNET = 1;
const LONGEST_LABEL = 63;

/**
 * Writes questions; the package for DNS can't, as it cuts names at each dot.
 *
 * @param id What the answer bears.
 */
export function encodeQuestions(id: number, questions: readonly Question[]): Uint8Array {
  const bytes: number[] = [id >> 8, id & 255, 0, 0, 0, questions.length, 0, 0, 0, 0, 0, 0];
  for (const { labels, type } of questions) {
    for (const label of labels) {
      const text = new TextEncoder().encode(label).subarray(0, LONGEST_LABEL);
      bytes.push(text.length, ...text);
    }
    bytes.push(0, 0, TYPES[type], 0, INTERNET);
  }
  return Uint8Array.from(bytes);
}

/**
 * Reads the records of an answer.
 *
 * @returns Those that tell of services; none if it is a question or no such packet.
 */
export function decodeAnswer(bytes: Uint8Array): DnsRecord[] {
  try {
    const { type, answers, additionals } = decode(Buffer.from(bytes));
    if (type !== "response") return [];
    return [...answers, ...additionals].flatMap((answer): DnsRecord[] => {
      const { name } = answer;
      switch (answer.type) {
        case "PTR":
        case "A":
        case "AAAA":
          return [{ type: answer.type, name, data: answer.data }];
        case "SRV": {
          const { target, port } = answer.data;
          return [{ type: "SRV", name, data: { target, port } }];
        }
        case "TXT":
          return [{ type: "TXT", name, data: answer.data.map((text) => decoder.decode(text)) }];
        default:
          return [];
      }
    });
  } catch {
    // Whoever sends what is no packet is not what is looked for.
    return [];
  }
}
