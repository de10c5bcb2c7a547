/**
 * `.live(options)` and `.live(false)`
 *
 * @module
 */

import type { Permissions } from "../../devices/device.ts";
import type { FlagValues } from "../../command_line/flags.ts";
import { portFlag } from "../../command_line/port.ts";
import { checkedLiveOptions, liveAddress, type LiveOptions, servePage } from "../../tasks/live.ts";
import type { Experiment } from "../experiment.ts";
import type { AnyNamed } from "../types.ts";
import { defineVerb, type Node, type Verb } from "../verb.ts";

/** The verb `live`. */
export interface LiveVerb<D extends AnyNamed, V extends string> {
  /**
   * Sets the live page up, on which the run is watched in a browser; `false` turns it off. An experiment with a plot
   * serves it without being told, on the loopback interface, where only this machine's users see it. The flags `--port` and
   * `--no-live` take precedence.
   *
   * @param options Port, address, whether the page may control the run.
   * @throws {TypeError} If an option is of the wrong kind, or the page was set up before.
   * @throws {RangeError} If the port is none.
   *
   * @example
   * ```ts
   * import { experiment } from "@stripchart/stripchart";
   *
   * experiment("night")
   *   .every("1min", () => ({ random: Math.random() }))
   *   .live({ port: 8080, control: true });
   * ```
   */
  live(options: LiveOptions | false): Experiment<D, V>;
}

interface LiveNode extends Node {
  readonly kind: "live";
  readonly options: LiveOptions | false;
}

/** How the page of an experiment is served, or that it is not. */
function pageOf(nodes: readonly Node[], flags: FlagValues): LiveOptions | undefined {
  if (flags["no-live"] === true) return undefined;
  const node = nodes.find((one): one is LiveNode => one.kind === "live");
  const port = portFlag(flags, "port");
  if (port === undefined && node?.options === false) return undefined;
  const asked = node !== undefined || port !== undefined ||
    nodes.some((one) => one.kind === "plot");
  if (!asked) return undefined;
  const options = node === undefined || node.options === false ? {} : node.options;
  return port === undefined ? options : { ...options, port };
}

const live: Verb<LiveNode> = {
  kind: "live",
  flags: [
    {
      name: "port",
      value: "N",
      description: "serve the live page on that port [6913 or the next]",
    },
    { name: "no-live", description: "serve no live page" },
  ],
  node([options], before): LiveNode {
    if (before.some(({ kind }) => kind === "live")) {
      throw new TypeError("Cannot set the live page up, as that was done before. Do it once.");
    }
    return {
      kind: "live",
      options: options === false ? false : Object.freeze(checkedLiveOptions(options)),
    };
  },
  // A token is a secret: a plan is kept in the file and shown on the page.
  json: ({ kind, options }) => {
    if (options === false) return { kind, options };
    const { token, ...others } = options;
    return { kind, options: token === undefined ? others : { ...others, token: "(given)" } };
  },
  describe({ options }, page): void {
    if (options === false) return page.add("Plots", "no live page");
    const { host, port, control } = options;
    const parts = [
      ...host === undefined ? [] : [`at ${host}`],
      ...port === undefined ? [] : [`on port ${port}`],
      ...control === true ? ["which may control the run"] : [],
    ];
    page.add("Plots", "live page", parts.join(", "));
  },
  permissionsOfAll(nodes, flags): Permissions {
    const options = pageOf(nodes, flags);
    return options === undefined ? {} : { net: [liveAddress(options)] };
  },
  compileAll(nodes, program): void {
    const options = pageOf(nodes, program.flags);
    if (options === undefined) return;
    program.beginnings.push(({ session }) => servePage(session, options));
  },
};

/** The verb `live`. */
export const liveVerb: Verb = defineVerb(live);
