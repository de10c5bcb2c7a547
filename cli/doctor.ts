/**
 * `stripchart doctor`: what keeps this computer from its instruments.
 *
 * @module
 */

import type { Command, CommandContext } from "./command.ts";
import { examine } from "./doctor/examine.ts";
import { formatReport, isWell } from "./doctor/report.ts";
import { thisComputer } from "./doctor/this_computer.ts";

/** The command. */
export const doctor: Command = {
  flags: [{ name: "json", description: "print one line of JSON" }],
  details: `It opens no instrument, changes nothing and waits for nothing longer than five seconds.
What Deno does not permit it to see it names, with the flag that would. Run it with
--allow-all to see everything. The exit code is 1 if something is a problem.`,
  async run({ flags }, { stdout, clock, signal }: CommandContext): Promise<number> {
    using facts = thisComputer(clock);
    const examinations = await examine(facts, clock, signal);
    const well = isWell(examinations);
    stdout.write(
      flags["json"] === true
        ? `${JSON.stringify({ well, examinations })}\n`
        : formatReport(examinations),
    );
    return well ? 0 : 1;
  },
};
