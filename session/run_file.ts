/**
 * A run in its file: begun, ended, and what goes wrong with the file between.
 *
 * @module
 */

import type { EventLog } from "./events.ts";
import { storable } from "./events.ts";
import type { OutcomeKeeper } from "./outcome.ts";
import { jsonWithoutSecrets } from "./secrets.ts";
import { asError } from "./stopped.ts";
import { openStore } from "./store/file_store.ts";
import type { Reader } from "./store/reader.ts";
import type { Store, StoreOptions } from "./store/store.ts";
import type { Json, StoreTrouble } from "./store/types.ts";

const LEVELS = {
  recovered: "info",
  stalled: "warning",
  replaced: "warning",
  full: "error",
  busy: "error",
  overflow: "error",
  failed: "error",
} as const;

/** The store of one run. */
export class RunFile {
  /** What writes. */
  readonly store: Store;
  readonly #outcome: OutcomeKeeper;
  readonly #onFailed: (message: string) => void;
  #events: EventLog | undefined;
  #run: Promise<number> = Promise.resolve(0);
  #reader: Reader | undefined;
  #provenance: Json = null;
  #stuck = Promise.withResolvers<string>();

  /**
   * @param path The file, or `":memory:"`.
   * @param outcome Is told what fails for good.
   * @param onFailed Called when nothing more can be stored.
   */
  constructor(
    path: string,
    options: Omit<StoreOptions, "onTrouble">,
    outcome: OutcomeKeeper,
    onFailed: (message: string) => void,
  ) {
    this.#outcome = outcome;
    this.#onFailed = onFailed;
    this.store = openStore(path, { ...options, onTrouble: (trouble) => this.#onTrouble(trouble) });
  }

  /** Begins the run. Events print the file's troubles from now on. */
  begin(t: number, name: string, provenance: Json, events: EventLog): void {
    this.#events = events;
    this.#provenance = jsonWithoutSecrets(provenance);
    this.#run = this.store.startRun({ t, name, provenance: this.#provenance });
    this.#run.catch(() => {});
  }

  /** Leaves the secrets that are known by now out of what is kept of the run. */
  hideSecrets(t: number): void {
    const clean = jsonWithoutSecrets(this.#provenance);
    if (JSON.stringify(clean) === JSON.stringify(this.#provenance)) return;
    this.#provenance = clean;
    this.store.provenance(t, clean).catch(() => {});
  }

  /** A reader of what is on disk, kept until the end. */
  get reader(): Reader {
    this.#reader ??= this.store.reader();
    return this.#reader;
  }

  /** Writes how the run ended; for when the program leaves at once. */
  async mark(t: number): Promise<void> {
    const { status, reason } = this.#outcome.outcome;
    await this.store.endRun({ t, status, reason: storable(reason) });
  }

  /**
   * Waits for what is still to be written, says how the run ended, and closes the file. A disk that is full
   * or a file that is locked by now is not waited for: what the reserve has room for is written.
   *
   * @returns The run's number; 0 if it could not even begin.
   */
  async finish(t: number, events: EventLog): Promise<number> {
    const failed = (error: unknown): void => this.#outcome.fail(asError(error).message);
    const stuck = await Promise.race([
      this.store.flush().then(() => undefined, failed),
      this.#stuck.promise,
    ]);
    if (typeof stuck === "string") failed(new Error(`at the end: ${stuck}`));
    const { status, reason } = this.#outcome.outcome;
    events.record("stop", "debug", `the run is over: ${reason}`, { data: { status } });
    const ended = this.mark(t).catch(failed);
    if (typeof stuck !== "string") await Promise.race([ended, this.#stuck.promise]);
    this.#reader?.[Symbol.dispose]();
    await this.store.close().catch(failed);
    await ended;
    return await this.#run.catch((error): number => {
      failed(error);
      return 0;
    });
  }

  #onTrouble({ kind, message, cause }: StoreTrouble): void {
    this.#events?.print(LEVELS[kind], message);
    if (kind === "full" || kind === "busy") this.#stuck.resolve(message);
    if (kind === "recovered") this.#stuck = Promise.withResolvers();
    if (kind === "overflow" || kind === "failed") this.#outcome.fail(message);
    if (kind === "failed") {
      this.#onFailed(cause === undefined ? message : `${message}: ${String(cause)}`);
    }
  }
}
