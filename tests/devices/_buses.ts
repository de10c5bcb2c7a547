/**
 * The same instrument on every bus, for what must hold on all of them.
 *
 * @module
 */

import { serveHislip } from "../../devices/transports/hislip/mod.ts";
import { servePrologix } from "../../devices/transports/prologix/simulator.ts";
import type { Responder } from "../../devices/transports/responder.ts";
import { serveVxi11 } from "../../devices/transports/vxi11/mod.ts";
import { type DeviceDefinition, type MessageSession, simulated } from "../../devices/mod.ts";
import { serial, socket, visa, type VisaOptions } from "../../devices/visa.ts";
import { sleep } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { needs } from "../_needs.ts";
import { tcpInstrument } from "./_tcp_instrument.ts";
import { bridge } from "./transports/serial/_socat.ts";
import { standin as gpibLibrary } from "./transports/gpib/_standin.ts";
import { standin } from "./transports/visa_library/_standin.ts";

/** An instrument on a bus. */
export interface Rig extends AsyncDisposable {
  /** What an experiment or `open()` takes. */
  definition(options?: VisaOptions): DeviceDefinition<MessageSession>;
}

/** A bus, and what it can do. */
export interface BusRig {
  /** Its name in the names of tests. */
  readonly name: string;
  /** Whether something that it needs is absent. */
  readonly ignore: boolean;
  /** Whether it marks the end of a message. */
  readonly hasEnd: boolean;
  /** Whether the instrument is an {@linkcode Echo}; it knows less otherwise. */
  readonly echoes: boolean;
  /** How often a test may do something that it repeats, beside the quickest buses. */
  readonly share: number;
  /** Puts an instrument there: several may be. */
  start(): Promise<Rig>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What an {@linkcode Echo} says when it is asked for what it should not say. */
const FAULTS: Readonly<Record<string, string>> = {
  "GARBAGE?": "\xff\xfe\x80\n",
  "PART?": "1.2",
  "NOISE": "noise\n",
  "WRONG?": "#x12\n",
  "SHORT?": "#3100ten bytes.",
  "HUGE?": "#(10000000000)some\n",
  "LONG?": "x".repeat(100_000),
};

/** Answers `ECHO? text`, `SLOW? ms`, `BLOCK? n` and some faults, and is silent otherwise. */
export class Echo implements Responder, AsyncDisposable {
  readonly #slow = new Set<Promise<void>>();

  /** Waits for answers that nobody waits for any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#slow);
  }

  async receive(message: Uint8Array): Promise<Uint8Array | undefined> {
    const [command = "", ...values] = decoder.decode(message).trim().split(" ");
    const value = values.join(" ");
    switch (command) {
      case "*IDN?":
        return encoder.encode("STRIPCHART,ECHO,1,0\n");
      case "ECHO?":
        return encoder.encode(`${value}\n`);
      case "SLOW?": {
        const wait = sleep(systemClock, Number(value));
        this.#slow.add(wait);
        await wait;
        this.#slow.delete(wait);
        return encoder.encode("slow\n");
      }
      case "BLOCK?": {
        const size = Number(value);
        const block = new Uint8Array(9 + size);
        block.set(encoder.encode(`#6${value.padStart(6, "0")}`));
        for (let at = 0; at < size; at++) block[8 + at] = at;
        block[8 + size] = 0x0a;
        return block;
      }
    }
    const fault = FAULTS[command];
    return fault === undefined
      ? undefined
      : Uint8Array.from(fault, (character) => character.charCodeAt(0));
  }
}

/** A TCP instrument that has a newline behind each message. */
export function echoOverTcp(echo: Echo, port = 0) {
  return tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      const answer = await echo.receive(encoder.encode(line));
      if (line === "DIE?") {
        await peer.send("#3100ten bytes.");
        return;
      }
      if (answer !== undefined) await peer.sendBytes(answer);
    }
  }, port);
}

function rig(
  definition: Rig["definition"],
  ...parts: readonly AsyncDisposable[]
): Rig {
  return {
    definition,
    async [Symbol.asyncDispose]() {
      for (const part of parts) await part[Symbol.asyncDispose]();
    },
  };
}

function gpib(responder: Responder) {
  return servePrologix([{ address: { primary: 5 }, responder }], { port: 0 });
}

const socat = needs("socat", ["-V"]).ignore;

/** The buses that carry messages between here and somewhere else. */
export const BUSES: readonly BusRig[] = [
  {
    name: "in process",
    hasEnd: true,
    echoes: true,
    ignore: false,
    share: 1,
    start() {
      const echo = new Echo();
      return Promise.resolve(rig((options) => simulated(echo, options), echo));
    },
  },
  {
    name: "SOCKET",
    hasEnd: false,
    echoes: true,
    ignore: false,
    share: 1,
    start() {
      const echo = new Echo();
      const instrument = echoOverTcp(echo);
      return Promise.resolve(
        rig((options) => socket("127.0.0.1", instrument.port, options), instrument, echo),
      );
    },
  },
  {
    name: "VXI-11",
    hasEnd: true,
    echoes: true,
    ignore: false,
    share: 1,
    async start() {
      const echo = new Echo();
      const server = await serveVxi11(echo);
      const name = `TCPIP::127.0.0.1,${server.ports.core}::inst0::INSTR`;
      return rig((options) => visa(name, options), server, echo);
    },
  },
  {
    name: "HiSLIP",
    hasEnd: true,
    echoes: true,
    ignore: false,
    share: 1,
    async start() {
      const echo = new Echo();
      const server = await serveHislip(() => echo, { port: 0 });
      const name = `TCPIP::127.0.0.1::hislip0,${server.port}::INSTR`;
      return rig((options) => visa(name, options), server, echo);
    },
  },
  {
    name: "serial",
    hasEnd: false,
    echoes: true,
    ignore: socat,
    share: 1,
    async start() {
      const echo = new Echo();
      const instrument = echoOverTcp(echo);
      const line = await bridge(instrument.port);
      // A busy machine may take its time between a late answer and the silence after it.
      const open = (options: VisaOptions = {}) => serial(line.path, { quiet: "200ms", ...options });
      return rig(open, line, instrument, echo);
    },
  },
  {
    name: "Prologix over TCP",
    hasEnd: false,
    echoes: true,
    ignore: false,
    share: 0.2,
    start() {
      const echo = new Echo();
      const server = gpib(echo);
      const adapter = `PRLGX-TCPIP::127.0.0.1::${server.port}::INTFC`;
      return Promise.resolve(
        rig((options) => visa("GPIB::5::INSTR", { adapter, ...options }), server, echo),
      );
    },
  },
  {
    name: "Prologix over serial",
    hasEnd: false,
    echoes: true,
    ignore: socat,
    share: 0.2,
    async start() {
      const echo = new Echo();
      const server = gpib(echo);
      const line = await bridge(server.port);
      const adapter = `PRLGX-ASRL::${line.path}::INTFC`;
      return rig((options) => visa("GPIB::5::INSTR", { adapter, ...options }), line, server, echo);
    },
  },
  {
    name: "GPIB board",
    hasEnd: true,
    echoes: true,
    ignore: needs("gcc").ignore,
    share: 0.2,
    async start() {
      const made = await gpibLibrary();
      const { library } = made;
      return rig((options) => visa("GPIB0::5::INSTR", { gpib: { library }, ...options }), made);
    },
  },
  {
    name: "vendor VISA",
    hasEnd: true,
    echoes: false,
    ignore: needs("gcc").ignore,
    share: 0.1,
    async start() {
      const { library, ...rest } = await standin();
      return rig((options) => visa("GPIB0::5::INSTR", { library, ...options }), rest);
    },
  },
];
