/**
 * An experiment that reports while its mail server hangs, run as a process of its own: a task every 100 ms whose lateness
 * is kept, with and without reports in the making.
 *
 * Arguments: a file, the port of the server, how many points each plot has, how long each phase lasts in seconds, how
 * many phases of each kind. Prints what it saw, as JSON.
 *
 * @module
 */

import process from "node:process";
import { every, mail, once, plot, Session } from "@stripchart/stripchart";
import { ReportMaker } from "../reports/report_maker.ts";
import { ifStillRunningAfter } from "../time/system_clock.ts";

/** What the program saw. */
export interface Seen {
  /** How late steps began while nothing was reported, milliseconds. */
  readonly idle: readonly number[];
  /** How late steps began while one report after the other was made, milliseconds. */
  readonly busy: readonly number[];
  /** How long each report took, milliseconds. */
  readonly took: readonly number[];
  /** Processor time of the main thread for each report, the share of an idle run left out, milliseconds. */
  readonly mainThread: number;
  /** Bytes of the pictures of the last report. */
  readonly bytes: number;
  /** Deliveries that were tried. */
  readonly attempts: number;
}

/** Milliseconds of this thread's processor time that something takes. */
async function processorTime(work: () => Promise<void>): Promise<number> {
  const before = process.threadCpuUsage();
  await work();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1e3;
}

/** Reports a second: 40 times as many as an experiment may ask for. */
export const RATE = 4;
const PLOTS = ["a", "b", "c", "d"];

if (import.meta.main) {
  const [file = "", port = "0", points = "0", seconds = "10", phases = "3"] = Deno.args;
  await using session = new Session("bench", {
    file,
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
    farewell: "1s",
  });
  await session.addChannel(mail({
    name: "email",
    from: "rig@lab.org",
    to: "you@lab.org",
    smtp: { host: "127.0.0.1", port: Number(port) },
  }));
  for (let n = 0; n < Number(points); n++) {
    const x = n / 5_000;
    const stored = session.addEntry({
      a: Math.sin(x) + Math.random(),
      b: Math.cos(x / 3) + Math.random(),
      c: Math.sin(x / 7) * Math.random(),
      d: Math.random(),
    });
    if (n % 5_000 === 0) await stored;
  }
  await session.flush();

  const idle: number[] = [];
  const busy: number[] = [];
  const took: number[] = [];
  const used = { idle: 0, busy: 0 };
  let bytes = 0;
  let kept: number[] | undefined;
  let due = NaN;
  const watched = every("100ms", () => void kept?.push(performance.now() - due), {
    name: "watched",
  });
  using maker = new ReportMaker(session);

  /** Makes reports until the time is over, {@linkcode RATE} a second at most, and hands each to the outbox. */
  const report = async (until: number): Promise<void> => {
    while (performance.now() < until) {
      const start = performance.now();
      const made = await maker.make({
        kind: "regular",
        reason: "",
        file,
        now: session.clock.wall(),
        standing: session.standing(),
        plots: "all",
        timeZone: "UTC",
        picturesWithin: 60_000,
      }, session.stopping);
      took.push(performance.now() - start);
      if (made.pictures.length !== PLOTS.length) throw new Error(made.report.notes.join(" "));
      bytes = made.pictures.reduce((sum, picture) => sum + picture.bytes.byteLength, 0);
      await session.notify({
        kind: "report",
        subject: "running",
        text: made.text,
        html: made.html,
        attachments: made.pictures,
      }, ["email"]);
      const left = start + 1e3 / RATE - performance.now();
      // A plain timer: the session's own would be exact, which takes time of the thread that is watched.
      if (left > 0) await new Promise<void>((resolve) => ifStillRunningAfter(left, resolve));
    }
  };

  await session.monitor(
    {
      ...watched,
      run: (context) =>
        watched.run({
          ...context,
          get paused() {
            return context.paused;
          },
          progress(state): void {
            due = state.nextAt ?? due;
            context.progress(state);
          },
        }),
    },
    ...PLOTS.map((name) => plot(name)),
    once(async (_session, { sleep }) => {
      const length = Number(seconds) * 1e3;
      const pause = Temporal.Duration.from({ milliseconds: length });
      await sleep("3s");
      // In turns, so that what else the machine does falls on both.
      for (let n = 0; n < Number(phases); n++) {
        kept = idle;
        used.idle += await processorTime(() => sleep(pause));
        kept = busy;
        used.busy += await processorTime(() => report(performance.now() + length));
        kept = undefined;
        await sleep("1s");
      }
      session.askExit();
    }),
  );
  const attempts = session.outbox().reduce((sum, one) => sum + one.attempts, 0);
  const mainThread = (used.busy - used.idle) / took.length;
  const seen: Seen = { idle, busy, took, mainThread, bytes, attempts };
  // deno-lint-ignore no-console -- a program's result
  console.log(JSON.stringify(seen));
}
