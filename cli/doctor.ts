/**
 * `stripchart doctor`: what keeps this computer from its instruments.
 *
 * @module
 */

import type { Command, CommandContext } from "./command.ts";
import type { Examination, Verdict } from "./doctor/finding.ts";
import { examineHost, thisHost } from "./doctor/host.ts";

/** What stands before a finding. */
const MARKS: Readonly<Record<Verdict, string>> = {
  ok: "ok     ",
  warning: "warning",
  problem: "PROBLEM",
  unseen: "unseen ",
};

/** Findings as a person reads them. */
function formatExaminations(examinations: readonly Examination[]): string {
  return examinations.map(({ subject, findings }) =>
    [
      subject,
      ...findings.flatMap(({ verdict, message, fix }) => [
        `  ${MARKS[verdict]}  ${message}`,
        ...fix === undefined ? [] : [`           ${fix}`],
      ]),
      "",
    ].join("\n")
  ).join("\n");
}

/** The command. */
export const doctor: Command = {
  flags: [{ name: "json", description: "print one line of JSON" }],
  details:
    "It opens no instrument and changes nothing. The exit code is 1 if something is a problem.",
  run({ flags }, { stdout }: CommandContext): Promise<number> {
    const examinations = [{ subject: "System", findings: examineHost(thisHost()) }];
    stdout.write(
      flags["json"] ? `${JSON.stringify(examinations)}\n` : formatExaminations(examinations),
    );
    const ill = examinations.some(({ findings }) =>
      findings.some(({ verdict }) => verdict === "problem")
    );
    return Promise.resolve(ill ? 1 : 0);
  },
};
