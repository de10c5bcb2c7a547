/**
 * What the live page's server and its clients say to each other. The server, the page and the remote observer
 * are written against these types, so that none can drift from the others.
 *
 * Paths are relative to where the page is mounted. `:file` is a session's {@linkcode SessionInfo.id}. Times are Unix
 * seconds. NaN and the infinities, which JSON lacks, are written as the texts `"NaN"`, `"Infinity"` and `"-Infinity"`.
 *
 * | request | answer |
 * | --- | --- |
 * | `GET .` | the page with the session that began last; `GET sessions/:file` with that one |
 * | `GET api/sessions` | {@linkcode SessionList} |
 * | `GET api/sessions/:file` | {@linkcode SessionInfo} |
 * | `GET api/sessions/:file/stream?since=SEQ` | server-sent events, {@linkcode StreamMessages} |
 * | `GET api/sessions/:file/tiles?name=A&name=B&from=T&to=T&buckets=N` | binary, see `tiles.ts` |
 * | `GET api/sessions/:file/points?name=X&name=Y&from=T&to=T&most=N` | binary, see `points.ts` |
 * | `GET api/sessions/:file/events?before=SEQ&limit=N` | {@linkcode EventRow}[] |
 * | `GET api/sessions/:file/datasets/:name?n=-1&buckets=N` | {@linkcode DatasetInfo} |
 * | `GET api/sessions/:file/plan?run=N` | {@linkcode PlanInfo} |
 * | `GET api/sessions/:file/export.csv?name=A&from=T&to=T` | text/csv |
 * | `POST api/sessions/:file/control` with `ControlRequest` | `ControlAnswer` |
 *
 * @module
 */

import type { PlotDefinition } from "../plots/definition.ts";
import type { OutboxState } from "./outbox_protocol.ts";

export type { ControlAnswer, ControlRequest } from "./control_protocol.ts";
export type { OutboxState } from "./outbox_protocol.ts";

/** A number; one that JSON lacks as text. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

/** How a run ended, or that it runs. `"lost"`: it never could say. */
export type RunState = "running" | "completed" | "failed" | "interrupted" | "lost";

/** A run of a session's file. */
export interface RunRow {
  /** Its number in the file, from 1. */
  readonly id: number;
  /** The experiment's name. */
  readonly name: string;
  /** When it began. */
  readonly started: number;
  /** When it ended; null while it runs, or if it was lost. */
  readonly ended: number | null;
  /** How it ended. */
  readonly state: RunState;
  /** Why it ended. */
  readonly reason: string | null;
}

/** A variable. */
export interface VariableRow {
  /** Its name. */
  readonly name: string;
  /** Its unit. */
  readonly unit?: string;
  /** What axes call it. */
  readonly label?: string;
  /** A sentence. */
  readonly description?: string;
  /** The value recorded last and when, if there is one. */
  readonly last?: { readonly t: number; readonly value: WireNumber };
  /** Seconds from one value to the next as its task promises; the value is stale well after that. */
  readonly period?: number;
}

/** A task of a run. */
export interface TaskRow {
  /** Its name. */
  readonly name: string;
  /** What it is: `"every"`, `"sweep"`, … */
  readonly kind: string;
  /** Seconds from start to start, of a periodic task. */
  readonly period: number | null;
  /** `"waiting"`, `"running"`, `"paused"`, `"done"`, `"failed"`, `"stopped"`, `"abandoned"`. */
  readonly state: string;
  /** Steps that ran. */
  readonly ticks: number;
  /** Starts that were missed. */
  readonly skipped: number;
  /** Steps that threw. */
  readonly failures: number;
  /** How late steps began, milliseconds; null where nothing was seen. */
  readonly lateness: { readonly p50: number | null; readonly p99: number | null };
  /** Whether it can be paused from the page. */
  readonly pausable: boolean;
}

/** A device and what was last heard of it. */
export interface DeviceRow {
  /** The name the experiment gave it. */
  readonly name: string;
  /** What and where it is, as the plan says. */
  readonly title: string;
  /** `"open"`, `"lost"` or `"closed"`. */
  readonly state: string;
  /** What was said of it last. */
  readonly message?: string;
  /** When. */
  readonly since?: number;
}

/** An alarm and whether it is raised. */
export interface AlarmRow {
  /** Its name. */
  readonly name: string;
  /** How grave it is. */
  readonly level: Level;
  /** Whether it is raised. */
  readonly raised: boolean;
  /** Since when it is as it is. */
  readonly since?: number;
  /** What was said of it last. */
  readonly message?: string;
  /** Who has seen that it is raised, if anybody has. */
  readonly acknowledged?: string;
}

/** How grave an event is. */
export type Level = "debug" | "info" | "warning" | "error";

/** Something that happened. */
export interface EventRow {
  /** Its place in the order of everything stored. */
  readonly seq: number;
  /** When. */
  readonly t: number;
  /** What kind: `"gap"`, `"overrun"`, `"failure"`, `"note"`, … */
  readonly kind: string;
  /** How grave it is. */
  readonly level: Level;
  /** Whom it concerns. */
  readonly source?: string;
  /** A sentence. */
  readonly message: string;
  /** Of a gap: from when to when nothing was recorded. */
  readonly span?: readonly [from: number, to: number];
}

/** How a run stands; only the process in which it runs knows the parts that may be absent. */
export interface Status {
  /** The server's time. */
  readonly now: number;
  /** How the run is. */
  readonly state: RunState;
  /** Whether a stop was asked for. */
  readonly stopping?: boolean;
  /** The fraction that is done, from 0 to 1. */
  readonly fraction?: number;
  /** When it will be over, as far as that is known. */
  readonly endsAt?: number;
  /** The tasks. */
  readonly tasks: readonly TaskRow[];
  /** The devices. */
  readonly devices: readonly DeviceRow[];
  /** The alarms. */
  readonly alarms: readonly AlarmRow[];
  /** Entries in the file. */
  readonly entries: number;
  /** Messages to people; absent if there never was one. */
  readonly outbox?: OutboxState;
}

/** Everything about a session but its series. */
export interface SessionInfo {
  /** Names it in paths: the file's name without its folder. */
  readonly id: string;
  /** The file's name. */
  readonly file: string;
  /** The runs, oldest first. */
  readonly runs: readonly RunRow[];
  /** The variables, in the order in which they were first named. */
  readonly variables: readonly VariableRow[];
  /** The plots that the last run declares. */
  readonly plots: readonly PlotDefinition[];
  /** The names of the datasets. */
  readonly datasets: readonly { readonly name: string; readonly count: number }[];
  /** The parameters. */
  readonly parameters: Readonly<Record<string, WireNumber>>;
  /** The metadata. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The times of the first and the last entry, if there is one. */
  readonly span: readonly [first: number, last: number] | null;
  /** How the last run stands. */
  readonly status: Status;
  /** The last place in the order of what is told here: a stream from there on misses nothing. */
  readonly seq: number;
  /** The latest events, oldest first. */
  readonly events: readonly EventRow[];
  /** What the page may do. */
  readonly control: boolean;
}

/** What the page is sent with, as JSON in the element `initial`, so that it shows something at once. */
export interface InitialData {
  /** The path under which the page is, without a slash at its end: what requests begin with. */
  readonly base: string;
  /** The session that it opens with; null if there is none. */
  readonly session: SessionInfo | null;
}

/** A session in a list. */
export interface SessionRow {
  /** Names it in paths. */
  readonly id: string;
  /** The file's name. */
  readonly file: string;
  /** The last run. */
  readonly run: RunRow | null;
  /** How many runs there are. */
  readonly runs: number;
  /** Entries in the file. */
  readonly entries: number;
  /** The names of the variables. */
  readonly variables: readonly string[];
  /** Why it can't be read, if so; the rest is empty then. */
  readonly trouble?: string;
}

/** The sessions that there are to look at. */
export interface SessionList {
  /** The sessions, the one that began last first. */
  readonly sessions: readonly SessionRow[];
  /** The one that the page opens with. */
  readonly current: string;
}

/** Entries with the same variables, in the order in which they were recorded. */
export interface EntryBatch {
  /** The variables. */
  readonly names: readonly string[];
  /** One time an entry. */
  readonly t: readonly number[];
  /** One list a variable, with one value an entry. */
  readonly values: readonly (readonly WireNumber[])[];
  /**
   * Set if there were more entries than a page can draw: those with the least and the greatest values were kept. Where
   * there are very many variables each then has a batch of its own.
   */
  readonly thinned?: true;
}

/**
 * What the stream sends, by the event's name. An `id` is the place in the order of everything stored up to which the page
 * then knows all; a browser sends it back as `Last-Event-ID` and misses nothing. Only the last message of several that
 * belong together has one, so after a broken connection an {@linkcode EventRow} may come again: its `seq` tells.
 *
 * A stream begins with `session`, and with what was recorded since the place that the client named, or with `skipped`.
 */
export interface StreamMessages {
  /** New entries, coalesced: at most 20 a second. */
  readonly entries: { readonly batches: readonly EntryBatch[] };
  /** New events. */
  readonly events: readonly EventRow[];
  /** How the run stands: each second, and at each change. */
  readonly status: Status;
  /** Variables, plots, datasets, parameters, metadata or runs changed. */
  readonly session: SessionInfo;
  /**
   * Entries were left out, as there were more than the client could take: it fetches the tiles of that time anew.
   */
  readonly skipped: { readonly from: number; readonly to: number };
}

/** A dataset. */
export interface DatasetInfo {
  /** Its name. */
  readonly name: string;
  /** Which of that name, from 0. */
  readonly n: number;
  /** When it was stored. */
  readonly t: number;
  /** The kind of its elements. */
  readonly dtype: string;
  /** Its length along each axis. */
  readonly shape: readonly number[];
  /** Indices of `values`, of a numeric one; reduced to least and greatest in each bucket if there are more. */
  readonly index?: readonly number[];
  /** The values at `index`. */
  readonly values?: readonly WireNumber[];
  /** The value of one that is JSON. */
  readonly json?: unknown;
}

/** What was run. */
export interface PlanInfo {
  /** The run. */
  readonly run: number;
  /** The plan as a person reads it. */
  readonly description: string | null;
  /** The script's text. */
  readonly source: string | null;
  /** Facts by name: versions, host, git commit. */
  readonly facts: Readonly<Record<string, string>>;
}
