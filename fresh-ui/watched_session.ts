/**
 * A session that is looked at.
 *
 * @module
 */

import { plotsOf } from "../session/figures/declared_plots.ts";
import { toSeconds } from "../session/moment.ts";
import type { Reader } from "../session/store/reader.ts";
import type { EventsOptions, RunOutline } from "../session/store/reader_types.ts";
import type { Clock } from "../time/clock.ts";
import type { EventRow, SessionInfo, SessionRow, Status } from "./protocol.ts";
import { RunState } from "./run_state.ts";
import { eventRow, runRow, taskRow, variableRows, variableRowsWithValues } from "./session_rows.ts";
import { TileCache } from "./history/tile_cache.ts";
import { Hub } from "./stream/hub.ts";
import { byName, toWire } from "./wire.ts";

/** Events that are told with a session. */
const LATEST_EVENTS = 100;

/** Milliseconds from one look whether some process writes the file to the next. */
const HELD_EVERY = 2_000;

/** What a session is watched with. */
export interface WatchOptions {
  /** Names it in paths. */
  readonly id: string;
  /** The file's name. */
  readonly file: string;
  /** Reads it; it is closed with the session. */
  readonly reader: Reader;
  /** What time it is. */
  readonly clock: Clock;
  /** Whether the page may ask the run for something. */
  readonly control: boolean;
  /** Whether some process writes the file; undefined where that can't be seen. @default it can't */
  readonly held?: () => boolean | undefined;
  /** Whether the reader belongs to somebody else, who closes it. @default false */
  readonly borrowed?: boolean;
  /** Told of what keeps the file from being read. */
  onTrouble?(error: unknown): void;
}

/** A session's file, open for everybody who looks at it. */
export class WatchedSession implements Disposable {
  /** Names it in paths. */
  readonly id: string;
  /** Reads it. */
  readonly reader: Reader;
  /** Sends what is new. */
  readonly hub: Hub;
  /** Reads and keeps tiles. */
  readonly tiles: TileCache;
  readonly #options: WatchOptions;
  readonly #state: RunState;
  #live: Status | undefined;
  #held = true;
  #lookedAt = -Infinity;

  /** Reads nothing yet. */
  constructor(options: WatchOptions) {
    this.#options = options;
    this.id = options.id;
    this.reader = options.reader;
    this.#state = new RunState(options.reader);
    this.tiles = new TileCache(options.reader);
    this.hub = new Hub(this, options.clock);
  }

  /** Tells how the run stands, which only the process knows in which it runs; undefined once it is over. */
  set live(status: Status | undefined) {
    if (changedInSubstance(this.#live, status)) this.hub.hurryStatus();
    this.#live = status;
  }

  /** How the last run stands. */
  status(): Status {
    return this.reader.snapshot(() => {
      const run = this.#runs().at(-1);
      this.#state.follow(run);
      const state = run?.status ?? "completed";
      const devices = this.#state.devices(state === "running");
      const alarms = this.#state.alarms();
      const common = {
        now: toSeconds(this.#options.clock.wall()),
        entries: this.reader.range().entries,
        ...outboxOf(this.reader),
      };
      const live = this.#live;
      if (live === undefined) {
        return { ...common, state, tasks: this.reader.statistics().map(taskRow), devices, alarms };
      }
      return {
        ...live,
        ...common,
        devices: live.devices.length > 0 ? live.devices : devices,
        alarms: live.alarms.length > 0 ? live.alarms : alarms,
      };
    });
  }

  /** The runs. One that nobody writes any more was lost, though nobody has come yet to say so in the file. */
  #runs(): RunOutline[] {
    const runs = this.reader.runOutlines();
    const last = runs.at(-1);
    if (last?.status !== "running" || this.#live !== undefined) return runs;
    const now = this.#options.clock.monotonic();
    if (!(now - this.#lookedAt < HELD_EVERY)) {
      this.#lookedAt = now;
      this.#held = this.#options.held?.() ?? true;
    }
    return this.#held ? runs : [...runs.slice(0, -1), { ...last, status: "lost" }];
  }

  /** Everything but the series. */
  info(): SessionInfo {
    return this.reader.snapshot(() => {
      const { reader } = this;
      const { first, last } = reader.range();
      return {
        id: this.id,
        file: this.#options.file,
        ...this.#catalogue(),
        variables: variableRowsWithValues(reader),
        span: first === null || last === null ? null : [toSeconds(first), toSeconds(last)],
        status: this.status(),
        seq: reader.lastSeq(),
        events: this.events({ limit: LATEST_EVENTS }),
        control: this.#options.control,
      };
    });
  }

  /** What is told when it changes, as a text that can be compared. */
  catalogue(): string {
    return JSON.stringify(this.#catalogue());
  }

  #catalogue() {
    const { reader } = this;
    const runs = this.#runs();
    return {
      runs: runs.map(runRow),
      variables: variableRows(reader),
      plots: plotsOf(reader, runs.at(-1)),
      datasets: reader.datasetCounts(),
      parameters: byName(
        [...reader.parameters()].map(([name, { value }]) => [name, toWire(value)]),
      ),
      metadata: byName([...reader.metadata()].map(([name, { value }]) => [name, value])),
    };
  }

  /** Its line in a list. */
  row(): SessionRow {
    return this.reader.snapshot(() => {
      const runs = this.#runs();
      const run = runs.at(-1);
      return {
        id: this.id,
        file: this.#options.file,
        run: run === undefined ? null : runRow(run),
        runs: runs.length,
        entries: this.reader.range().entries,
        variables: this.reader.variables().map(({ name }) => name),
      };
    });
  }

  /** Events in their order. */
  events(options: EventsOptions): EventRow[] {
    return this.reader.events(options).map(eventRow);
  }

  /** Tells whoever wants to know what keeps the file from being read. */
  report(error: unknown): void {
    this.#options.onTrouble?.(error);
  }

  /** Ends all streams and closes the file. */
  [Symbol.dispose](): void {
    this.hub[Symbol.dispose]();
    if (this.#options.borrowed !== true) this.reader.close();
  }
}

/** How messages stand, if there are any. */
function outboxOf(reader: Reader): Pick<Status, "outbox"> {
  const { waiting, sent, failed, expired, lastError } = reader.outboxTotals();
  if (waiting + sent + failed + expired === 0) return {};
  return {
    outbox: {
      waiting,
      sent,
      failed: failed + expired,
      ...lastError === undefined ? {} : { lastError },
    },
  };
}

/** Whether more changed than times and counts: what a person wants to see at once. */
function changedInSubstance(before: Status | undefined, after: Status | undefined): boolean {
  const substance = (status: Status | undefined): string =>
    JSON.stringify(
      status && [
        status.state,
        status.stopping,
        status.tasks.map(({ name, state }) => [name, state]),
        status.devices,
        status.alarms,
      ],
    ) ?? "";
  return substance(before) !== substance(after);
}
