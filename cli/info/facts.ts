/**
 * What a session file holds, as data.
 *
 * @module
 */

import type { WireNumber } from "../../fresh-ui/protocol.ts";
import { toWire } from "../../fresh-ui/wire.ts";
import { plotInWords } from "../../plots/define.ts";
import type { PlotDefinition } from "../../plots/definition.ts";
import { mayRead } from "../../session/_granted.ts";
import { toSeconds } from "../../session/moment.ts";
import type { SavedSession } from "../../session/open_session.ts";
import type { OutboxEntry } from "../../session/outbox/entry.ts";
import { readerOf } from "../../session/reader_of.ts";
import { isHeld } from "../../session/store/lock.ts";
import type { OutboxTotals } from "../../session/store/outbox_types.ts";
import type { Level, RunInfo, RunStatus, TaskStatistics } from "../../session/store/types.ts";

/** Warnings and errors that are told: the last ones. */
const MOST_EVENTS = 20;
/** Messages that are told: the latest. */
const MOST_MESSAGES = 20;
/** Events of the file among which they are looked for. */
const MOST_READ = 20_000;

/** A run. Times are Unix seconds. */
export interface RunFacts {
  /** Its number in the file. */
  readonly id: number;
  /** The experiment's name. */
  readonly name: string;
  /** How it ended; `"lost"` if it never could say. */
  readonly status: RunStatus;
  /** Why it ended. */
  readonly reason: string | null;
  /** When it began. */
  readonly started: number;
  /** When it ended; null if it runs or was lost. */
  readonly ended: number | null;
}

/** A variable. */
export interface VariableFacts {
  /** Its name. */
  readonly name: string;
  /** Its unit. */
  readonly unit?: string;
  /** What axes call it. */
  readonly label?: string;
  /** A sentence. */
  readonly description?: string;
  /** The value that was recorded last, and when, Unix seconds. */
  readonly last?: { readonly t: number; readonly value: WireNumber };
}

/** Something that went wrong. */
export interface TroubleFacts {
  /** When, Unix seconds. */
  readonly t: number;
  /** In which run. */
  readonly run: number;
  /** What kind. */
  readonly kind: string;
  /** How grave it is. */
  readonly level: Level;
  /** Whom it concerns. */
  readonly source?: string;
  /** A sentence. */
  readonly message: string;
}

/** What a session file holds. NaN and the infinities, which JSON lacks, are texts. */
export interface SessionFacts {
  /** Its path. */
  readonly file: string;
  /** Its size, bytes; null if that can't be seen. */
  readonly bytes: number | null;
  /** How many entries it has. */
  readonly entries: number;
  /** The times of the first and the last one, Unix seconds. */
  readonly span: readonly [first: number, last: number] | null;
  /** The runs, oldest first. */
  readonly runs: readonly RunFacts[];
  /** The variables, in the order in which they were first named. */
  readonly variables: readonly VariableFacts[];
  /** The parameters. */
  readonly parameters: readonly { readonly name: string; readonly value: WireNumber }[];
  /** The metadata. */
  readonly metadata: readonly { readonly name: string; readonly text: string }[];
  /** The names of the datasets, and how many there are of each. */
  readonly datasets: readonly { readonly name: string; readonly count: number }[];
  /** The plots that the last run declares, in words and as data. */
  readonly plots: readonly { readonly title: string; readonly plot: PlotDefinition }[];
  /** How the tasks of the last run did; milliseconds. */
  readonly tasks: readonly TaskFacts[];
  /** Messages to people: how many there are of each state, and the latest. */
  readonly messages: { readonly totals: OutboxTotals; readonly latest: readonly OutboxEntry[] };
  /** The last warnings and errors, oldest first. */
  readonly troubles: readonly TroubleFacts[];
}

/** A task's figures; numbers that were not seen are null. */
export interface TaskFacts extends Omit<TaskStatistics, "lateness" | "duration"> {
  /** How late steps began, milliseconds. */
  readonly lateness: Spread;
  /** How long steps took, milliseconds. */
  readonly duration: Spread;
}

/** Median, 99th percentile and greatest. */
export interface Spread {
  /** The median. */
  readonly p50: number | null;
  /** The 99th percentile. */
  readonly p99: number | null;
  /** The greatest. */
  readonly max: number | null;
}

/** Gathers what a session file holds, as it is at one moment. */
export function gatherFacts(session: SavedSession): SessionFacts {
  const reader = readerOf(session);
  return reader.snapshot(() => {
    const { first, last, entries } = reader.range();
    const span = first === null || last === null
      ? null
      : [toSeconds(first), toSeconds(last)] as const;
    return {
      file: session.file,
      bytes: sizeOf(session.file),
      entries,
      span,
      runs: runsOf(session),
      variables: variablesOf(session),
      parameters: Object.entries(session.parameters())
        .map(([name, value]) => ({ name, value: toWire(value) })),
      metadata: Object.entries(session.metadata()).map(([name, text]) => ({ name, text })),
      datasets: reader.datasetCounts(),
      plots: session.plots().map((plot) => ({ title: plotInWords(plot), plot })),
      tasks: session.statistics().map(taskFacts),
      messages: { totals: session.outboxTotals(), latest: session.outbox(MOST_MESSAGES) },
      troubles: troublesOf(session),
    };
  });
}

function sizeOf(file: string): number | null {
  try {
    return Deno.statSync(file).size;
  } catch {
    return null;
  }
}

/** The runs; the last one is lost if it never said that it ended and nobody writes the file. */
function runsOf(session: SavedSession): RunFacts[] {
  const runs = session.runs();
  const left = runs.at(-1)?.status === "running" && mayRead(`${session.file}.lock`) &&
    isHeld(session.file) === false;
  return runs.map(({ id, name, status, reason, started, ended }: RunInfo): RunFacts => ({
    id,
    name,
    status: left && status === "running" ? "lost" : status,
    reason,
    started: toSeconds(started),
    ended: ended === null ? null : toSeconds(ended),
  }));
}

function variablesOf(session: SavedSession): VariableFacts[] {
  const lasts = session.loggedLastValues();
  return session.loggedVariables().map((name) => {
    const last = lasts[name];
    return {
      name,
      ...session.variableInfo(name),
      ...(last === undefined ? {} : { last: { t: last.t, value: toWire(last.value) } }),
    };
  });
}

function taskFacts({ lateness, duration, ...others }: TaskStatistics): TaskFacts {
  const spread = ({ p50, p99, max }: TaskStatistics["lateness"]): Spread => ({
    p50: orNull(p50),
    p99: orNull(p99),
    max: orNull(max),
  });
  return { ...others, lateness: spread(lateness), duration: spread(duration) };
}

function orNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function troublesOf(session: SavedSession): TroubleFacts[] {
  return session.events({ limit: MOST_READ })
    .filter(({ level }) => level === "warning" || level === "error")
    .slice(-MOST_EVENTS)
    .map(({ t, run, kind, level, source, message }) => ({
      t: toSeconds(t),
      run,
      kind,
      level,
      message,
      ...(source === undefined ? {} : { source }),
    }));
}
