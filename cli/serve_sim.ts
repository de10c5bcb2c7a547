/**
 * `stripchart serve-sim`: a simulated instrument for foreign programs.
 *
 * @module
 */

import { nearString } from "../command_line/closest_string.ts";
import { type Flag, type FlagValues, UsageError } from "../command_line/flags.ts";
import { asError } from "../session/stopped.ts";
import type { Clock } from "../time/clock.ts";
import { milliseconds } from "../time/duration.ts";
import type { Command, CommandContext } from "./command.ts";
import { BUILT_IN } from "./serve_sim/built_in.ts";
import { serve, type Served, type ServeRequest } from "./serve_sim/buses.ts";
import { BUSES, type BusName, type ServedInstrument } from "./serve_sim/instrument.ts";
import { slowed } from "./serve_sim/slowed.ts";

const FLAGS: readonly Flag[] = [
  { name: "socket", value: "PORT", optional: true, description: "serve on a raw TCP connection" },
  { name: "vxi11", value: "PORT", optional: true, description: "serve by VXI-11" },
  { name: "hislip", value: "PORT", optional: true, description: "serve by HiSLIP" },
  { name: "serial", description: "serve on a pseudo terminal" },
  { name: "portmapper", value: "PORT", description: "tell VXI-11's port there; programs ask 111" },
  { name: "host", value: "ADDRESS", description: "where to listen [127.0.0.1]" },
  { name: "latency", value: "DURATION", description: "time from a query to its answer [0s]" },
  { name: "device", value: "NAME", description: "which device or resource of a YAML file" },
  { name: "json", description: "print where it is as one line of JSON" },
  { name: "list", description: "list the instruments that need no file" },
];

const DETAILS = `It is on all buses that this computer can do, or on those that flags choose, at
ports of the system's choice if none are named. It prints a resource name for each, which
Stripchart's visa() and pyvisa take alike, and serves until Ctrl-C.

NAME is an instrument that --list shows. FILE is
  .yaml       devices in the form of pyvisa-sim: dialogues, properties, errors, channels
  .ts, .js    a module whose default export is a Responder, or a function of { clock }
              that makes one`;

const MODULE = /\.[mc]?[jt]s$/;

const YAML = /\.ya?ml$/i;

async function load(word: string, { device }: FlagValues, clock: Clock): Promise<ServedInstrument> {
  if (YAML.test(word)) {
    const { loadYaml } = await import("./serve_sim/yaml_instrument.ts");
    return await loadYaml(word, typeof device === "string" ? device : undefined);
  }
  if (device !== undefined) {
    throw new UsageError(`Cannot serve ${word}, as --device goes with a YAML file: leave it out.`);
  }
  const builtIn = BUILT_IN[word];
  if (builtIn !== undefined) return builtIn.make(clock);
  if (MODULE.test(word)) {
    const { loadModule } = await import("./serve_sim/module_file.ts");
    return await loadModule(word, clock);
  }
  const near = nearString(word, Object.keys(BUILT_IN));
  throw new UsageError(
    `Cannot serve ${word}, as it is neither an instrument's name nor a file that can be read. ${
      near === undefined
        ? "Run stripchart serve-sim --list to see the names."
        : `Did you mean ${near}?`
    }`,
  );
}

/** A port as it was written; 0 for any if none was. */
function port(flag: string, value: string | true): number {
  const number = value === true ? 0 : Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new UsageError(
    `Cannot serve it, as --${flag} takes a port from 0 to 65535: ${JSON.stringify(value)}.`,
  );
}

function requestOf(flags: FlagValues): ServeRequest {
  const buses = new Map<BusName, number>();
  for (const bus of BUSES) {
    const value = flags[bus];
    if (value !== undefined) buses.set(bus, bus === "serial" ? 0 : port(bus, value));
  }
  const { portmapper, host } = flags;
  if (portmapper !== undefined && buses.size > 0 && !buses.has("vxi11")) {
    throw new UsageError("Cannot serve it, as --portmapper goes with --vxi11: add that.");
  }
  return {
    host: typeof host === "string" ? host : "127.0.0.1",
    buses,
    portmapper: portmapper === undefined ? undefined : port("portmapper", portmapper),
  };
}

function latencyOf({ latency }: FlagValues): number {
  if (typeof latency !== "string") return 0;
  try {
    return milliseconds(latency as Parameters<typeof milliseconds>[0]);
  } catch (error) {
    throw new UsageError(`Cannot serve it with --latency: ${asError(error).message}`, {
      cause: error,
    });
  }
}

function formatServed(title: string, { serving, leftOut }: Served): string {
  const lines = serving.map(({ bus, resource, portmapper }) =>
    `  ${bus.padEnd(6)}  ${resource}${
      portmapper === undefined ? "" : `  (portmapper at port ${portmapper})`
    }`
  );
  const missing = leftOut.map(({ bus, why }) => `  ${bus.padEnd(6)}  left out, as ${why}`);
  return [`${title}, is at`, ...lines, ...missing, "Ctrl-C ends it.", ""].join("\n");
}

function list(): string {
  const width = Math.max(...Object.keys(BUILT_IN).map((name) => name.length));
  return Object.entries(BUILT_IN)
    .map(([name, { summary }]) => `${name.padEnd(width)}  ${summary}\n`).join("");
}

/** The command. */
export const serveSim: Command = {
  words: { least: 0, most: 1, written: "NAME|FILE" },
  flags: FLAGS,
  details: DETAILS,
  async run({ words: [word], flags }, context: CommandContext): Promise<number> {
    const { stdout, signal, clock } = context;
    if (flags["list"] !== undefined) {
      stdout.write(list());
      return 0;
    }
    if (word === undefined) {
      throw new UsageError(
        "Cannot serve an instrument, as none is named. " +
          "Run stripchart serve-sim --list to see those that need no file.",
      );
    }
    const request = requestOf(flags);
    const latency = latencyOf(flags);
    const instrument = await load(word, flags, clock);
    const slow: ServedInstrument = {
      ...instrument,
      on(bus) {
        const { responder, ends } = instrument.on(bus);
        return { responder: slowed(responder, latency, clock, signal), ends };
      },
    };
    await using served = await serve(slow, request, clock);
    const { serving, leftOut } = served;
    stdout.write(
      flags["json"] === true
        ? `${JSON.stringify({ instrument: word, serving, leftOut })}\n`
        : formatServed(instrument.title, served),
    );
    await aborted(signal);
    return 0;
  },
};

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
