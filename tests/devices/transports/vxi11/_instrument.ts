import type { Responder } from "../../../../devices/transports/responder.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

export const text = (bytes: Uint8Array): string => decoder.decode(bytes);
export const bytes = (text: string): Uint8Array => encoder.encode(text);

/** Deadline of operations that must succeed: a safety net, not a measure. */
export const soon = (ms = 20_000): { deadline: number } => ({ deadline: performance.now() + ms });

/** An instrument that answers what ends in a question mark, and keeps what it went through. */
export class Instrument implements Responder {
  readonly received: string[] = [];
  readonly sizes: number[] = [];
  cleared = 0;
  triggered = 0;
  status = 0;
  /** Answers that are not given by themselves. */
  readonly answers = new Map<string, () => Uint8Array | Promise<Uint8Array>>();
  readonly #listeners = new Set<(statusByte: number) => void>();

  receive(message: Uint8Array): Uint8Array | undefined | Promise<Uint8Array> {
    const command = text(message);
    this.received.push(command);
    this.sizes.push(message.length);
    const own = this.answers.get(command);
    if (own !== undefined) return own();
    if (command === "*IDN?") return bytes("ACME,42,0,1.0\n");
    return command.endsWith("?") ? bytes(`${command.slice(0, -1)}\n`) : undefined;
  }
  clear(): void {
    this.cleared++;
  }
  trigger(): void {
    this.triggered++;
  }
  statusByte(): number {
    const status = this.status;
    this.status &= ~0x40;
    return status;
  }
  onServiceRequest(listener: (statusByte: number) => void): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }
  get listeners(): number {
    return this.#listeners.size;
  }
  requestService(): void {
    this.status |= 0x40;
    for (const listener of this.#listeners) listener(this.status);
  }
}

/** Reads until END. */
export async function readAll(link: Transport, io = soon(), size = 65_536): Promise<string> {
  const target = new Uint8Array(size);
  let all = "";
  for (;;) {
    const { count, end } = await link.read(target, io);
    all += text(target.subarray(0, count));
    if (end) return all;
  }
}

export async function query(link: Transport, command: string): Promise<string> {
  await link.write(bytes(command), true, soon());
  return await readAll(link);
}

/** Waits until something holds. */
export async function until(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error("it never came to hold");
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}
