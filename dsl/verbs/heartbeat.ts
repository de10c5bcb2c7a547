/**
 * `.heartbeat(options)`
 *
 * @module
 */

import type { Permissions } from "../../devices/device.ts";
import { unfinished } from "../../tasks/heartbeats/beats.ts";
import { Heart } from "../../tasks/heartbeats/heart.ts";
import {
  defineHeartbeat,
  type HeartbeatDefinition,
  heartbeatInWords,
  type HeartbeatOptions,
} from "../../tasks/heartbeats/options.ts";
import { formatDuration } from "../../time/duration.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `heartbeat`. */
export interface HeartbeatVerb<D extends AnyNamed, V extends string> {
  /**
   * Gives a sign of life at an interval, to an address or into a file, from before the devices open until the file is
   * about to be closed. A beat says that the program lives, that all it recorded is on disk, and that the last entry is no
   * older than `silence`; whoever watches it learns that an experiment has died. A dry run gives none.
   *
   * @param options Where to, how often.
   * @throws {TypeError} If something of it has the wrong shape.
   * @throws {RangeError} If a duration is zero.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("night")
   *   .every("1min", () => ({ random: Math.random() }))
   *   .heartbeat({ url: "https://hc-ping.com/your-uuid", every: "5min", fail: "{url}/fail" })
   *   .heartbeat({ file: "night.alive", every: "1min" });
   * ```
   */
  heartbeat(options: HeartbeatOptions): Experiment<D, V>;
}

interface HeartbeatNode extends Node {
  readonly kind: "heartbeat";
  readonly heartbeat: HeartbeatDefinition;
}

/** An address's host and port, as a permission names it. */
function hostOf({ hostname, port, protocol }: URL): string {
  return `${hostname}:${port === "" ? (protocol === "https:" ? "443" : "80") : port}`;
}

const verb: Verb<HeartbeatNode> = {
  kind: "heartbeat",
  node([options]): HeartbeatNode {
    return { kind: "heartbeat", heartbeat: Object.freeze(defineHeartbeat(options)) };
  },
  // An address may be a secret: a plan is kept in the file and shown on the page.
  json: ({ kind, heartbeat }) => ({
    kind,
    to: heartbeatInWords(heartbeat),
    every: `${heartbeat.every}ms`,
    ...heartbeat.silence === undefined ? {} : { silence: `${heartbeat.silence}ms` },
  }),
  describe({ heartbeat }, page): void {
    page.add(
      "Alarms",
      `heartbeat every ${formatDuration(heartbeat.every)}`,
      `to ${heartbeatInWords(heartbeat)}`,
    );
  },
  permissions({ heartbeat: { to } }): Permissions {
    if (to.kind === "file") {
      // A file is written beside its place and then put there, for which Deno asks to read it.
      return { read: [unfinished(to.file)], write: [to.file, unfinished(to.file)] };
    }
    return { net: [to.url, to.end, to.fail].filter((url) => url !== undefined).map(hostOf) };
  },
  compile({ heartbeat }, program): void {
    program.beginnings.push(({ session }) => void new Heart(heartbeat, session));
  },
};

/** The verb `heartbeat`. */
export const heartbeatVerb: Verb = defineVerb(verb);
