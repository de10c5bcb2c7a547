/**
 * The main thread's half of a store: checks records, packs them and hands them on, a batch at a time.
 *
 * What is asked for while a batch is being written goes into the next one, so that the batches grow
 * with the load and the slowness of the disk, without any timer.
 *
 * @module
 */

import type { BatchRecord, BatchResult } from "./batch.ts";
import { BATCH_BYTES, BATCH_WORDS, Draft, FIRST_WORDS, ignore, rejected, waiter } from "./draft.ts";
import { checkKeys, KeySets } from "./key_sets.ts";
import { checkName, checkText, checkTime, quote } from "./names.ts";
import type { OutboxRecord } from "./outbox_types.ts";
import type { Port, PortEvents } from "./port.ts";
import type { Reader, ReaderOptions } from "./reader.ts";
import type { Store, StoreOptions } from "./store.ts";
import type {
  EncodedDataset,
  EventRecord,
  Json,
  RunEnd,
  RunStart,
  StoreTrouble,
  TaskStatistics,
  VariableInfo,
} from "./types.ts";

/** Records that were refused because too many waited. */
interface Overflow {
  count: number;
  from: number;
  to: number;
}

/** What a port says to the queue, and the queue's promises to its callers. */
export class QueueStore implements Store, PortEvents {
  /** Path of the file, or `":memory:"`. */
  readonly path: string;
  readonly #port: Port;
  readonly #onTrouble: (trouble: StoreTrouble) => void;
  readonly #queueBytes: number;
  readonly #keySets = new KeySets();
  readonly #queue: Draft[] = [];
  #flight: Draft | undefined;
  #spare: Float64Array<ArrayBuffer> | undefined;
  #scheduled = false;
  #records = 0;
  #bytes = 0;
  #waits: "full" | "busy" | undefined;
  #overflow: Overflow | undefined;
  #lost: Overflow | undefined;
  #failure: Error | undefined;
  #closing: Promise<void> | undefined;
  #lastEnd: RunEnd | undefined;

  /** A store that writes by `port`. */
  constructor(path: string, port: Port, options: StoreOptions) {
    this.path = path;
    this.#port = port;
    this.#onTrouble = options.onTrouble?.bind(options) ?? ignore;
    this.#queueBytes = options.queueBytes ?? 64 * 2 ** 20;
  }

  /** Records and bytes that wait to be written. */
  get pending(): { readonly records: number; readonly bytes: number } {
    return { records: this.#records, bytes: this.#bytes };
  }

  /**
   * Whether an entry can be stored, without storing it.
   *
   * @throws {TypeError} If it is empty or has a value that is no number.
   * @throws {RangeError} If it has too many variables, or a name that can't be used.
   */
  check(values: Readonly<Record<string, number>>): void {
    const keys = Object.keys(values);
    for (let i = 0; i < keys.length; i++) checkValue(keys[i] as string, values[keys[i] as string]);
    if (this.#keySets.find(keys) === undefined) checkKeys(keys);
  }

  /** One entry: every value carries the one timestamp `t`, integer microseconds since 1970. */
  entry(t: number, values: Readonly<Record<string, number>>): Promise<void> {
    try {
      checkTime(t);
      const keys = Object.keys(values);
      let set = this.#keySets.find(keys);
      let fresh;
      if (set === undefined) {
        // A wrong value must not leave a set of variables behind.
        for (const key of keys) checkValue(key, values[key]);
        ({ set, fresh } = this.#keySets.add(keys));
      }
      const width = keys.length;
      const bytes = (width + 2) * 8;
      if (fresh !== undefined) {
        // The definition must reach the writer even if this entry is refused.
        this.#draft(0).add({ kind: "stream", ...fresh });
      }
      this.#admit(bytes, t);
      const draft = this.#draft(bytes);
      const at = draft.reserve(width + 2);
      const { words } = draft;
      const { places } = set;
      for (let i = 0; i < width; i++) {
        const value = values[keys[i] as string];
        if (typeof value !== "number") checkValue(keys[i] as string, value);
        words[at + 2 + (places[i] as number)] = value as number;
      }
      words[at] = set.handle;
      words[at + 1] = t;
      draft.length = at + 2 + width;
      this.#count(draft, bytes);
      draft.entries ??= waiter();
      return draft.entries.promise as Promise<void>;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Begins a run and gives its number; runs that never ended are marked lost. */
  startRun(start: RunStart): Promise<number> {
    return this.#record<number>(start.t, () => {
      checkTime(start.t);
      checkText("a run's name", start.name);
      return { kind: "run-start", start: { ...start, provenance: copy(start.provenance) } };
    }, 1024);
  }

  /** Replaces what is known of the run, and leaves nothing of what was there. */
  provenance(t: number, provenance: Json): Promise<void> {
    return this.#record(t, () => ({ kind: "provenance", provenance: copy(provenance) }), 1024);
  }

  /** Ends the run. On a full disk it may use the reserve. */
  endRun(end: RunEnd): Promise<void> {
    this.#lastEnd = end;
    if (this.#waits === "full") this.#port.free();
    return this.#record(end.t, () => {
      checkTime(end.t);
      checkText("a run's reason", end.reason);
      return { kind: "run-end", end: { ...end } };
    }, 256);
  }

  /** One dataset. Its bytes are copied before the call returns. */
  dataset(t: number, name: string, data: EncodedDataset): Promise<void> {
    return this.#record(t, () => {
      checkTime(t);
      checkName("dataset", name);
      const { dtype, shape } = data;
      return {
        kind: "dataset",
        t,
        name,
        data: { dtype, shape: [...shape], bytes: data.bytes.slice() },
      };
    }, data.bytes.byteLength + 256);
  }

  /** Sets parameters; all of them or none. */
  parameters(t: number, values: Readonly<Record<string, number>>): Promise<void> {
    const entries = Object.entries(values);
    return this.#record(t, () => {
      checkTime(t);
      for (const [name, value] of entries) {
        checkName("parameter", name);
        checkValue(name, value);
      }
      return { kind: "parameters", t, values: entries };
    }, entries.length * 64);
  }

  /** Sets metadata; all of them or none. */
  metadata(t: number, values: Readonly<Record<string, string>>): Promise<void> {
    const entries = Object.entries(values);
    let bytes = 0;
    for (const [name, value] of entries) bytes += 64 + 2 * (name.length + `${value}`.length);
    return this.#record(t, () => {
      checkTime(t);
      for (const [name, value] of entries) {
        checkName("metadata entry", name);
        checkText(`metadata ${quote(name)}`, value);
      }
      return { kind: "metadata", t, values: entries };
    }, bytes);
  }

  /** Sets a variable's unit, label and description. */
  variable(name: string, info: VariableInfo): Promise<void> {
    return this.#record(0, () => {
      checkName("variable", name);
      for (const text of [info.unit, info.label, info.description]) {
        if (text !== undefined) checkText(`the texts of ${quote(name)}`, text);
      }
      return { kind: "variable", name, info: { ...info } };
    }, 256);
  }

  /** One event. */
  event(event: EventRecord): Promise<void> {
    return this.#record(event.t, () => {
      checkTime(event.t);
      checkText("an event's message", event.message);
      const { data, ...rest } = event;
      return { kind: "event", event: data === undefined ? rest : { ...rest, data: copy(data) } };
    }, 256 + 2 * event.message.length);
  }

  /** Replaces the figures of the tasks of the present run. */
  statistics(figures: readonly TaskStatistics[]): Promise<void> {
    return this.#record(0, () => ({
      kind: "statistics",
      figures: figures.map((one) => ({
        ...one,
        lateness: { ...one.lateness },
        duration: { ...one.duration },
      })),
    }), figures.length * 256);
  }

  /** Messages that are to be delivered, and what became of others; all of it or nothing. */
  outbox(record: OutboxRecord): Promise<void> {
    const { add = [], payload, changes = [] } = record;
    let bytes = 256 * (add.length + changes.length) + (payload?.data.byteLength ?? 0);
    for (const text of [payload?.text, payload?.html]) bytes += 2 * (text?.length ?? 0);
    return this.#record(record.t, () => {
      checkTime(record.t);
      for (const { id, created, notBefore, expires, subject, settings, ...message } of add) {
        for (const time of [created, notBefore, expires]) checkTime(time);
        checkName("channel", message.channel);
        for (const text of [id, subject, message.channelKind, message.kind]) {
          checkText("a message", text);
        }
        checkText("a channel's settings", JSON.stringify(settings ?? null));
      }
      for (const text of [payload?.text, payload?.html]) {
        if (text !== undefined) checkText("what a message says", text);
      }
      return { kind: "outbox", messages: record };
    }, bytes);
  }

  /** Resolves when everything that was asked before is on disk or has been refused. */
  async flush(): Promise<void> {
    await (this.#queue.at(-1) ?? this.#flight)?.done.promise;
  }

  /** Copies the file, as it is on disk now, to `path`, while writing goes on. */
  backup(path: string): Promise<void> {
    if (this.#closing !== undefined) return rejected(new Error("Cannot back up a closed session."));
    return this.#port.backup(path);
  }

  /** A reader over the same data. It must be closed before an in-memory session is. */
  reader(options: ReaderOptions = {}): Reader {
    return this.#port.reader(options);
  }

  /** Tells the watchdog that the main thread lives. */
  heartbeat(): void {
    this.#port.heartbeat();
  }

  /** Frees the reserve, writes what can be written, closes. A second call does nothing. */
  close(): Promise<void> {
    return this.#closing ??= this.#close();
  }

  /** Closes. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    if (this.#overflow !== undefined) this.#recordGap(this.#overflow);
    this.#overflow = undefined;
    if (this.#waits !== undefined) this.#port.hurry(false);
    await this.flush();
    if (this.#lost !== undefined && this.#failure === undefined) {
      // The rest of the reserve is kept for these: how the run ended, and what is missing.
      this.#port.hurry(true);
      const lost = this.#lost;
      this.#lost = undefined;
      this.#recordGap(lost);
      if (this.#lastEnd !== undefined) this.#draft(0).add({ kind: "run-end", end: this.#lastEnd });
      await this.flush();
    }
    await this.#port.close();
  }

  /** The batch is on disk. */
  written(result: BatchResult, words: Float64Array<ArrayBuffer> | undefined): void {
    if (words !== undefined && words.length <= 2 * BATCH_WORDS) this.#spare = words;
    const draft = this.#landed();
    draft?.fulfil(result);
    if (this.#overflow !== undefined && this.#bytes <= this.#queueBytes / 2) {
      const overflow = this.#overflow;
      this.#overflow = undefined;
      this.#recordGap(overflow);
      this.#say({
        kind: "recovered",
        message:
          `Recording goes on; ${overflow.count} records were refused and are marked as a gap.`,
      });
    }
    this.#send();
  }

  /** The batch could not be written, and the store is closing. */
  refused(error: Error): void {
    const drafts = [this.#landed(), ...this.#queue.splice(0)];
    for (const draft of drafts) {
      if (draft === undefined) continue;
      if (drafts[0] !== draft) this.#forget(draft);
      this.#lose(draft);
      draft.reject(error);
    }
  }

  /** Nothing more can be written. */
  failed(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    const drafts = [this.#landed(), ...this.#queue.splice(0)];
    this.#records = this.#bytes = 0;
    this.#say({ kind: "failed", message: error.message, cause: error.cause });
    for (const draft of drafts) draft?.reject(error);
  }

  /** Something is wrong, or right again. */
  trouble(trouble: StoreTrouble): void {
    if (trouble.kind === "full" || trouble.kind === "busy") {
      this.#waits = trouble.kind;
      if (this.#closing !== undefined) this.#port.hurry(false);
    }
    let { message } = trouble;
    if (trouble.kind === "recovered") {
      this.#waits = undefined;
      message += ` ${this.#records} records waited for it.`;
    }
    this.#say({ ...trouble, message });
  }

  #say(trouble: StoreTrouble): void {
    try {
      this.#onTrouble(trouble);
    } catch (error) {
      // A fault of whoever listens must not stop the writing; it is reported as uncaught.
      queueMicrotask(() => {
        throw error;
      });
    }
  }

  #record<T = void>(t: number, build: () => BatchRecord, bytes: number): Promise<T> {
    try {
      const record = build();
      this.#admit(bytes, t);
      const draft = this.#draft(bytes);
      const one = waiter();
      draft.waiters.set(draft.add(record), one);
      this.#count(draft, bytes);
      return one.promise as Promise<T>;
    } catch (error) {
      return rejected(error);
    }
  }

  /** Throws if a record of this size cannot be taken. */
  #admit(bytes: number, t: number): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) {
      throw new Error(`Cannot record to ${this.path} as the session is closed.`);
    }
    // A record that is greater than the queue is taken when nothing else waits.
    if (this.#bytes === 0 || this.#bytes + bytes <= this.#queueBytes) return;
    const message = `Cannot record to ${this.path} as ${this.#records} records (` +
      `${Math.round(this.#bytes / 2 ** 20)} MiB) wait to be written: the disk is ` +
      `${this.#waits === "full" ? "full" : "too slow"}. Free space or record less.`;
    if (this.#overflow === undefined) {
      this.#overflow = { count: 0, from: t, to: t };
      this.#say({ kind: "overflow", message });
    }
    this.#overflow.count += 1;
    this.#overflow.to = t;
    throw new Error(message);
  }

  /** The batch that takes a record of this size; it is sent when the present turn is over. */
  #draft(bytes: number): Draft {
    let draft = this.#queue.at(-1);
    if (draft === undefined || draft.bytes + bytes > BATCH_BYTES && draft.bytes > 0) {
      draft = new Draft(this.#spare ?? new Float64Array(FIRST_WORDS));
      this.#spare = undefined;
      this.#queue.push(draft);
    }
    if (this.#flight === undefined && !this.#scheduled) {
      this.#scheduled = true;
      queueMicrotask(() => {
        this.#scheduled = false;
        this.#send();
      });
    }
    return draft;
  }

  #count(draft: Draft, bytes: number): void {
    draft.count += 1;
    draft.bytes += bytes;
    this.#records += 1;
    this.#bytes += bytes;
  }

  #forget(draft: Draft): void {
    this.#records -= draft.count;
    this.#bytes -= draft.bytes;
  }

  #landed(): Draft | undefined {
    const draft = this.#flight;
    this.#flight = undefined;
    if (draft !== undefined) this.#forget(draft);
    return draft;
  }

  #send(): void {
    if (this.#flight !== undefined) return;
    const draft = this.#queue.shift();
    if (draft === undefined) return;
    if (this.#failure !== undefined) {
      draft.reject(this.#failure);
      return;
    }
    this.#flight = draft;
    const { words, length, records } = draft;
    this.#port.post({ words, length, records }, this);
  }

  #recordGap({ count, from, to }: Overflow): void {
    this.#draft(0).add({
      kind: "event",
      event: {
        t: to,
        kind: "gap",
        level: "error",
        source: "store",
        message: `${count} records were not stored, as the disk was full or too slow.`,
        data: { records: count, from, to },
      },
    });
  }

  /** Counts what a rejected batch held, for the gap that is recorded at the end. */
  #lose(draft: Draft): void {
    if (draft.count === 0) return;
    const t = draft.time ?? this.#lastEnd?.t ?? 0;
    this.#lost ??= { count: 0, from: t, to: t };
    this.#lost.count += draft.count;
    this.#lost.to = t;
  }
}

function checkValue(name: string, value: unknown): asserts value is number {
  if (typeof value === "number") return;
  const seen = value === null ? "null" : typeof value === "string" ? quote(value) : typeof value;
  throw new TypeError(
    `Cannot store ${quote(name)} as its value must be a number: ${seen}. ` +
      `Texts are metadata, arrays are datasets.`,
  );
}

/** A JSON value of its own, so that later changes by the caller do not matter. */
function copy(value: Json): Json {
  return JSON.parse(JSON.stringify(value ?? null)) as Json;
}
