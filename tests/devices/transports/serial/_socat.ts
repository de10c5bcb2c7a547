/**
 * Pairs of pseudo terminals, each a serial cable.
 *
 * @module
 */

import { join } from "node:path";
import { systemClock } from "../../../../time/system_clock.ts";
import { sleep } from "../../../../time/clock.ts";
import type { Io } from "../../../../devices/transports/transport.ts";

/** A cable: what one end writes, the other reads. */
export interface Cable extends AsyncDisposable {
  /** One end. */
  readonly a: string;
  /** The other end. */
  readonly b: string;
  /** Pulls it out: both ends are gone. */
  unplug(): Promise<void>;
  /** Plugs it in again, under the same names. */
  plug(): Promise<void>;
}

/** A deadline that only a hang reaches. */
export function io(signal?: AbortSignal): Io {
  const deadline = systemClock.monotonic() + 20_000;
  return signal === undefined ? { deadline } : { deadline, signal };
}

/** A deadline that is soon reached. */
export function soon(ms = 30): Io {
  return { deadline: systemClock.monotonic() + ms };
}

async function appears(path: string): Promise<void> {
  const deadline = systemClock.monotonic() + 20_000;
  for (;;) {
    try {
      Deno.statSync(path);
      return;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound) || systemClock.monotonic() > deadline) {
        throw error;
      }
    }
    await sleep(systemClock, 5);
  }
}

/** Plugs a cable in. */
export async function cable(): Promise<Cable> {
  const folder = Deno.makeTempDirSync();
  const [a, b] = [join(folder, "a"), join(folder, "b")];
  let child: Deno.ChildProcess | undefined;
  const plug = async (): Promise<void> => {
    child = new Deno.Command("socat", {
      args: [`pty,raw,echo=0,link=${a}`, `pty,raw,echo=0,link=${b}`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await appears(a);
    await appears(b);
  };
  const unplug = async (): Promise<void> => {
    child?.kill("SIGKILL");
    await child?.status;
    child = undefined;
    for (const end of [a, b]) {
      try {
        Deno.removeSync(end);
      } catch (error) {
        if (!(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
  };
  await plug();
  return {
    a,
    b,
    unplug,
    plug,
    async [Symbol.asyncDispose]() {
      await unplug();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

/** A serial port with a TCP instrument at its other end. */
export interface Bridge extends AsyncDisposable {
  /** The port. */
  readonly path: string;
  /** Pulls it out. */
  unplug(): Promise<void>;
  /** Plugs it in again, under the same name. */
  plug(): Promise<void>;
}

/** Makes a serial port of a TCP port of this machine. */
export async function bridge(port: number): Promise<Bridge> {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "tty");
  let child: Deno.ChildProcess | undefined;
  const plug = async (): Promise<void> => {
    child = new Deno.Command("socat", {
      args: [`pty,raw,echo=0,link=${path}`, `tcp:127.0.0.1:${port},nodelay`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    await appears(path);
  };
  const unplug = async (): Promise<void> => {
    try {
      child?.kill("SIGKILL");
    } catch (error) {
      // It ends by itself when the instrument closes.
      if (!(error instanceof TypeError)) throw error;
    }
    await child?.status;
    child = undefined;
    await Deno.remove(path).catch(() => {});
  };
  await plug();
  return {
    path,
    unplug,
    plug,
    async [Symbol.asyncDispose]() {
      await unplug();
      Deno.removeSync(folder, { recursive: true });
    },
  };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text as bytes. */
export function bytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** What can be read, one read. */
export async function readText(
  port: { read(target: Uint8Array, io: Io): Promise<{ count: number }> },
  within: Io = io(),
): Promise<string> {
  const target = new Uint8Array(1000);
  const { count } = await port.read(target, within);
  return decoder.decode(target.subarray(0, count));
}

/** Reads until this many bytes have come. */
export async function readAll(
  port: { read(target: Uint8Array, io: Io): Promise<{ count: number }> },
  length: number,
): Promise<Uint8Array> {
  const all = new Uint8Array(length);
  let have = 0;
  while (have < length) have += (await port.read(all.subarray(have), io())).count;
  return all;
}
