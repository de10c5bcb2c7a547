/**
 * What went or is wrong in words.
 *
 * @module
 */

import { formatCount, formatLength } from "../plots/format.ts";
import type { Level } from "../session/store/types.ts";
import { NAME, oneLine } from "./one_line.ts";
import type { Standing, Trouble } from "./report.ts";

/** Something that went or is wrong. */
export interface TroubleWords {
  /** What and whom it concerns. */
  readonly title: string;
  /** How often and when. */
  readonly when: string;
  /** What was said, the first and the last of it. */
  readonly messages: readonly string[];
  /** How grave it is. */
  readonly level: Level;
}

const LABELS: Readonly<Record<string, string>> = {
  gap: "Gap",
  overrun: "Starts missed",
  failure: "Failure",
  "task-failed": "Task given up",
  "task-abandoned": "Task left behind",
  hung: "Step that hangs",
  alarm: "Alarm",
  "device lost": "Device lost",
  "device recovered": "Device recovered",
  "device reopened": "Device opened anew",
  device: "Device",
  "clock-step": "Clock set",
  interrupt: "Interrupted",
  log: "Log",
  recovered: "Recording delayed",
  stalled: "Program stood still",
  replaced: "File moved",
  report: "Report",
  notification: "Message",
  heartbeat: "Heartbeat",
  live: "Live page",
};

function labelOf(kind: string): string {
  const known = Object.hasOwn(LABELS, kind) ? LABELS[kind] : undefined;
  if (known !== undefined) return known;
  return `${kind.slice(0, 1).toUpperCase()}${kind.slice(1)}`;
}

/** Things of one sort in words. */
export function troubleWords(trouble: Trouble, moment: (t: number) => string): TroubleWords {
  const { kind, source, count, first, last, firstMessage, lastMessage, level } = trouble;
  const whom = source === undefined ? "" : `: ${source}`;
  const often = count === 1 ? "" : `${formatCount(count)} times, `;
  const when = first === last ? moment(last) : `${moment(first)} to ${moment(last)}`;
  return {
    title: oneLine(labelOf(kind) + whom, 2 * NAME),
    when: often + when,
    messages: [...new Set([oneLine(firstMessage), oneLine(lastMessage)])],
    level,
  };
}

/** What is wrong at this moment in words. */
export function standingWords(
  { what, name, message, level, since }: Standing,
  moment: (t: number) => string,
  now: number,
): TroubleWords {
  const states = { device: "is lost", alarm: "is raised", task: "was given up" } as const;
  const whats = { device: "The device", alarm: "The alarm", task: "The task" } as const;
  return {
    title: oneLine(`${whats[what]} ${name} ${states[what]}`, 2 * NAME),
    when: since === undefined
      ? ""
      : `since ${moment(since)}, for ${formatLength(Math.max(0, Math.round(now - since)))}`,
    messages: [oneLine(message)],
    level: level === "error" ? "error" : "warning",
  };
}
