/// <reference lib="dom" />
/**
 * What the page knows of a session: first from the server's page, then from its stream.
 *
 * @module
 */

import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { fromWire } from "../components/format.ts";
import type { EntryBatch, EventRow, SessionInfo, Status, StreamMessages } from "../protocol.ts";
import { decodeTiles } from "../tiles.ts";
import type { Api } from "./api.ts";
import { browserTime } from "./browser.ts";
import { Spark, SPARK_BUCKETS } from "./spark.ts";
import { type Connection, Stream } from "./stream.ts";

/** A variable's last value. */
export interface LastValue {
  /** When, Unix seconds. */
  readonly t: number;
  /** The value. */
  readonly value: number;
}

/** What plots are told. */
export interface DataListener {
  /** New entries. */
  entries(batches: readonly EntryBatch[]): void;
  /** Something from the past was left out or came late: what was read must be read anew. */
  stale(): void;
}

/** Events that the page keeps. */
const KEPT_EVENTS = 1_500;
/** Events from before the page was opened that it asks for. */
const EARLIER_EVENTS = 1_000;
/** Least length of a sparkline, seconds; those of slow variables are longer. */
const SPARK_WINDOW = 120;

/** Everything that the page shows of a session. */
export class SessionStore {
  /** Everything but values; anew when something of it changes. */
  readonly info: ReadonlySignal<SessionInfo>;
  /** How the run stands. */
  readonly status: ReadonlySignal<Status>;
  /** The last value of each variable. */
  readonly lasts: ReadonlySignal<ReadonlyMap<string, LastValue>>;
  /** The latest events, oldest first. */
  readonly events: ReadonlySignal<readonly EventRow[]>;
  /** How the page is connected. */
  readonly connection: ReadonlySignal<Connection>;
  /** The server's time, each second. */
  readonly now: ReadonlySignal<number>;
  /** Where it comes from. */
  readonly api: Api;
  readonly #info;
  readonly #status;
  readonly #lasts;
  readonly #events;
  readonly #connection = signal<Connection>("connecting");
  readonly #now;
  readonly #sparks = new Map<string, Spark>();
  readonly #listeners = new Set<DataListener>();
  readonly #offStream: (() => void)[] = [];
  #offset: number;
  #latest: number;

  /**
   * @param info What the server's page said.
   * @param api Where the rest comes from.
   */
  constructor(info: SessionInfo, api: Api) {
    this.api = api;
    this.info = this.#info = signal(info);
    this.status = this.#status = signal(info.status);
    this.lasts = this.#lasts = signal<ReadonlyMap<string, LastValue>>(lastsOf(info));
    this.events = this.#events = signal(info.events);
    this.connection = this.#connection;
    this.now = this.#now = signal(info.status.now);
    this.#offset = 0;
    this.#latest = info.span?.[1] ?? -Infinity;
  }

  /** The session's name in paths. */
  get id(): string {
    return this.#info.value.id;
  }

  /** When the last entry that is known was recorded, Unix seconds. */
  get latest(): number {
    return this.#latest;
  }

  /** The server's time at this moment, Unix seconds. */
  time(): number {
    return browserTime.now() + this.#offset;
  }

  /** Follows the session until {@linkcode SessionStore.close}. */
  connect(): void {
    this.#offset = this.#info.value.status.now - browserTime.now();
    const stream = new Stream(
      (since) => this.api.url(this.id, "stream", { since }),
      this.#info.value.seq,
      {
        connection: (state) => this.#connection.value = state,
        message: (name, data) => this.#take(name, data),
        restarted: () => void this.#restart(),
      },
    );
    this.#offStream.push(
      () => stream.close(),
      browserTime.every(1_000, () => this.#now.value = this.time()),
    );
    void this.#fillSparks();
    void this.#fetchEvents();
  }

  /** Follows it no longer. */
  close(): void {
    for (const stop of this.#offStream.splice(0)) stop();
  }

  /** Has a plot told of entries until the result is called. */
  listen(listener: DataListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The recent past of a variable. */
  spark(name: string): Spark | undefined {
    return this.#sparks.get(name);
  }

  #take<K extends keyof StreamMessages>(name: K, data: StreamMessages[K]): void {
    batch(() => {
      const message = { name, data } as Message;
      switch (message.name) {
        case "entries":
          this.#entries(message.data.batches);
          break;
        case "events":
          this.#addEvents(message.data);
          break;
        case "status":
          this.#setStatus(message.data);
          break;
        case "session":
          this.#info.value = message.data;
          this.#setStatus(message.data.status);
          break;
        case "skipped":
          for (const listener of this.#listeners) listener.stale();
          void this.#fillSparks();
          break;
      }
    });
  }

  /** After a broken connection the last ones may come again. */
  #addEvents(events: readonly EventRow[]): void {
    const newest = this.#events.value.at(-1)?.seq ?? 0;
    const fresh = events.filter(({ seq }) => seq > newest);
    if (fresh.length > 0) {
      this.#events.value = [...this.#events.value, ...fresh].slice(-KEPT_EVENTS);
    }
  }

  /** Events before those that the server's page had: plots mark them. */
  async #fetchEvents(): Promise<void> {
    const first = this.#events.value[0]?.seq;
    if (first === undefined) return;
    try {
      const older = await this.api.events(this.id, first, EARLIER_EVENTS);
      const known = this.#events.value;
      this.#events.value = [...older.filter(({ seq }) => seq < (known[0]?.seq ?? 0)), ...known];
    } catch {
      // What happened before is then shown when it is asked for.
    }
  }

  #setStatus(status: Status): void {
    this.#status.value = status;
    this.#offset = status.now - browserTime.now();
  }

  #entries(batches: readonly EntryBatch[]): void {
    const lasts = new Map(this.#lasts.value);
    for (const { names, t, values } of batches) {
      this.#latest = Math.max(this.#latest, t.at(-1) ?? -Infinity);
      names.forEach((name, i) => {
        const column = values[i] ?? [];
        const spark = this.#sparkOf(name);
        column.forEach((value, row) => spark.add(t[row] ?? NaN, fromWire(value)));
        const value = column.at(-1);
        const at = t.at(-1);
        if (value !== undefined && at !== undefined) {
          lasts.set(name, { t: at, value: fromWire(value) });
        }
      });
    }
    this.#lasts.value = lasts;
    for (const listener of this.#listeners) listener.entries(batches);
  }

  /** The server is another one than before: what is shown is read anew. */
  async #restart(): Promise<void> {
    const info = await this.api.session(this.id).catch(() => undefined);
    if (info === undefined) return;
    batch(() => {
      this.#info.value = info;
      this.#setStatus(info.status);
      this.#lasts.value = lastsOf(info);
      this.#events.value = info.events;
    });
    for (const listener of this.#listeners) listener.stale();
    await this.#fillSparks();
  }

  #sparkOf(name: string): Spark {
    let spark = this.#sparks.get(name);
    if (spark === undefined) {
      const period = this.#info.value.variables.find((one) => one.name === name)?.period ?? 0;
      spark = new Spark(Math.max(SPARK_WINDOW, SPARK_BUCKETS * period));
      this.#sparks.set(name, spark);
    }
    return spark;
  }

  /** Reads the recent past of all variables, in one request for each length. */
  async #fillSparks(): Promise<void> {
    const info = this.#info.value;
    this.#sparks.clear();
    const byWindow = Map.groupBy(
      info.variables.filter(({ last }) => last !== undefined),
      ({ name }) => this.#sparkOf(name).window,
    );
    const ended = info.status.state === "running" ? undefined : info.span?.[1];
    const to = ended ?? Math.max(this.#latest, this.time());
    for (const [window, variables] of byWindow) {
      const name = variables.map((one) => one.name);
      try {
        const query = { name, from: to - window, to, buckets: SPARK_BUCKETS };
        const tiles = decodeTiles(await this.api.bytes(info.id, "tiles", query));
        tiles.forEach((tile, i) => this.#sparkOf(name[i] ?? "").fill(tile));
      } catch {
        // Sparklines then begin with what comes.
      }
    }
    this.#lasts.value = new Map(this.#lasts.value);
  }
}

type Message = {
  [K in keyof StreamMessages]: { readonly name: K; readonly data: StreamMessages[K] };
}[
  keyof StreamMessages
];

function lastsOf(info: SessionInfo): ReadonlyMap<string, LastValue> {
  return new Map(
    info.variables.flatMap(({ name, last }) =>
      last === undefined ? [] : [[name, { t: last.t, value: fromWire(last.value) }] as const]
    ),
  );
}
