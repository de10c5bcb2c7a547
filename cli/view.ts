/**
 * `stripchart view`: session files in the browser.
 *
 * @module
 */

import type { CommandLine } from "../command_line/flags.ts";
import { portFlag } from "../command_line/port.ts";
import { serveView } from "../fresh-ui/serve.ts";
import type { Command, CommandContext } from "./command.ts";

/** The command. */
export const view: Command = {
  words: { least: 0, most: 1, written: "[FILE|FOLDER]" },
  flags: [
    { name: "port", value: "N", description: "serve on that port [6913 or the next that is free]" },
    {
      name: "host",
      value: "ADDRESS",
      description: "listen there [127.0.0.1]; any other address asks visitors for a token",
    },
  ],
  details: `It shows a session's file, finished or still being written, or all session
files of a folder; the present folder if none is named. Nothing is written.
Ctrl-C ends it.`,
  async run({ words, flags }: CommandLine, context: CommandContext): Promise<number> {
    const { stdout, stderr, signal, clock } = context;
    const port = portFlag(flags, "port");
    const host = flags["host"];
    await using server = await serveView(words[0] ?? ".", {
      clock,
      ...(port === undefined ? {} : { port }),
      ...(typeof host === "string" ? { host } : {}),
      onTrouble: ({ message }) => stderr.write(`${message}\n`),
    });
    stdout.write(`${server.url}\n`);
    if (!signal.aborted) {
      await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    }
    return 0;
  },
};
