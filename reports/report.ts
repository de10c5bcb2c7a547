/**
 * What a report tells: how a run stands, and what came about since the last report.
 *
 * @module
 */

import type { Level } from "../session/store/types.ts";

/** Why a report is made: it was due, or the run began, ended, or something happened to it. */
export type ReportKind = "regular" | "start" | "end" | "failure" | "alarm";

/** A variable's last value and what became of it. Times are Unix seconds. */
export interface ValueLine {
  /** The variable. */
  readonly name: string;
  /** What a person calls it, if that is not its name. */
  readonly label?: string;
  /** Its unit. */
  readonly unit?: string;
  /** Its last value. */
  readonly value: number;
  /** When that was recorded. */
  readonly t: number;
  /** Whether a newer one should have come by now. */
  readonly stale: boolean;
  /** What the change counts from: the last report's value, or the first one since; NaN if there is none. */
  readonly before: number;
  /** Least value since the last report; NaN if there was none that is finite. */
  readonly min: number;
  /** Greatest value since the last report; NaN if there was none that is finite. */
  readonly max: number;
}

/** Something that is wrong at this moment. */
export interface Standing {
  /** What: a device that is lost, an alarm that is raised, a task that was given up. */
  readonly what: "device" | "alarm" | "task";
  /** Its name. */
  readonly name: string;
  /** How grave it is. */
  readonly level: Level;
  /** What is known of it. */
  readonly message: string;
  /** Since when, Unix seconds, if that is known. */
  readonly since?: number;
}

/** Things of one sort that went wrong since the last report. */
export interface Trouble {
  /** The sort, as events name it: `"gap"`, `"overrun"`, `"device"`, … */
  readonly kind: string;
  /** Whom it concerns. */
  readonly source?: string;
  /** The gravest of them. */
  readonly level: Level;
  /** How often. */
  readonly count: number;
  /** When the first one was, Unix seconds. */
  readonly first: number;
  /** When the last one was, Unix seconds. */
  readonly last: number;
  /** What the first one said. */
  readonly firstMessage: string;
  /** What the last one said. */
  readonly lastMessage: string;
}

/** A task's figures. */
export interface TaskLine {
  /** The task. */
  readonly name: string;
  /** `"running"`, `"paused"`, `"failed"`, … */
  readonly state: string;
  /** Its period, seconds. */
  readonly period?: number;
  /** Steps that ran. */
  readonly steps: number;
  /** Starts that were missed. */
  readonly missed: number;
  /** Steps that threw. */
  readonly failed: number;
  /** How late its steps began, 99th percentile, seconds; NaN if it has no times to keep. */
  readonly late: number;
}

/** A plot of the run. */
export interface PlotLine {
  /** What it shows. */
  readonly title: string;
  /** Names the picture in the HTML; absent if there is none. */
  readonly cid?: string;
  /** What the picture shows in a sentence. */
  readonly description?: string;
}

/** The run before this one, if it did not come to its end. */
export interface RunBefore {
  /** Its number. */
  readonly run: number;
  /** How it ended. */
  readonly state: string;
  /** Why. */
  readonly reason: string;
}

/** A report. Times are Unix seconds. */
export interface Report {
  /** Why it is made. */
  readonly kind: ReportKind;
  /** What happened, in a sentence; empty for a regular one. */
  readonly reason: string;
  /** The experiment. */
  readonly name: string;
  /** `"running"`, `"stopping"`, `"completed"`, `"failed"` or `"interrupted"`. */
  readonly state: string;
  /** Where the data is. */
  readonly file: string;
  /** The run's number in the file. */
  readonly run: number;
  /** When the report was made. */
  readonly now: number;
  /** From when on it tells what happened. */
  readonly since: number;
  /** Whether that is the last report, as against the run's beginning. */
  readonly sinceReport: boolean;
  /** When the run began. */
  readonly started: number;
  /** The fraction that is done, from 0 to 1, where it is known. */
  readonly fraction?: number;
  /** When the run will be over at this pace, where it is known. */
  readonly endsAt?: number;
  /** How many entries the file has. */
  readonly entries: number;
  /** What is wrong at this moment. */
  readonly standing: readonly Standing[];
  /** The last values. */
  readonly values: readonly ValueLine[];
  /** How many variables are left out. */
  readonly moreValues: number;
  /** The plots. */
  readonly plots: readonly PlotLine[];
  /** What went wrong since the last report, the gravest and latest first. */
  readonly troubles: readonly Trouble[];
  /** How many happenings are left out. */
  readonly moreTroubles: number;
  /** The tasks. */
  readonly tasks: readonly TaskLine[];
  /** How many tasks are left out. */
  readonly moreTasks: number;
  /** The run before, if it is worth a word. */
  readonly before?: RunBefore;
  /** What could not be shown or sent along, in sentences. */
  readonly notes: readonly string[];
}

/** What the next report counts from. */
export interface Baseline {
  /** When the report was made, integer microseconds since 1970. */
  readonly t: number;
  /** The last place in the order of everything stored that it knew. */
  readonly seq: number;
  /** The values that it told. */
  readonly values: Readonly<Record<string, number>>;
}
