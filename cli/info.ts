/**
 * `stripchart info`: what a session file holds.
 *
 * @module
 */

import type { CommandLine } from "../command_line/flags.ts";
import { openSession } from "../session/open_session.ts";
import type { Command, CommandContext } from "./command.ts";
import { gatherFacts } from "./info/facts.ts";
import { formatFacts } from "./info/report.ts";

/** The command. */
export const info: Command = {
  words: { least: 1, most: 1, written: "FILE" },
  flags: [{ name: "json", description: "print it as JSON, with times in Unix seconds" }],
  details: `It tells of a session's file, finished or still being written: its runs,
variables with their last values, parameters, metadata, datasets, plots, how the
tasks of the last run did, messages to people, and its last warnings and errors. Nothing is written.`,
  // deno-lint-ignore require-await -- what throws is to reject
  async run({ words: [file = ""], flags }: CommandLine, { stdout }: CommandContext) {
    using session = openSession(file);
    const facts = gatherFacts(session);
    stdout.write(flags["json"] === true ? `${JSON.stringify(facts)}\n` : formatFacts(facts));
    return 0;
  },
};
