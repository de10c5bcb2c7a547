/**
 * A Prologix GPIB-ETHERNET adapter with instruments behind it, for tests and for users without hardware.
 *
 * @module
 */

import type { Clock } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import { within } from "../within.ts";
import type { Responder } from "../responder.ts";
import { SimulatedGpibDevice } from "./simulated_device.ts";
import { AdapterInput, type AdapterLine, addressText, type GpibAddress } from "./wire.ts";

/** An instrument and its place on the bus. */
export interface SimulatedGpibInstrument {
  /** Where it is. */
  readonly address: GpibAddress;
  /** What it is. */
  readonly responder: Responder;
}

/** How a simulated adapter is served. */
export interface PrologixServerOptions {
  /** The address that is listened on. @default "127.0.0.1" */
  readonly hostname?: string;
  /** The port; 0 takes a free one. @default 1234 */
  readonly port?: number;
  /** Time. @default the system's clock */
  readonly clock?: Clock;
}

/** A simulated adapter that listens. */
export interface PrologixServer extends AsyncDisposable {
  /** The address that is listened on. */
  readonly hostname: string;
  /** The port. */
  readonly port: number;
}

const VERSION = "Prologix GPIB-ETHERNET Controller version 01.06.06.00";

/** Settings that can be asked for and set, with their ranges. */
const SETTINGS: Readonly<Record<string, readonly [first: number, least: number, most: number]>> = {
  mode: [1, 0, 1],
  auto: [0, 0, 1],
  eoi: [1, 0, 1],
  eos: [0, 0, 3],
  eot_enable: [0, 0, 1],
  eot_char: [0, 0, 255],
  read_tmo_ms: [200, 1, 3000],
  savecfg: [1, 0, 1],
};

const ENDINGS = [[13, 10], [13], [10], []] as const;
const encoder = new TextEncoder();

/** The adapter's own part: settings, the instruments, and what it does with a line. */
class SimulatedAdapter {
  readonly #devices = new Map<string, SimulatedGpibDevice>();
  readonly #settings = new Map<string, number>();
  readonly #clock: Clock;
  #address = "0";

  constructor(instruments: readonly SimulatedGpibInstrument[], clock: Clock) {
    this.#clock = clock;
    for (const [name, [first]] of Object.entries(SETTINGS)) this.#settings.set(name, first);
    for (const { address, responder } of instruments) {
      const text = addressText(address);
      if (this.#devices.has(text)) {
        throw new RangeError(`Cannot put two instruments at GPIB address ${text}.`);
      }
      this.#devices.set(text, new SimulatedGpibDevice(responder));
    }
  }

  dispose(): void {
    for (const device of this.#devices.values()) device[Symbol.dispose]();
  }

  #setting(name: string): number {
    return this.#settings.get(name) ?? 0;
  }

  /** Does what a line says, and gives each piece that it puts out to `say`. */
  async take(
    line: AdapterLine,
    say: (bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    if (line.kind === "data") {
      const ending = ENDINGS[this.#setting("eos")] ?? [];
      const device = this.#devices.get(this.#address);
      device?.listen(new Uint8Array([...line.data, ...ending]), this.#setting("eoi") === 1);
      if (this.#setting("auto") === 1) await this.#read("eoi", say, signal);
      return;
    }
    const [name = "", ...args] = line.text.split(/\s+/);
    if (name === "read") return await this.#read(args[0], say, signal);
    const answer = this.#command(name, args);
    if (answer !== undefined) await say(encoder.encode(`${answer}\r\n`));
  }

  /** A command's answer, if it has one. */
  #command(name: string, args: readonly string[]): string | undefined {
    const setting = SETTINGS[name];
    if (setting !== undefined) {
      if (args[0] === undefined) return `${this.#setting(name)}`;
      const value = Number(args[0]);
      const [, least, most] = setting;
      if (Number.isInteger(value) && value >= least && value <= most) {
        this.#settings.set(name, value);
      }
      return undefined;
    }
    const device = this.#devices.get(this.#address);
    switch (name) {
      case "addr":
        if (args.length === 0) return this.#address;
        this.#address = args.slice(0, 2).join(" ");
        return undefined;
      case "ver":
        return VERSION;
      case "clr":
        device?.clear();
        return undefined;
      case "trg":
        if (args.length === 0) device?.trigger();
        for (const pad of args) this.#devices.get(pad)?.trigger();
        return undefined;
      case "spoll": {
        const polled = args.length === 0 ? device : this.#devices.get(args.slice(0, 2).join(" "));
        return `${polled?.poll() ?? 0}`;
      }
      case "srq":
        return [...this.#devices.values()].some((one) => one.requests) ? "1" : "0";
      case "ifc":
      case "llo":
      case "loc":
      case "lon":
      case "rst":
        return undefined;
      default:
        return "Unrecognized command";
    }
  }

  /** Passes on what the addressed instrument says, until END, a byte, or silence. */
  async #read(
    until: string | undefined,
    say: (bytes: Uint8Array) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const device = this.#devices.get(this.#address);
    const stop = until === undefined || until === "eoi" ? undefined : Number(until);
    for (;;) {
      const ready = device?.ready() ?? new Promise<void>(() => {});
      const deadline = this.#clock.monotonic() + this.#setting("read_tmo_ms");
      try {
        await within(ready, { deadline, signal }, this.#clock, () => new Error("silent"));
      } catch {
        return;
      }
      const piece = device?.talk(stop);
      if (piece === undefined) continue;
      const { data, end } = piece;
      const mark = end && this.#setting("eot_enable") === 1 ? [this.#setting("eot_char")] : [];
      await say(new Uint8Array([...data, ...mark]));
      if ((end && until === "eoi") || (stop !== undefined && data.at(-1) === stop)) return;
    }
  }
}

async function sendAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}

/**
 * Serves a simulated adapter over TCP. As the real one it has one user: a new connection ends the former.
 *
 * @param instruments What is on its bus.
 * @throws {RangeError} If two instruments have one address.
 */
export function servePrologix(
  instruments: readonly SimulatedGpibInstrument[],
  options: PrologixServerOptions = {},
): PrologixServer {
  const { hostname = "127.0.0.1", port = 1234, clock = systemClock } = options;
  const adapter = new SimulatedAdapter(instruments, clock);
  const listener = Deno.listen({ hostname, port });
  let current: { readonly connection: Deno.TcpConn; readonly gone: AbortController } | undefined;
  const served = new Set<Promise<void>>();

  function end(): void {
    current?.gone.abort();
    try {
      current?.connection.close();
    } catch {
      // It was closed by the other side.
    }
    current = undefined;
  }

  async function serve(connection: Deno.TcpConn, signal: AbortSignal): Promise<void> {
    const input = new AdapterInput();
    const buffer = new Uint8Array(65_536);
    try {
      connection.setNoDelay(true);
      for (;;) {
        const count = await connection.read(buffer);
        if (count === null) break;
        for (const line of input.take(buffer.subarray(0, count))) {
          await adapter.take(line, (bytes) => sendAll(connection, bytes), signal);
        }
      }
    } catch {
      // The user is gone.
    }
    if (current?.connection === connection) end();
  }

  const accepting = (async () => {
    for await (const connection of listener) {
      end();
      const gone = new AbortController();
      current = { connection, gone };
      const work = serve(connection, gone.signal);
      served.add(work);
      void work.then(() => served.delete(work));
    }
  })();

  return {
    hostname: listener.addr.hostname,
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      try {
        listener.close();
      } catch {
        return;
      }
      end();
      await accepting;
      await Promise.all(served);
      adapter.dispose();
    },
  };
}
