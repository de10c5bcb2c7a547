/**
 * The experiment whose page is measured, and those who watch it.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Seen } from "./_page_program.ts";
import { ROOT } from "./_run.ts";

/** Waits so many seconds. */
export function wait(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * 1e3));
}

/** The program that serves, and its answers. */
export class Program implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#input = child.stdin.getWriter();
    this.#lines = lines(child.stdout);
  }

  static async start(
    file: string,
    variables: number,
    rate: number,
  ): Promise<{ readonly program: Program; readonly url: string }> {
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "--allow-all",
        "--config",
        join(ROOT, "deno.json"),
        fileURLToPath(new URL("_page_program.ts", import.meta.url)),
        file,
        `${variables}`,
        `${rate}`,
      ],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const program = new Program(child);
    return { program, url: await program.#next() };
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("Cannot measure the page, as its program ended");
    return value;
  }

  /** What it saw since it was last asked. */
  async ask(): Promise<Seen> {
    await this.#input.write(new TextEncoder().encode("\n"));
    return JSON.parse(await this.#next());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#child.status;
  }
}

/** A stream's lines. */
export async function* lines(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const found = (rest + text).split("\n");
    rest = found.pop() ?? "";
    yield* found;
  }
}

/** Somebody who watches: how long each entry was on its way, milliseconds. */
export class Viewer implements AsyncDisposable {
  readonly delays: number[] = [];
  entries = 0;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor(url: string, file: string) {
    this.#done = this.#watch(new URL(`api/sessions/${file}/stream`, url)).catch(() => {});
  }

  async #watch(url: URL): Promise<void> {
    const response = await fetch(url, { signal: this.#stop.signal });
    if (response.body === null) return;
    let name = "";
    for await (const line of lines(response.body)) {
      if (line.startsWith("event: ")) name = line.slice(7);
      if (!line.startsWith("data: ") || name !== "entries") continue;
      const now = Date.now();
      const { batches }: { batches: { t: number[] }[] } = JSON.parse(line.slice(6));
      for (const { t } of batches) {
        this.entries += t.length;
        for (const at of t) this.delays.push(now - at * 1e3);
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    // With fifty at once, a stream that is given up does not always end.
    await Promise.race([this.#done, wait(0.2)]);
  }
}
