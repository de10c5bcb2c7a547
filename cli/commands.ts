/**
 * The sub-commands there are.
 *
 * @module
 */

import type { CommandEntry } from "./command.ts";

/** All sub-commands, in the order of the help. */
export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "view",
    summary: "show session files in the browser, finished or running",
    load: async () => (await import("./view.ts")).view,
  },
  {
    name: "info",
    summary: "say what a session file holds",
    load: async () => (await import("./info.ts")).info,
  },
  {
    name: "plot",
    summary: "draw a plot of a session file as a picture, PNG or SVG",
    load: async () => (await import("./plot.ts")).plot,
  },
  {
    name: "scan",
    summary: "search for instruments: serial ports, GPIB, the network, VISA",
    load: async () => (await import("./scan.ts")).scan,
  },
  {
    name: "serve-sim",
    summary: "serve a simulated instrument to other programs",
    load: async () => (await import("./serve_sim.ts")).serveSim,
  },
  {
    name: "doctor",
    summary: "look for what keeps this computer from its instruments",
    load: async () => (await import("./doctor.ts")).doctor,
  },
];
