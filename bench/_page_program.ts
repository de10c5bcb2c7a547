/**
 * An experiment that serves its page, run as a process of its own: variables at a rate, and a task whose lateness is kept.
 *
 * Arguments: a file, how many variables, entries a second. Prints its page's address, and for each line on standard input
 * what it saw since the line before, as JSON. Ends when the input does.
 *
 * @module
 */

import process from "node:process";
import { every, repeat, Session } from "@stripchart/stripchart";
import { serveLive } from "@stripchart/stripchart/live";

/** What the program saw in a while. */
export interface Seen {
  /** Processor time over wall-clock time, of all threads; 1 is one core. */
  readonly share: number;
  /** How late the steps of a task every 100 ms began, milliseconds. */
  readonly lateness: readonly number[];
  /** Resident memory, bytes. */
  readonly rss: number;
  /** Entries recorded so far. */
  readonly entries: number;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- a program's result
  console.log(line);
}

if (import.meta.main) {
  const [file = "", variables = "20", rate = "50"] = Deno.args;
  await using session = new Session("bench", {
    file,
    quiet: true,
    terminal: null,
    signals: false,
    provenance: null,
  });
  const names = Array.from({ length: Number(variables) }, (_, i) => `v${i}`);
  let n = 0;
  const record = (): void => {
    n++;
    void session.addEntry(
      Object.fromEntries(names.map((name, i) => [name, Math.sin(n / 100 + i)])),
    );
  };
  const perSecond = Number(rate);
  // Beyond a kilohertz several entries share a step.
  const burst = Math.max(1, Math.round(perSecond / 1_000));
  const late: number[] = [];
  let due = NaN;
  const watched = every("100ms", () => void late.push(performance.now() - due), {
    name: "watched",
  });
  const end = Promise.withResolvers<void>();
  await session.flush();
  await using server = await serveLive({ file, port: 0, session });
  print(server.url);
  const monitoring = session.monitor(
    every(`${1_000 * burst / perSecond}ms`, () => {
      for (let i = 0; i < burst; i++) record();
    }, { name: "values" }),
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
    repeat(async (_session, { sleep }) => await sleep("1s"), { name: "idle" }),
  );
  let cpu = process.cpuUsage();
  let wall = performance.now();
  for await (const text of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
    for (const _ of text.trim().split("\n")) {
      const { user, system } = process.cpuUsage(cpu);
      const share = (user + system) / 1e3 / (performance.now() - wall);
      const seen: Seen = {
        share,
        lateness: late.splice(0),
        rss: Deno.memoryUsage().rss,
        entries: n,
      };
      print(JSON.stringify(seen));
      cpu = process.cpuUsage();
      wall = performance.now();
    }
  }
  end.resolve();
  session.askExit();
  await monitoring;
}
