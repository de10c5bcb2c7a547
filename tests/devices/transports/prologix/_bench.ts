import type { Responder } from "../../../../devices/transports/responder.ts";
import type { Io, Transport } from "../../../../devices/transports/transport.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";

export const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
export const bytes = (value: string) => new TextEncoder().encode(value);

/** A deadline so many milliseconds from now. */
export function within(ms: number, signal?: AbortSignal): Io {
  const deadline = systemClock.monotonic() + ms;
  return signal === undefined ? { deadline } : { deadline, signal };
}

/** An instrument that tells its name, echoes, answers late, sends blocks and requests service. */
export class Echo implements Responder {
  readonly name: string;
  readonly heard: string[] = [];
  cleared = 0;
  triggered = 0;
  status = 0x10;
  #listeners = new Set<(statusByte: number) => void>();

  constructor(name: string) {
    this.name = name;
  }

  async receive(message: Uint8Array): Promise<Uint8Array | undefined> {
    const said = text(message);
    this.heard.push(said);
    const [command, value = ""] = said.split(" ");
    switch (command) {
      case "*IDN?":
        return bytes(`${this.name}\n`);
      case "ECHO?":
        return bytes(`${this.name} ${value}\n`);
      case "SLOW?":
        await sleep(systemClock, Number(value));
        return bytes(`slow ${value}\n`);
      case "BARE?":
        return bytes("no line feed");
      case "BLOCK?": {
        const size = Number(value);
        const head = bytes(`#${6}${`${size}`.padStart(6, "0")}`);
        const block = new Uint8Array(head.length + size + 1);
        block.set(head);
        for (let at = 0; at < size; at++) block[head.length + at] = at;
        block[block.length - 1] = 10;
        return block;
      }
    }
    return undefined;
  }

  clear(): void {
    this.cleared += 1;
  }

  trigger(): void {
    this.triggered += 1;
  }

  statusByte(): number {
    return this.status;
  }

  onServiceRequest(listener: (statusByte: number) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  request(): void {
    for (const listener of this.#listeners) listener(this.status | 0x40);
  }
}

/** Reads up to a line feed. */
export async function readLine(link: Transport, io: Io, size = 4096): Promise<string> {
  const target = new Uint8Array(size);
  let line = "";
  while (!line.endsWith("\n")) {
    const { count, end } = await link.read(target, io);
    line += text(target.subarray(0, count));
    if (end) break;
  }
  return line;
}

export async function query(link: Transport, message: string, io: Io): Promise<string> {
  await link.write(bytes(message), true, io);
  return await readLine(link, io);
}
