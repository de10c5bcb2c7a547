/**
 * What the doctor found, to be read.
 *
 * @module
 */

import type { Examination, Verdict } from "./finding.ts";

/** What stands before a finding. */
const MARKS: Readonly<Record<Verdict, string>> = {
  ok: "ok",
  warning: "warning",
  problem: "PROBLEM",
  unseen: "unseen",
};

const INDENT = 9;

/** Findings as a person reads them. */
export function formatReport(examinations: readonly Examination[]): string {
  const verdicts = examinations.flatMap(({ findings }) => findings.map(({ verdict }) => verdict));
  const count = (verdict: Verdict): number => verdicts.filter((one) => one === verdict).length;
  const [problems, warnings, unseen] = [count("problem"), count("warning"), count("unseen")];
  const several = (number: number, what: string): string =>
    `${number} ${what}${number === 1 ? "" : "s"}`;
  return [
    ...examinations.flatMap(({ subject, findings }) => [
      subject,
      ...findings.flatMap(({ verdict, message, fix }) => [
        `  ${MARKS[verdict].padEnd(INDENT - 2)}  ${message}`,
        ...fix === undefined ? [] : [`${" ".repeat(INDENT + 2)}${fix}`],
      ]),
      "",
    ]),
    `${several(problems, "problem")}, ${several(warnings, "warning")}, ${unseen} unseen.`,
    "",
  ].join("\n");
}

/** Whether nothing is a problem. */
export function isWell(examinations: readonly Examination[]): boolean {
  return examinations.every(({ findings }) =>
    findings.every(({ verdict }) => verdict !== "problem")
  );
}
