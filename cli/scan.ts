/**
 * `stripchart scan`: which instruments are there.
 *
 * @module
 */

import { type CommandLine, type FlagValues, UsageError } from "../command_line/flags.ts";
import { discover, type DiscoveryEvent } from "../devices/discovery/discover.ts";
import type { Finder } from "../devices/discovery/finder.ts";
import type { FinderName } from "../devices/discovery/finding.ts";
import { identify, type IdentityEvent } from "../devices/discovery/identify.ts";
import { standardFinders } from "../devices/discovery/standard_finders.ts";
import type { VisaFinderOptions } from "../devices/discovery/visa.ts";
import { type DurationText, milliseconds } from "../time/duration.ts";
import type { Command, CommandContext } from "./command.ts";
import { LiveTable } from "./scan/live_table.ts";
import { formatReport } from "./scan/report.ts";
import { formatTable, Rows, tabbed } from "./scan/table.ts";

/** What shells give to a program that Ctrl-C ended. */
const INTERRUPTED = 130;

type ScanEvent = DiscoveryEvent | IdentityEvent;

/** What was asked for. */
interface Request {
  readonly timeout: DurationText;
  readonly expression?: string;
  readonly only?: readonly FinderName[];
  readonly library?: string;
  readonly identify: boolean;
  readonly baudRate?: number;
  readonly json: boolean;
}

function requestOf({ words: [expression], flags }: CommandLine): Request {
  const { only, library, timeout = "3s", json = false, idn = false } = flags;
  const baudRate = baudRateOf(flags);
  if (typeof timeout === "string") asUsage(() => milliseconds(timeout as DurationText));
  return {
    timeout: timeout as DurationText,
    identify: idn === true || baudRate !== undefined,
    json: json === true,
    ...baudRate === undefined ? {} : { baudRate },
    ...expression === undefined ? {} : { expression },
    ...typeof only === "string" ? { only: only.split(",") as FinderName[] } : {},
    ...typeof library === "string" ? { library } : {},
  };
}

function baudRateOf(flags: FlagValues): number | undefined {
  const text = flags["idn-serial"];
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (Number.isInteger(rate) && rate >= 50 && rate <= 50_000_000) return rate;
  throw new UsageError(
    `Cannot scan, as --idn-serial takes a baud rate: ${JSON.stringify(text)}. ` +
      `Write that of the instruments, as --idn-serial 9600.`,
  );
}

/** What is wrong with a value is wrong with the command line. */
function asUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}

function search(
  request: Request,
  { signal, clock }: CommandContext,
  finders: readonly Finder[],
): AsyncGenerator<ScanEvent, void, void> {
  const { identify: asks, json: _json, library, baudRate, ...options } = request;
  const common = { signal, clock, timeout: options.timeout };
  const events = asUsage(() => discover({ ...options, ...common, finders }));
  if (!asks) return events;
  return identify(events, {
    ...common,
    ...library === undefined ? {} : { library },
    ...baudRate === undefined ? {} : { baudRate },
  });
}

/**
 * The command.
 *
 * @param findersFor The finders that search.
 */
export function scanCommand(
  findersFor: (options: VisaFinderOptions) => readonly Finder[],
): Command {
  return {
    words: { least: 0, most: 1, written: "[EXPRESSION]" },
    flags: [
      { name: "idn", description: "ask what is found for *IDN?, but serial ports" },
      {
        name: "idn-serial",
        value: "BAUD",
        description: "ask serial ports too, at this rate: a few bytes may set a device going",
      },
      {
        name: "timeout",
        value: "TIME",
        description: "how long each finder searches, and each instrument has to answer: 3s",
      },
      {
        name: "only",
        value: "FINDERS",
        description: `those that search, of ${findersFor({}).map(({ name }) => name).join(",")}`,
      },
      { name: "library", value: "PATH", description: "the VISA library that searches" },
      { name: "json", description: "print each event as a line of JSON" },
    ],
    details: "EXPRESSION is one of VISA's: '?*INSTR' are all instruments, 'TCPIP?*' all in the " +
      "network.\nA finder that lacks a permission says which flag of Deno it needs, and the others " +
      "go on.\nWhere the output is no terminal, a line has seven columns between tabs: resource, " +
      "instrument,\nserial number, firmware, host or device, how it was found, answer to *IDN?.",
    async run(line, context) {
      const request = requestOf(line);
      const { library } = request;
      const finders = findersFor(library === undefined ? {} : { library });
      const outcomes = await show(search(request, context, finders), request, context);
      if (context.signal.aborted) return INTERRUPTED;
      return outcomes.length > 0 && outcomes.every((one) => one === "failed") ? 1 : 0;
    },
  };
}

/** The command with the finders that there are. */
export const scan: Command = scanCommand(standardFinders);

/** Prints what comes. @returns What became of each finder. */
async function show(
  events: AsyncIterable<ScanEvent>,
  { json, identify: asks, baudRate }: Request,
  { stdout, stderr }: CommandContext,
): Promise<string[]> {
  const rows = new Rows();
  const live = new LiveTable(stdout, !json && stdout.interactive);
  const outcomes: string[] = [];
  const reports: string[] = [];
  for await (const event of events) {
    if (json) stdout.write(`${JSON.stringify(event)}\n`);
    if (event.kind === "finder") {
      outcomes.push(event.report.outcome);
      reports.push(formatReport(event.report));
    } else rows.take(event);
    live.draw(rows);
  }
  live.clear();
  if (json) return outcomes;
  stdout.write(stdout.interactive ? formatTable(rows) : tabbed(rows));
  const count = rows.all.length;
  const counted = count === 0
    ? "Nothing was"
    : count === 1
    ? "1 resource was"
    : `${count} resources were`;
  stderr.write(`${counted} found.\n`);
  for (const report of reports) stderr.write(report);
  if (asks && baudRate === undefined && rows.all.some(({ found }) => found.path !== undefined)) {
    stderr.write("Serial ports were not asked who they are; --idn-serial BAUD does so.\n");
  }
  return outcomes;
}
