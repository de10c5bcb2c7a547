/**
 * What happens, told to the file and to the terminal.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { jsonWithoutSecrets, withoutSecrets } from "./secrets.ts";
import { asError } from "./stopped.ts";
import { printable, type StatusLine } from "./status_line.ts";
import type { Store } from "./store/store.ts";
import type { EventRecord, Json, Level } from "./store/types.ts";

/** Facts about an event. */
export interface EventDetails {
  /** Whom it concerns: a task's or a device's name. */
  readonly source?: string;
  /** The facts. */
  readonly data?: Json;
}

/** Told of every event as it is recorded. It must not take long and must not throw. */
export type EventListener = (event: EventRecord) => void;

/** Records events; nothing is only printed. */
export class EventLog {
  readonly #clock: Clock;
  readonly #store: Store;
  readonly #line: StatusLine | undefined;
  readonly #quiet: boolean;
  readonly #listeners = new Set<EventListener>();

  /**
   * @param line Where lines are printed; nowhere if absent.
   * @param quiet Prints warnings and errors only.
   */
  constructor(clock: Clock, store: Store, line: StatusLine | undefined, quiet: boolean) {
    this.#clock = clock;
    this.#store = store;
    this.#line = line;
    this.#quiet = quiet;
  }

  /** Records an event and, by its level, prints it. */
  record(kind: string, level: Level, message: string, details: EventDetails = {}): void {
    this.print(level, message, details.source);
    const event: EventRecord = {
      t: this.#clock.wall(),
      kind,
      level,
      message: withoutSecrets(storable(message)),
      ...(details.source === undefined ? {} : { source: storable(details.source) }),
      ...(details.data === undefined ? {} : { data: jsonWithoutSecrets(details.data) }),
    };
    void this.#store.event(event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Has `listener` told of every event until the result is disposed. */
  listen(listener: EventListener): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Prints only: for what happens to the store itself, which records it when it can. */
  print(level: Level, message: string, source?: string): void {
    if (this.#line === undefined || level === "debug") return;
    if (this.#quiet && level === "info") return;
    const time = new Date(this.#clock.wall() / 1e3).toLocaleTimeString("en-GB");
    const whom = source === undefined ? "" : `${source}: `;
    const grave = level === "info" ? "" : `${level}: `;
    const text = withoutSecrets(message).split("\n").map(printable).join("\n           ");
    this.#line.print(`${time}  ${grave}${printable(whom)}${text}`);
  }
}

/** Text as the file can keep it: an instrument's message may hold anything. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "␀");
}

/** What an error says, with its causes, and the facts to store. */
export function errorDetails(thrown: unknown): { message: string; data: Json } {
  const error = asError(thrown);
  const causes: Json[] = [];
  let cause = error.cause;
  for (let depth = 0; cause !== undefined && depth < 8; depth++) {
    const inner = asError(cause);
    causes.push({ name: inner.name, message: inner.message });
    cause = inner.cause;
  }
  const parts = error instanceof AggregateError
    ? error.errors.map((part) => ({ name: asError(part).name, message: asError(part).message }))
    : [];
  return {
    message: error.name === "Error" ? error.message : `${error.name}: ${error.message}`,
    data: {
      name: error.name,
      message: error.message,
      stack: error.stack ?? null,
      ...(causes.length > 0 ? { causes } : {}),
      ...(parts.length > 0 ? { parts } : {}),
    },
  };
}
