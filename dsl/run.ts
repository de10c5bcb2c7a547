/**
 * Running an experiment from its command line.
 *
 * @module
 */

import { fileFor } from "../session/file_name.ts";
import { collectProvenance, provenancePermissions } from "../session/provenance.ts";
import { Session } from "../session/session.ts";
import type { RunSummary, SessionOptions } from "../session/session_types.ts";
import type { Json } from "../session/store/types.ts";
import { asError } from "../session/stopped.ts";
import type { DurationInput } from "../time/duration.ts";
import { systemClock } from "../time/system_clock.ts";
import { checkedDuration } from "./checks.ts";
import { describe } from "./describe.ts";
import { dryRun, formatDryRun, limited } from "./dry_run.ts";
import { execute } from "./execute.ts";
import { type Flag, type FlagValues, parseFlags, UsageError } from "../command_line/flags.ts";
import { formatHelp } from "./help.ts";
import {
  commandLine,
  gather,
  missing,
  type Permission,
  permissionFlags,
} from "../command_line/permissions.ts";
import { hashPlan, type Plan } from "./plan.ts";
import { compile } from "./program.ts";
import { verbOf, VERBS } from "./registry.ts";
import { shellQuote } from "../command_line/shell.ts";
import { nameFromScript, scriptName } from "./script.ts";
import { filePermissions } from "./file_permissions.ts";
import { samplePath, writeSamples } from "./samples.ts";
import type { Node } from "./verb.ts";

/** How an experiment is run. What is given here overrides the flag of the same meaning. */
export interface RunOptions {
  /** The command line; nothing of it is read from elsewhere then, and what is refused is thrown. @default Deno.args */
  readonly args?: readonly string[];
  /** Path of the session's file; null keeps the data in memory. @default NAME.db in the working directory */
  readonly file?: string | null;
  /** How long the run lasts, in place of what the plan says. */
  readonly for?: DurationInput;
  /** Only tries it, as {@linkcode Experiment.dryRun} does, and prints what would have happened. @default false */
  readonly dryRun?: boolean;
  /** Prints warnings and errors only. @default false */
  readonly quiet?: boolean;
  /** How the session is opened beside that: its clock, its terminal, its signals. */
  readonly session?: Omit<SessionOptions, "file" | "quiet" | "provenance">;
}

/** An experiment as the builder hands it over. */
export interface Described {
  /** Its name, if it has one. */
  readonly name: string | null;
  /** Its steps. */
  readonly nodes: readonly Node[];
  /** Its plan. */
  readonly plan: Plan;
}

const MEMORY = ":memory:";

/** The flags of an experiment: those that all have, and those of its verbs. */
function flagsOf(file: string): Flag[] {
  return [
    { name: "dry-run", description: "try it on a virtual clock with stand-ins for the devices" },
    {
      name: "for",
      value: "DURATION",
      description: 'end the run after that time, such as 2h or "1h 30min"',
    },
    {
      name: "session",
      value: "FILE",
      description: `where the data goes [${file}]; ${MEMORY} keeps nothing`,
    },
    { name: "quiet", description: "print warnings and errors only" },
    { name: "help", description: "print this and exit" },
    ...VERBS.flatMap(({ flags = [] }) => flags),
  ];
}

/** What is asked for, by flags and options together. */
interface Request {
  readonly flags: readonly Flag[];
  readonly values: FlagValues;
  readonly help: boolean;
  readonly dryRun: boolean;
  readonly quiet: boolean;
  readonly for: DurationInput | undefined;
  readonly file: string;
  /** The file beside which others are put: the same, or the usual one for data that is not kept. */
  readonly beside: string;
  readonly args: readonly string[];
}

function read(name: string, options: RunOptions): Request {
  const usual = fileFor(name);
  const flags = flagsOf(usual);
  const args = options.args ?? Deno.args;
  const values = parseFlags(args, flags);
  const file = options.file === null ? MEMORY : options.file ?? text(values, "session") ?? usual;
  return {
    flags,
    values,
    args,
    file,
    beside: file === MEMORY ? usual : file,
    help: values["help"] === true,
    dryRun: options.dryRun ?? values["dry-run"] === true,
    quiet: options.quiet ?? values["quiet"] === true,
    for: options.for ?? duration(text(values, "for")),
  };
}

function text(values: FlagValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" ? value : undefined;
}

function duration(value: string | undefined): DurationInput | undefined {
  if (value === undefined) return undefined;
  try {
    checkedDuration("run with --for", "it", value);
  } catch (error) {
    throw new UsageError(asError(error).message, { cause: error });
  }
  return value as DurationInput;
}

/** What the run needs, and what it would like to read for its provenance. */
function permissionsOf(
  nodes: readonly Node[],
  { file, values }: Request,
): { readonly needed: Permission[]; readonly wished: Permission[] } {
  const parts = [
    ...nodes.map((node) => verbOf(node).permissions?.(node, values) ?? {}),
    ...VERBS.map((verb) => verb.permissionsOfAll?.(nodes, values) ?? {}),
  ];
  const needed = [filePermissions(file), ...parts];
  return { needed: gather(needed), wished: gather([...needed, { read: provenancePermissions() }]) };
}

/** The command that runs the script as it was asked for, with the permissions it needs. */
function commandFor(permissions: readonly Permission[], args: readonly string[]): string {
  const others = args.filter((arg) => arg !== "--help" && arg !== "--dry-run");
  return commandLine(scriptName(), permissions, others);
}

function checkPermissions(nodes: readonly Node[], request: Request): void {
  const { needed, wished } = permissionsOf(nodes, request);
  const lacking = missing(needed);
  if (lacking.length === 0) return;
  const list = permissionFlags(lacking).map((flag) => `  ${shellQuote(flag)}`).join("\n");
  throw new Deno.errors.NotCapable(
    `Cannot run the experiment, as Deno does not permit what it needs:\n${list}\n` +
      `Run it with\n  ${commandFor(wished, request.args)}`,
  );
}

/** The command that tries the experiment and leaves what it would have sent, if that is anything. */
function samplesCommand(nodes: readonly Node[], { beside, args }: Request): string | undefined {
  const write = VERBS.flatMap((verb) => verb.samplesOfAll?.(nodes) ?? [])
    .map((ending) => samplePath(beside, ending));
  if (write.length === 0) return undefined;
  const others = args.filter((arg) => arg !== "--help" && arg !== "--dry-run");
  return commandLine(scriptName(), gather([{ write }]), [...others, "--dry-run"]);
}

function print(message: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(message));
}

/** The summary of a run that did not take place. */
function nothingRan(reason: string): RunSummary {
  const now = systemClock.wall() / 1e6;
  return {
    status: "completed",
    reason,
    exitCode: 0,
    run: 0,
    file: MEMORY,
    entries: 0,
    tasks: [],
    startedAt: now,
    endedAt: now,
  };
}

/**
 * Runs an experiment as its flags and the options say.
 *
 * @param experiment The experiment.
 * @param options What overrides the flags.
 */
export async function runExperiment(
  experiment: Described,
  options: RunOptions,
): Promise<RunSummary> {
  if (options.args !== undefined) return await carryOut(experiment, options, () => {});
  let started = false;
  try {
    return await carryOut(experiment, options, () => {
      started = true;
    });
  } catch (error) {
    if (started) throw error;
    // The one line that a person needs; the stack would only tell where we refused.
    Deno.stderr.writeSync(new TextEncoder().encode(`error: ${asError(error).message}\n`));
    Deno.exit(error instanceof UsageError ? 2 : 1);
  }
}

async function carryOut(
  { name: given, nodes, plan }: Described,
  options: RunOptions,
  started: () => void,
): Promise<RunSummary> {
  const name = given ?? nameFromScript();
  const request = read(name, options);
  const { file, quiet } = request;
  const steps = limited(nodes, request.for);
  const description = describe(name, steps);
  if (request.help) {
    const command = commandFor(permissionsOf(nodes, request).wished, request.args);
    const dryRun = samplesCommand(nodes, request);
    print(formatHelp({
      description,
      flags: request.flags,
      command,
      ...(dryRun === undefined ? {} : { dryRun }),
    }));
    if (options.args === undefined) Deno.exit(0);
    return nothingRan("printed the help");
  }
  if (request.dryRun) {
    const result = await dryRun(steps, {}, name);
    const command = samplesCommand(nodes, request) ?? "";
    const written = writeSamples(result.samples, request.beside, command);
    if (!quiet) print(`${description}\n${formatDryRun(result, written)}`);
    if (options.session?.exitCode ?? true) Deno.exitCode = result.exitCode;
    return result;
  }
  const program = compile(steps, request.values);
  checkPermissions(nodes, request);
  const provenance = { ...collectProvenance(), plan, planHash: hashPlan(plan), description };
  const session = new Session(name, {
    ...options.session,
    file,
    quiet,
    provenance: provenance as unknown as Json,
  });
  started();
  return await execute(program, session, "real");
}
