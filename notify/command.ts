/**
 * A program that is told on its standard input.
 *
 * @module
 */

import {
  type Channel,
  type Delivery,
  DeliveryError,
  type DeliveryLimits,
} from "../session/outbox/types.ts";
import { withoutSecrets } from "../session/secrets.ts";
import { checkedLine, refuse } from "./addresses.ts";

/** What a program is run with. */
export interface CommandOptions {
  /** The program: its path, or its name on the PATH. No shell is between. */
  readonly program: string;
  /** Its arguments. `{subject}`, `{kind}`, `{level}`, `{session}` and `{id}` in them stand for the message's own. */
  readonly args?: readonly string[];
  /** Names the channel. @default the program's name */
  readonly name?: string;
}

const WHAT = "the command";
const FIELDS = ["program", "args", "name"];
const PLACES = /\{(subject|kind|level|session|id)\}/g;
/** Characters of what it said that are kept. */
const MOST_SAID = 200;
/** By sysexits.h, 64 to 78 are for good; 75 is "temporary failure". */
const FINAL = { from: 64, to: 78, not: 75 } as const;

class CommandChannel implements Channel {
  readonly kind = "command";
  readonly name: string;
  readonly settings;
  readonly permissions;
  readonly #program: string;
  readonly #args: readonly string[];

  constructor(options: CommandOptions) {
    if (typeof options !== "object" || options === null) {
      throw refuse(WHAT, "its options must be an object with a program", options);
    }
    const unknown = Object.keys(options).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) {
      throw refuse(WHAT, `it has no such option (there are ${FIELDS.join(", ")})`, unknown);
    }
    const { program, args = [] } = options;
    this.#program = checkedLine(WHAT, "program", program);
    if (!Array.isArray(args) || args.some((arg) => typeof arg !== "string" || arg.includes("\0"))) {
      throw refuse(WHAT, "its arguments must be a list of texts", args);
    }
    this.#args = [...args];
    const own = program.split(/[\\/]/).at(-1) || program;
    this.name = checkedLine(WHAT, "name", options.name ?? own);
    // Arguments may hold what is nobody's business.
    this.settings = { program };
    this.permissions = { run: [program] };
  }

  async send(delivery: Delivery, { signal }: DeliveryLimits): Promise<void> {
    signal.throwIfAborted();
    let child: Deno.ChildProcess;
    try {
      child = new Deno.Command(this.#program, {
        args: this.#args.map((arg) =>
          arg.replace(
            PLACES,
            (_, field: "subject" | "kind" | "level" | "session" | "id") => delivery[field],
          )
        ),
        stdin: "piped",
        stdout: "null",
        stderr: "piped",
      }).spawn();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new DeliveryError(`${this.#program} can't be started: ${why}`, {
        permanent: error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotCapable,
      });
    }
    const kill = (): void => {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended by itself.
      }
    };
    signal.addEventListener("abort", kill, { once: true });
    try {
      const text = new TextEncoder().encode(`${delivery.subject}\n\n${delivery.text}\n`);
      const [{ code }, said] = await Promise.all([
        child.status,
        beginning(child.stderr),
        tell(child.stdin, text),
      ]);
      signal.throwIfAborted();
      if (code === 0) return;
      const why = said === "" ? "" : `: ${withoutSecrets(said)}`;
      throw new DeliveryError(`${this.#program} ended with code ${code}${why}`, {
        permanent: code >= FINAL.from && code <= FINAL.to && code !== FINAL.not,
      });
    } finally {
      signal.removeEventListener("abort", kill);
    }
  }
}

/** Writes all of a text; a program that does not read it is free to. */
async function tell(stdin: WritableStream<Uint8Array>, text: Uint8Array): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(text);
    await writer.close();
  } catch {
    // Its exit code says what came of it.
  }
}

/** What a program says first; the rest is read and forgotten, so that it can end. */
async function beginning(stderr: ReadableStream<Uint8Array>): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of stderr) {
    if (text.length < MOST_SAID) text += decoder.decode(part, { stream: true });
  }
  return text.trim().slice(0, MOST_SAID).toWellFormed();
}

/**
 * A channel that runs a program for each message, with the subject, an empty line and the text on its standard input.
 * Exit code 0 is taken for delivered; by the codes of `sysexits.h`, 75 is tried again and the others from 64 to 78 are
 * not; any other is tried again.
 *
 * It is the only channel that needs `--allow-run=PROGRAM`: a program does what it likes.
 *
 * @param options Which, and its arguments.
 * @throws {TypeError} If an option has the wrong shape.
 *
 * @example
 * ```ts
 * import { command, experiment } from "@stripchart/stripchart";
 *
 * experiment("cooling")
 *   .every("1min", () => ({ random: Math.random() }))
 *   .notify(command({ program: "logger", args: ["--tag", "{session}"] }), { on: ["failure"] });
 * ```
 */
export function command(options: CommandOptions): Channel {
  return new CommandChannel(options);
}
