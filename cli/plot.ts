/**
 * `stripchart plot`: a plot of a session file as a picture.
 *
 * @module
 */

import type { CommandLine } from "../command_line/flags.ts";
import { plotInWords } from "../plots/define.ts";
import { openSession } from "../session/open_session.ts";
import { printable } from "../session/status_line.ts";
import type { Command, CommandContext } from "./command.ts";
import { chosenPlot, plotRequest } from "./plot/request.ts";

/** How long it may take; Ctrl-C ends it sooner. */
const TIMEOUT = "1d";

/** The command. */
export const plot: Command = {
  words: { least: 1, most: 1, written: "FILE" },
  flags: [
    { name: "output", short: "o", value: "PICTURE", description: "its file: NAME.png or NAME.svg" },
    {
      name: "plot",
      value: "N",
      description: "the N-th plot that the last run declares [the first]",
    },
    { name: "variables", value: "A,B", description: "these variables over time" },
    { name: "x", value: "A", description: "what is along the horizontal axis, with --y" },
    { name: "y", value: "B,C", description: "what is along the vertical axis" },
    { name: "z", value: "D", description: "what gives the colour of a heat map" },
    { name: "dataset", value: "NAME", description: "the last dataset of that name" },
    { name: "from", value: "TIME", description: "since when: '2026-11-26 14:00', Unix seconds" },
    { name: "to", value: "TIME", description: "until when" },
    { name: "last", value: "DURATION", description: "the last while of it, such as 2h" },
    { name: "size", value: "WxH", description: "its size [1200x675]" },
    { name: "scale", value: "N", description: "pixels of a PNG for each of them [2]" },
    { name: "dark", description: "light lines on a dark ground" },
  ],
  details: `It draws what the live page shows of a session's file, finished or still being
written. Where the last run declares no plot, all variables are drawn over time.
It needs to read the file and to write the picture:
  --allow-read=FILE,FILE-wal --allow-write=PICTURE`,
  async run(line: CommandLine, { stdout, stderr, signal }: CommandContext): Promise<number> {
    const request = plotRequest(line);
    const { file, output, format, options } = request;
    using session = openSession(file);
    const figure = session.figure(chosenPlot(request, session.plots(), stderr), {
      ...options,
      signal,
      timeout: TIMEOUT,
    });
    write(output, format === "svg" ? await figure.svg() : await figure.png());
    stdout.write(`${output}: ${printable(plotInWords(figure.plot))}\n`);
    return 0;
  },
};

function write(path: string, picture: string | Uint8Array): void {
  try {
    if (typeof picture === "string") Deno.writeTextFileSync(path, picture);
    else Deno.writeFileSync(path, picture);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) throw error;
    throw new Deno.errors.NotCapable(
      `Cannot write ${path}, as Deno does not permit it. Run with --allow-write=${path}`,
    );
  }
}
