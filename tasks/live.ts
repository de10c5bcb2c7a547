/**
 * The live page of a run.
 *
 * @module
 */

import type { ControlAnswer, ControlRequest, Status, TaskRow } from "../fresh-ui/protocol.ts";
import type { LiveServer } from "../fresh-ui/serve.ts";
import type { Session } from "../session/session.ts";
import type { RunStanding } from "../session/session_status.ts";
import { asError } from "../session/stopped.ts";
import type { Task } from "../session/task.ts";

/** How the live page is served. */
export interface LiveOptions {
  /** The port; 0 takes any that is free. @default 6913, or the next that is free */
  readonly port?: number;
  /**
   * The address to listen on. Any other than one of the loopback interface asks for a token, which the printed URL has.
   * @default "127.0.0.1"
   */
  readonly host?: string;
  /** Whether the page may add notes, pause and resume tasks, acknowledge alarms, and ask the run to stop. @default false */
  readonly control?: boolean;
  /** The token that visitors need: 22 or more letters, digits or `-._~`. @default none on loopback, a random one elsewhere */
  readonly token?: string;
  /** The path under which a proxy shows the page, such as `"/lab"`. @default "/" */
  readonly base?: string;
}

const KINDS = {
  port: "number",
  host: "string",
  control: "boolean",
  token: "string",
  base: "string",
} as const;

const TOKEN = /^[\w.~-]{22,}$/;

/**
 * The options, if they can be meant.
 *
 * @throws {TypeError} If one is unknown or of the wrong kind.
 * @throws {RangeError} If the port is none, or the token is too easy to guess.
 */
export function checkedLiveOptions(given: unknown): LiveOptions {
  const refuse = (why: string): TypeError =>
    new TypeError(`Cannot set the live page up, as ${why}`);
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw refuse(`its options must be an object, or false: ${String(given)}`);
  }
  const known: Readonly<Record<string, string>> = KINDS;
  for (const [name, value] of Object.entries(given)) {
    const kind = Object.hasOwn(known, name) ? known[name] : undefined;
    if (kind === undefined) {
      throw refuse(
        `there is no option ${JSON.stringify(name)}. There are: ${Object.keys(KINDS).join(", ")}`,
      );
    }
    if (value !== undefined && typeof value !== kind) {
      throw refuse(`${name} must be a ${kind}: ${JSON.stringify(value)}`);
    }
  }
  const { port, token } = given as LiveOptions;
  if (port !== undefined && !(Number.isInteger(port) && port >= 0 && port <= 65_535)) {
    throw new RangeError(`Cannot set the live page up, as its port must be 0 to 65535: ${port}`);
  }
  if (token !== undefined && !TOKEN.test(token)) {
    // The token itself is not repeated: it may end in a log.
    throw new RangeError(
      "Cannot set the live page up, as its token must be 22 or more letters, digits or -._~. " +
        "Leave it out to have a random one.",
    );
  }
  return { ...given };
}

/** The address that Deno must permit the page to listen on. */
export function liveAddress({ host = "127.0.0.1", port }: LiveOptions): string {
  const name = host.includes(":") ? `[${host}]` : host;
  // The next port that is free is not known beforehand.
  return port === undefined || port === 0 ? name : `${name}:${port}`;
}

/**
 * A task that serves the live page of the run: values, plots, tasks and events in a browser, at a cost that does not
 * grow with the run. The page works in a thread of its own and never delays what is measured.
 *
 * @param options Port, address, whether the page may control the run.
 * @throws {TypeError} If an option is unknown or of the wrong kind.
 * @throws {RangeError} If the port is none.
 *
 * @example
 * ```ts ignore
 * import { every, live, plot, Session } from "@stripchart/stripchart";
 *
 * await using session = new Session("cooling");
 * await session.monitor(
 *   every("10s", () => ({ temperature: 20 })),
 *   plot(["temperature"]),
 *   live(),
 * );
 * ```
 */
export function live(options: LiveOptions = {}): Task {
  const checked = checkedLiveOptions(options);
  return {
    kind: "live",
    name: "live page",
    background: true,
    async run({ session, stopping }): Promise<void> {
      await servePage(session, checked);
      await new Promise<void>((resolve) => {
        if (stopping.aborted) resolve();
        else stopping.addEventListener("abort", () => resolve(), { once: true });
      });
    },
  };
}

/**
 * Serves the page of a session until the session closes, and says where. Where no port was asked for and none can be
 * had, the run goes on without a page, and says so.
 *
 * @throws {Error} If the port that was asked for is taken, or Deno does not permit it.
 */
export async function servePage(session: Session, options: LiveOptions): Promise<void> {
  const { serveLive } = await import("../fresh-ui/serve.ts");
  const { control = false, ...others } = options;
  let server: LiveServer;
  try {
    // The Worker that serves reads the file, which has to be there by then.
    await session.flush();
    server = await serveLive({
      ...others,
      session,
      file: session.file,
      status: () => statusOf(session),
      onTrouble: ({ message }) =>
        session.repeatedEvent("live", "warning", "page", 1, () => message),
      ...(control ? { control: (request, who) => carryOut(session, request, who) } : {}),
    });
  } catch (error) {
    if (options.port !== undefined) throw error;
    const { message } = asError(error);
    return session.event("live", "warning", `the run goes on without its page. ${message}`);
  }
  // It was opened first, and so closes last: viewers see how the run ends.
  session.defer("the live page", () => server[Symbol.asyncDispose]());
  session.print(`the live page is at ${server.url}`);
  const { hostname, port } = server.addr;
  session.event("live", "debug", `the page is served by ${hostname} port ${port}`);
}

/** How the session's run stands, for the page. What the file tells as well is left to the file. */
function statusOf(session: Session): Status {
  const { running, outcome, fraction, endsAt, tasks } = session.standing();
  return {
    now: session.clock.wall() / 1e6,
    state: outcome?.status ?? "running",
    ...(running ? {} : { stopping: true }),
    ...(fraction === undefined ? {} : { fraction }),
    ...(endsAt === undefined ? {} : { endsAt }),
    tasks: tasks.map(taskRow),
    devices: [],
    alarms: [],
    entries: 0,
  };
}

function taskRow(task: RunStanding["tasks"][number]): TaskRow {
  const known = (ms: number): number | null => Number.isNaN(ms) ? null : ms;
  const { lateness: { p50, p99 } } = task;
  return {
    name: task.task,
    kind: task.kind,
    period: task.period === null ? null : task.period / 1e3,
    state: task.state,
    ticks: task.ticks,
    skipped: task.skipped,
    failures: task.failures,
    lateness: { p50: known(p50), p99: known(p99) },
    pausable: task.pausable && (task.state === "running" || task.state === "paused"),
  };
}

/** Does what a visitor asks for; each use is an event of the run. */
function carryOut(session: Session, request: ControlRequest, who: string): Promise<ControlAnswer> {
  try {
    switch (request.action) {
      case "note":
        session.event("note", "info", request.text, undefined, { by: who });
        break;
      case "pause":
        session.pause(request.task, who);
        break;
      case "resume":
        session.resume(request.task, who);
        break;
      case "acknowledge":
        session.acknowledge(request.alarm, who);
        break;
      case "stop":
        session.askExit(`${who} asked for it on the page`);
        break;
    }
    return Promise.resolve({ done: true });
  } catch (error) {
    return Promise.resolve({ done: false, reason: asError(error).message });
  }
}
