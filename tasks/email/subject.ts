/**
 * The subject of a report.
 *
 * @module
 */

import { momentText } from "../../plots/time_ticks.ts";
import { zoneOffset } from "../../plots/zone.ts";
import { oneLine } from "../../reports/one_line.ts";

/** What a subject may say. */
export interface SubjectFacts {
  /** The experiment. */
  readonly name: string;
  /** How the run is, in a word. */
  readonly state: string;
  /** Why the report is made; empty for one that was due. */
  readonly reason: string;
  /** When, Unix seconds. */
  readonly now: number;
  /** The zone of the clocks by which that is told. */
  readonly timeZone: string;
}

const FIELDS = ["name", "state", "reason", "time"];

/** Longest subject, characters: what comes first is read on a phone. */
const LONGEST = 200;

/**
 * Refuses a template with fields that there are not.
 *
 * @throws {TypeError} If it has one.
 */
export function checkTemplate(template: string): void {
  for (const [field, name] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (FIELDS.includes(name ?? "")) continue;
    throw new TypeError(
      `Cannot write a subject, as it has an unknown field: ${field}. ` +
        `There are: ${FIELDS.map((one) => `{${one}}`).join(", ")}.`,
    );
  }
}

/** The subject of a report: one line, whatever its parts hold. */
export function subjectOf(template: string | undefined, facts: SubjectFacts): string {
  const { name, state, reason, now, timeZone } = facts;
  const chosen = template ?? (reason === "" ? "{name}: {state}" : "{name}: {state}, {reason}");
  const values: Readonly<Record<string, string>> = {
    name,
    state,
    reason,
    time: momentText(now, zoneOffset(timeZone)),
  };
  // At once, so that a name in braces is not taken for a field.
  const text = chosen.replace(
    /\{(\w+)\}/g,
    (field, key: string) => Object.hasOwn(values, key) ? values[key] ?? "" : field,
  );
  return oneLine(text.replace(/[\s,:;–-]+$/u, ""), LONGEST);
}
