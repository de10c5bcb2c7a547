/**
 * Programs in Python that tests talk to.
 *
 * @module
 */

/** A program that runs until the end of the test, or until its input ends. */
export class Python implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  #rest = "";

  /**
   * Starts one.
   *
   * @param program Its text.
   * @param args Its arguments.
   */
  constructor(program: string, ...args: string[]) {
    this.#child = new Deno.Command("python3", {
      args: ["-u", "-c", program, ...args],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  /** Its process. */
  get pid(): number {
    return this.#child.pid;
  }

  /** The next line that it prints. */
  async line(): Promise<string> {
    while (!this.#rest.includes("\n")) {
      const { value, done } = await this.#lines.read();
      if (done) throw new Error(`Python ended: ${this.#rest}`);
      this.#rest += value;
    }
    const [first = "", ...rest] = this.#rest.split("\n");
    this.#rest = rest.join("\n");
    return first;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child.stdin.close().catch(() => {});
    await this.#lines.cancel();
    try {
      this.#child.kill("SIGKILL");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await this.#child.status;
  }
}
