/**
 * Lines of the log as messages: not one for each line.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import { sleep } from "../time/clock.ts";
import type { EventRecord, Level } from "../session/store/types.ts";

const RANKS: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };
/** Lines of one message; the others are counted. */
const MOST_LINES = 100;
/** How long lines are gathered before the first message: what goes wrong seldom comes alone. Milliseconds. */
const GATHERED = 10_000;
/** From one message to the next. Milliseconds. */
const APART = 600_000;

/** Sends what is as grave as `level` or graver to a channel, gathered, until it is disposed. */
export class LogDigest implements AsyncDisposable {
  readonly #session: Session;
  readonly #channel: string;
  readonly #listening: Disposable;
  readonly #over = new AbortController();
  #lines: string[] = [];
  #more = 0;
  #worst: Level = "info";
  #gathering: Promise<void> | undefined;
  #earliest = -Infinity;

  /**
   * Listens from now on.
   *
   * @param told Kinds of events that the channel is told of by messages of their own.
   */
  constructor(session: Session, channel: string, level: Level, told: readonly string[] = []) {
    this.#session = session;
    this.#channel = channel;
    this.#listening = session.onEvent((event) => {
      // What is said of messages would make messages for ever.
      if (event.kind === "notification" || told.includes(event.kind)) return;
      if (RANKS[event.level] < RANKS[level]) return;
      this.#add(event);
    });
  }

  #add({ t, level, source, message }: EventRecord): void {
    if (RANKS[level] > RANKS[this.#worst]) this.#worst = level;
    const time = new Date(t / 1e3).toISOString().slice(0, 19).replace("T", " ");
    const whom = source === undefined ? "" : `${source}: `;
    if (this.#lines.length < MOST_LINES) {
      this.#lines.push(`${time}Z  ${level}  ${whom}${message}`);
    } else this.#more += 1;
    this.#gathering ??= this.#gather();
  }

  async #gather(): Promise<void> {
    const { clock } = this.#session;
    const now = clock.monotonic();
    await sleep(clock, Math.max(GATHERED, this.#earliest - now), this.#over.signal).catch(() => {});
    this.#gathering = undefined;
    if (!this.#over.signal.aborted) this.#send();
  }

  #send(): void {
    const lines = this.#lines;
    const count = lines.length + this.#more;
    if (count === 0) return;
    const { clock, name } = this.#session;
    this.#earliest = clock.monotonic() + APART;
    const first = lines[0]?.slice(22) ?? "";
    const rest = this.#more === 0 ? [] : [`… and ${this.#more} more`];
    const more = count === 1 ? "" : ` and ${count - 1} more`;
    void this.#session.notify({
      kind: "log",
      level: this.#worst,
      subject: `${name === "" ? "session" : name}: ${first}${more}`,
      text: [...lines, ...rest].join("\n"),
    }, [this.#channel]);
    this.#lines = [];
    this.#more = 0;
    this.#worst = "info";
  }

  /** Stops listening, and sends what was gathered. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listening[Symbol.dispose]();
    this.#over.abort();
    await this.#gathering;
    this.#send();
  }
}
