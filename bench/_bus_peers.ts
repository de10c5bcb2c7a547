/**
 * An instrument and other clients for it: what they are made of, and how they are asked to work.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The newest versions on PyPI and npm. */
export const VERSIONS = {
  pyvisa: "1.16.2",
  pyvisaPy: "0.8.1",
  pyserial: "3.5",
  serialport: "13.0.0",
};

/** Something that is there, or why it is not. */
export type Found<T> = { readonly is: T } | { readonly why: string };

/** The C program of {@linkcode startInstrument}: where it listens. */
export interface Instrument extends AsyncDisposable {
  readonly pid: number;
  readonly address: string;
  /** TCP ports. */
  readonly socket: number;
  readonly hislip: number;
  readonly vxi11: number;
  /** Whether lxi finds the VXI-11 port. */
  readonly portmapper: boolean;
  /** Paths of serial lines. */
  readonly serial: readonly string[];
}

/** What a client does `count` times. */
export interface Work {
  readonly what: "query" | "block" | "read";
  /** A resource name, or a serial port's path. */
  readonly resource: string;
  readonly count?: number;
  /** Bytes of the block, or all bytes that are read. */
  readonly length?: number;
  /** For pyvisa: bytes that are asked for at once, and whether NumPy takes the numbers. */
  readonly chunk?: number;
  readonly numpy?: boolean;
  /** So many links at once. */
  readonly threads?: number;
}

/** A client in a process of its own. */
export interface Talker extends AsyncDisposable {
  readonly pid: number;
  /** Does some work; the seconds that it took. */
  ask(work: Work): Promise<number>;
}

function here(name: string): string {
  return fileURLToPath(new URL(`peers/${name}`, import.meta.url));
}

async function tried(command: string, ...args: string[]): Promise<Found<string>> {
  try {
    const { success, stdout, stderr } = await new Deno.Command(command, { args }).output();
    if (success) return { is: new TextDecoder().decode(stdout) };
    return { why: new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "" };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { why: `${command} is not installed` };
    throw error;
  }
}

/** A child whose answers are lines. */
export class LineChild implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #reader: ReadableStreamDefaultReader<string>;
  #rest = "";

  constructor(command: string, args: string[]) {
    this.#child = new Deno.Command(command, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#reader = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  get pid(): number {
    return this.#child.pid;
  }

  async send(line: string): Promise<void> {
    await this.#writer.write(new TextEncoder().encode(`${line}\n`));
  }

  async line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#reader.read();
      if (done) throw new Error("Cannot go on, as another program ended");
      this.#rest += value;
    }
    const at = this.#rest.indexOf("\n");
    const line = this.#rest.slice(0, at);
    this.#rest = this.#rest.slice(at + 1);
    return line;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close().catch(() => {});
    await this.#reader.cancel();
    await this.#child.status;
  }
}

class LineTalker extends LineChild implements Talker {
  async ask(work: Work): Promise<number> {
    await this.send(JSON.stringify(work));
    const seconds = Number(await this.line());
    if (seconds > 0) return seconds;
    throw new Error(`Cannot time ${JSON.stringify(work)}, as that failed`);
  }
}

/**
 * Compiles and starts the instrument.
 *
 * @param terminals How many serial lines it has.
 */
export async function startInstrument(
  folder: string,
  address: string,
  terminals: number,
): Promise<Found<Instrument>> {
  const program = join(folder, "instrument");
  const flags = ["-O2", "-pthread", "-o", program];
  const built = await tried("gcc", ...flags, here("instrument.c"));
  if ("why" in built) return built;
  const child = new LineChild(program, [address, String(terminals)]);
  const told = JSON.parse(await child.line());
  const dispose = () => child[Symbol.asyncDispose]();
  return { is: { ...told, address, pid: child.pid, [Symbol.asyncDispose]: dispose } };
}

/** pyvisa-py and pyserial, installed into a folder. */
export async function startPython(folder: string): Promise<Found<Talker>> {
  const environment = join(folder, "python");
  const python = join(environment, "bin/python");
  const packages = [
    `pyvisa==${VERSIONS.pyvisa}`,
    `pyvisa-py==${VERSIONS.pyvisaPy}`,
    `pyserial==${VERSIONS.pyserial}`,
    "numpy",
  ];
  const made = await tried("python3", "-m", "venv", environment);
  if ("why" in made) return made;
  const installed = await tried(python, "-m", "pip", "install", "-q", ...packages);
  if ("why" in installed) return installed;
  return { is: new LineTalker(python, [here("buses.py")]) };
}

/** node-serialport, installed into a folder. */
export async function startNode(folder: string): Promise<Found<Talker>> {
  const prefix = join(folder, "node");
  const node = await tried("node", "--version");
  if ("why" in node) return node;
  const quiet = ["--no-audit", "--no-fund", "--prefix", prefix];
  const installed = await tried("npm", "install", ...quiet, `serialport@${VERSIONS.serialport}`);
  if ("why" in installed) return installed;
  return { is: new LineTalker("node", [here("serialport.mjs"), prefix]) };
}

/** Queries a second by `lxi benchmark`. */
export async function lxi(...args: string[]): Promise<Found<number>> {
  const said = await tried("lxi", "benchmark", ...args);
  if ("why" in said) return said;
  const rate = Number(/([\d.]+) requests\/second/.exec(said.is)?.[1]);
  return rate > 0 ? { is: rate } : { why: `it says ${JSON.stringify(said.is)}` };
}

/** Numbers of the processors that there are for us, as Linux writes them; read before anything is placed. */
const PROCESSORS = allowed();

function allowed(): string {
  try {
    const status = Deno.readTextFileSync("/proc/self/status");
    return /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "0";
  } catch {
    // Only Linux has it, and only Linux has taskset.
    return "0";
  }
}

/**
 * Keeps processes, with all their threads, on one processor, or gives them all of them back.
 *
 * @returns False where that can't be done.
 */
export async function place(pids: readonly number[], where: "one" | "all"): Promise<boolean> {
  const list = where === "one" ? /\d+$/.exec(PROCESSORS)?.[0] ?? "0" : PROCESSORS;
  const done = await Promise.all(
    pids.map((pid) => tried("taskset", "--all-tasks", "--cpu-list", "--pid", list, String(pid))),
  );
  return done.every((one) => "is" in one);
}
