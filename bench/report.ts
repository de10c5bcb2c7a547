/**
 * What reports by e-mail cost the experiment.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { RATE, type Seen } from "./_report_program.ts";
import type { BenchRow } from "./_row.ts";
import { median, temporaryFolder, timeDeno } from "./_run.ts";
import { figure } from "./_table.ts";

const SECTION = "Reports";
const POINTS = 1_000_000;
/** How long a phase lasts, seconds, and how many of each kind there are. */
const PHASE = 5;
const PHASES = 20;

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN;
}

/** A mail server that takes connections and never says a word. */
function hangingServer(): Disposable & { readonly port: number; readonly taken: () => number } {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  void (async () => {
    for await (const connection of listener) connections.push(connection);
  })();
  return {
    port: listener.addr.port,
    taken: () => connections.length,
    [Symbol.dispose](): void {
      listener.close();
      for (const connection of connections) {
        try {
          connection.close();
        } catch {
          // The other side was first.
        }
      }
    },
  };
}

/** All rows. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  using server = hangingServer();
  const { stdout } = await timeDeno("run", [
    "--allow-all",
    fileURLToPath(new URL("_report_program.ts", import.meta.url)),
    join(folder.path, "bench.db"),
    `${server.port}`,
    `${POINTS}`,
    `${PHASE}`,
    `${PHASES}`,
  ], { cwd: folder.path });
  const { idle, busy, took, mainThread, bytes }: Seen = JSON.parse(stdout);
  if (server.taken() === 0) throw new Error("Cannot measure reports, as none was ever sent");
  const [before, meanwhile] = [quantile(idle, 0.99), quantile(busy, 0.99)];
  yield {
    section: SECTION,
    name:
      `lateness of a task every 100 ms while ${RATE} reports a second are made and the mail server ` +
      "hangs, p99, less that of the same run without",
    value: meanwhile - before,
    unit: "ms",
    target: { atMost: 1 },
    note: `reports of four plots of ${figure(POINTS)} points each: p50 ` +
      `${figure(quantile(busy, 0.5))} and ${figure(quantile(idle, 0.5))} ms, p99 ` +
      `${figure(meanwhile)} and ${figure(before)} ms, of ${busy.length} and ${idle.length} steps`,
  };
  yield {
    section: SECTION,
    name: `a report with four pictures of ${figure(POINTS)} points each`,
    value: median(took) / 1e3,
    unit: "s",
    note: `read, drawn and written by other threads; its pictures have ${
      figure(bytes / 1e3)
    } kB; median of ${took.length}`,
  };
  yield {
    section: SECTION,
    name: "processor time of the main thread for such a report",
    value: mainThread,
    unit: "ms",
    note:
      "what the thread that measures has to do itself: asking for it, and handing it to the outbox",
  };
}
