/**
 * Carries a program out in a session.
 *
 * @module
 */

import type { DeviceContext, DeviceEvent } from "../devices/device.ts";
import { release } from "../devices/open.ts";
import type { Session } from "../session/session.ts";
import type { RunSummary } from "../session/session_types.ts";
import { asError, isStopped } from "../session/stopped.ts";
import { sleep } from "../time/clock.ts";
import { formatDuration, milliseconds } from "../time/duration.ts";
import type { StagedProgram } from "./program.ts";
import type { Opening } from "./verb.ts";

/** How long what follows the tasks may take. */
const CONCLUSION = "10min";

/** Which devices are opened: the real ones, or what stands in for them. */
export type Cast = "real" | "simulated";

/**
 * Opens the devices, runs the tasks, and ends the run, however it goes.
 *
 * @param program What to do.
 * @param session Where; it is closed in the end.
 * @param cast The real devices or their stand-ins.
 * @param before Called with the session before it closes.
 */
export async function execute(
  program: StagedProgram,
  session: Session,
  cast: Cast,
  before: () => void = () => {},
): Promise<RunSummary> {
  const { scene, beginnings, openings, preparations, tasks } = program;
  scene.session = session;
  try {
    if (cast === "real") { for (const begin of beginnings) await begin(scene); }
    for (const opening of openings) await openDevice(opening, program, cast);
    deferConclusions(program);
    for (const prepare of preparations) await prepare(scene);
    if (session.running) await session.monitor(...tasks);
  } catch (error) {
    if (!(isStopped(error) && !session.running)) session.fail(error);
  }
  before();
  return await session.close();
}

/** Has what follows the tasks done before any device closes. */
function deferConclusions({ scene, conclusions }: StagedProgram): void {
  if (conclusions.length === 0) return;
  const { session } = scene;
  session.defer("onStop", async (signal) => {
    // The run has stopped, so that only the limit of time may cut short what is waited for here.
    const step = {
      signal,
      sleep: (duration: Parameters<Session["sleep"]>[0]): Promise<void> =>
        sleep(session.clock, milliseconds(duration), signal),
    };
    const context = scene.context(step);
    for (const conclude of conclusions) await conclude({ session, context: () => context });
  }, { timeout: CONCLUSION });
}

async function openDevice(opening: Opening, { scene }: StagedProgram, cast: Cast): Promise<void> {
  const { session } = scene;
  const { name, title, simulate } = opening;
  const open = cast === "real" ? opening.open : simulate;
  if (open === undefined) {
    throw new TypeError(`Cannot simulate ${name}, as nothing stands in for it`);
  }
  const controller = new AbortController();
  const context: DeviceContext = {
    name,
    clock: session.clock,
    signal: controller.signal,
    stopping: session.stopping,
    report: ({ kind, level, message, data }: DeviceEvent) =>
      // Whoever looks for what is missing looks for gaps, whatever made them.
      session.event(kind === "gap" ? "gap" : "device", level, message, name, { ...data, kind }),
  };
  // Stand-ins may take real time to open, which a virtual clock knows nothing of.
  const timeout = cast === "real" ? opening.timeout : undefined;
  const instrument = await opened(session, () => open(context), controller, timeout).catch(
    (error) => {
      if (isStopped(error)) throw error;
      const why = asError(error).message;
      throw new Error(`Cannot open ${JSON.stringify(name)} (${title}): ${why}`, { cause: error });
    },
  );
  scene.devices[name] = instrument;
  const safe = typeof instrument === "object" && instrument !== null && "safe" in instrument;
  session.defer(`closing ${name}`, (signal) => release(instrument, signal), { safe });
}

/** What `open` opens; gives up when the time is over or a stop is asked for, and then closes what comes late. */
async function opened(
  session: Session,
  open: () => unknown,
  controller: AbortController,
  timeout: number | undefined,
): Promise<unknown> {
  const { clock, stopping } = session;
  stopping.throwIfAborted();
  const over = new AbortController();
  const giveUp = Promise.withResolvers<never>();
  const abort = (reason: unknown): void => {
    controller.abort(reason);
    giveUp.reject(reason);
  };
  stopping.addEventListener("abort", () => abort(stopping.reason), { signal: over.signal });
  if (timeout !== undefined) {
    clock.sleepUntil(clock.monotonic() + timeout, over.signal).then(
      () =>
        abort(new DOMException(`it took longer than ${formatDuration(timeout)}`, "TimeoutError")),
      () => {},
    );
  }
  const instrument = (async () => await open())();
  try {
    return await Promise.race([instrument, giveUp.promise]);
  } catch (error) {
    // Nobody else would close an instrument that opens after it was given up.
    if (controller.signal.aborted) void instrument.then((late) => release(late)).catch(() => {});
    throw error;
  } finally {
    over.abort();
  }
}
