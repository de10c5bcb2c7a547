/**
 * USB instruments that are there in the test only: a folder in place of the kernel's, and a library in place of C's.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { linuxPlatform } from "../../../../devices/transports/serial/linux/platform.ts";
import { parseResourceName } from "../../../../devices/resource_name.ts";
import type { Io, Transport } from "../../../../devices/transports/transport.ts";
import {
  devicesOf,
  openUsbtmcOn,
  type UsbtmcOptions,
  type UsbtmcSystem,
} from "../../../../devices/transports/usbtmc/open.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { compileStandIn } from "../serial/_standin.ts";

/** What makes the instrument or its driver behave otherwise. */
export const FLAG = {
  HOLD: 1,
  NO_OUT: 2,
  STALL_OUT: 4,
  STALL_IN: 8,
  WRONG_TAG: 16,
  CUT: 32,
  NO_CLEAR: 64,
  SLOW_CLEAR: 128,
  SLOW_STB: 256,
  NO_SIMPLE: 512,
  NO_TERM: 1024,
  LONGER: 2048,
  WRONG_KIND: 4096,
  WRONG_SUM: 8192,
  STALL_ONCE: 16384,
  HALTED: 32768,
  NO_END: 65536,
} as const;

/** The instrument that all tests are about. */
export const NAME = "USB0::0x0957::0x1796::MY50000123::INSTR";

/** What the kernel says of an interface of a USB device. */
export interface Plugged {
  readonly vendor?: string;
  readonly product?: string;
  readonly serial?: string | undefined;
  readonly manufacturer?: string;
  readonly model?: string | undefined;
  readonly interface?: string;
  /** Which USB device it belongs to. */
  readonly port?: string;
  readonly protocol?: string;
  readonly endpoints?: string;
  readonly stopsAt?: boolean;
}

/** How the driver is. */
export interface Driver {
  /** Its version of the interface; 0 before there was any. */
  readonly version?: number;
  /** Bits of its capabilities. */
  readonly capabilities?: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

let standIn: Uint8Array | undefined;

function compiled(): Uint8Array {
  const path = Deno.makeTempFileSync({ suffix: ".so" });
  try {
    compileStandIn("../usbtmc/standin_usbtmc.c", path);
    return Deno.readFileSync(path);
  } finally {
    Deno.removeSync(path);
  }
}

/** A computer with instruments. */
export class Bench implements Disposable {
  /** Where it is. */
  readonly folder: string;
  /** What opens its instruments. */
  readonly system: UsbtmcSystem;
  /** The library in place of C's. */
  readonly library: string;
  readonly #standIn;

  /** @param driver How the driver is. */
  constructor(driver: Driver = {}) {
    this.folder = Deno.realPathSync(Deno.makeTempDirSync());
    this.library = join(this.folder, "libc.so");
    // A copy for each, so that none has another's state.
    Deno.writeFileSync(this.library, standIn ??= compiled());
    this.system = {
      shared: linuxPlatform([this.library]),
      roots: { sys: join(this.folder, "sys"), dev: join(this.folder, "dev") },
    };
    this.#standIn = Deno.dlopen(this.library, {
      standin_reset: { parameters: ["u32", "u32"], result: "void" },
      standin_reply: { parameters: ["buffer", "buffer", "usize"], result: "void" },
      standin_flags: { parameters: ["u32"], result: "void" },
      standin_deny: { parameters: ["u32"], result: "void" },
      standin_unplug: { parameters: [], result: "void" },
      standin_plug: { parameters: [], result: "void" },
      standin_break: { parameters: ["i32"], result: "void" },
      standin_srq: { parameters: ["i32"], result: "void" },
      standin_stb: { parameters: ["i32"], result: "void" },
      standin_seen: { parameters: ["buffer", "i32"], result: "i32" },
      standin_wire: { parameters: ["buffer", "i32"], result: "i32" },
      standin_told: { parameters: ["buffer", "i32"], result: "i32" },
      standin_state: { parameters: ["buffer"], result: "void" },
    });
    for (const folder of ["dev", "sys/class/usbmisc", "sys/bus/usb/devices"]) {
      Deno.mkdirSync(join(this.folder, folder), { recursive: true });
    }
    this.reset(driver);
  }

  /** Puts driver and instrument into another state. */
  reset({ version = 3, capabilities = 1 | 2 | 4 }: Driver = {}): void {
    this.#standIn.symbols.standin_reset(version, capabilities);
  }

  /** Plugs an instrument in: the kernel has a file for it. */
  plug(number: number, plugged: Plugged = {}): void {
    const { port = `1-${number + 1}`, interface: own = "00" } = plugged;
    const usb = `sys/devices/usb1/${port}`;
    const at = `${usb}/${port}:1.${Number(own)}`;
    this.#says(`${usb}/idVendor`, plugged.vendor ?? "0957");
    this.#says(`${usb}/idProduct`, plugged.product ?? "1796");
    this.#says(`${usb}/serial`, "serial" in plugged ? plugged.serial : "MY50000123");
    this.#says(`${usb}/manufacturer`, plugged.manufacturer ?? "ACME");
    this.#says(`${usb}/product`, "model" in plugged ? plugged.model : "DSO 9000");
    this.#says(`${at}/bInterfaceNumber`, own);
    this.#says(`${at}/bInterfaceProtocol`, plugged.protocol ?? "01");
    this.#says(`${at}/bNumEndpoints`, plugged.endpoints ?? "03");
    this.#says(`${at}/device_capabilities`, plugged.stopsAt === false ? "0" : "1");
    const link = join(this.folder, `sys/class/usbmisc/usbtmc${number}`);
    Deno.mkdirSync(link);
    Deno.symlinkSync(join(this.folder, at), join(link, "device"));
    Deno.writeTextFileSync(this.path(number), "");
    this.#standIn.symbols.standin_plug();
  }

  /** Pulls it out. */
  unplug(number: number): void {
    Deno.removeSync(join(this.folder, `sys/class/usbmisc/usbtmc${number}`), { recursive: true });
    Deno.removeSync(this.path(number));
    this.#standIn.symbols.standin_unplug();
  }

  /** A file of the kernel's. */
  says(path: string, text: string): void {
    this.#says(`sys/${path}`, text);
  }

  #says(path: string, text: string | undefined): void {
    if (text === undefined) return;
    const file = join(this.folder, path);
    Deno.mkdirSync(dirname(file), { recursive: true });
    Deno.writeTextFileSync(file, `${text}\n`);
  }

  /** The device file. */
  path(number: number): string {
    return join(this.system.roots.dev, `usbtmc${number}`);
  }

  /** Opens an instrument. */
  open(options: UsbtmcOptions = {}, resource = NAME, within: Io = io()): Promise<Transport> {
    const name = parseResourceName(resource);
    if (name.bus !== "usb") throw new TypeError(resource);
    return openUsbtmcOn(this.system, name, resource, within, options);
  }

  /** The instruments that there are. */
  devices() {
    return devicesOf(this.system);
  }

  /** What the instrument answers. */
  reply(query: string, answer: string | Uint8Array<ArrayBuffer>): void {
    const bytes = typeof answer === "string" ? encoder.encode(answer) : answer;
    this.#standIn.symbols.standin_reply(
      encoder.encode(`${query}\0`),
      bytes,
      BigInt(bytes.length),
    );
  }

  /** How the instrument behaves from now on; none of them is as it should. */
  flags(...flags: number[]): void {
    this.#standIn.symbols.standin_flags(flags.reduce((all, flag) => all | flag, 0));
  }

  /** The system refuses the file with an error, or no longer. */
  deny(error: number): void {
    this.#standIn.symbols.standin_deny(error);
  }

  /** A transfer from the instrument fails with an error. */
  break(error: number): void {
    this.#standIn.symbols.standin_break(error);
  }

  /** The instrument requests service. */
  requestService(statusByte: number): void {
    this.#standIn.symbols.standin_srq(statusByte);
  }

  /** The instrument's status byte. */
  statusByte(statusByte: number): void {
    this.#standIn.symbols.standin_stb(statusByte);
  }

  /** The requests that the driver got, each with its argument as it was. */
  seen(): { request: number; argument: Uint8Array }[] {
    const bytes = this.#copy(this.#standIn.symbols.standin_seen, 4096 * 24);
    const words = new DataView(bytes.buffer);
    return Array.from({ length: bytes.length / 24 }, (_, index) => ({
      request: words.getUint32(index * 24, true),
      argument: bytes.slice(index * 24 + 4, index * 24 + 24),
    }));
  }

  /** The bytes that went over the cable to the instrument. */
  wire(): Uint8Array {
    return this.#copy(this.#standIn.symbols.standin_wire, 1 << 20);
  }

  /** The messages that the instrument took. */
  told(): string {
    return decoder.decode(this.#copy(this.#standIn.symbols.standin_told, 1 << 16));
  }

  /** Counts. */
  state() {
    const words = new Uint32Array(9);
    this.#standIn.symbols.standin_state(words);
    const [remote, triggers, clears, timeout, flying, autoAbort, open, keptWaiting, busy] = words;
    return { remote, triggers, clears, timeout, flying, autoAbort, open, keptWaiting, busy };
  }

  #copy(from: (to: Uint8Array<ArrayBuffer>, most: number) => number, most: number) {
    const bytes = new Uint8Array(most);
    return bytes.slice(0, from(bytes, most));
  }

  [Symbol.dispose](): void {
    this.#standIn.close();
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** A test with a computer that has one instrument. */
export function test(name: string, fn: (bench: Bench) => Promise<void>, driver?: Driver): void {
  Deno.test({
    ignore: needs("gcc").ignore || Deno.build.os !== "linux",
    name,
    async fn() {
      using bench = new Bench(driver);
      bench.plug(0);
      await fn(bench);
      assertTidy(bench);
    },
  });
}

/** What must hold after each test. */
function assertTidy(bench: Bench): void {
  const { open, keptWaiting } = bench.state();
  if (open !== 0) throw new Error(`Each file is closed in the end: ${open} are open`);
  if (keptWaiting !== 0) {
    throw new Error(`Nobody comes while the driver takes its time: ${keptWaiting} times`);
  }
}

/** A deadline that only a hang reaches. */
export function io(signal?: AbortSignal): Io {
  const deadline = systemClock.monotonic() + 20_000;
  return signal === undefined ? { deadline } : { deadline, signal };
}

/** A deadline that is soon reached. */
export function soon(ms = 20): Io {
  return { deadline: systemClock.monotonic() + ms };
}

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Sends a message. */
export async function send(transport: Transport, text: string, within: Io = io()): Promise<void> {
  await transport.write(bytes(text), true, within);
}

/** Reads to the end of the message. */
export async function receive(
  transport: Transport,
  within: Io = io(),
  room = 65_536,
): Promise<string> {
  let text = "";
  for (const target = new Uint8Array(room);;) {
    const { count, end } = await transport.read(target, within);
    text += decoder.decode(target.subarray(0, count));
    if (end) return text;
  }
}

/** Waits until the driver has something under way. */
export async function underWay(bench: Bench): Promise<void> {
  for (;;) {
    const { busy, flying } = bench.state();
    if (busy || flying) return;
    await sleep(systemClock, 1);
  }
}
