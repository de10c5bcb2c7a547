/**
 * What messages to people cost a task that measures meanwhile.
 *
 * @module
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { SMTPServer } from "smtp-server";
import type { Starts } from "./_grid_program.ts";
import { type Fared, PICTURE } from "./_notify_program.ts";
import type { BenchRow } from "./_row.ts";
import { temporaryFolder, timeDeno } from "./_run.ts";
import { figure } from "./_table.ts";
import { lateness } from "./grid.ts";

/** Alone and beside messages in turns, each so long, so many times. */
const WATCHED = { seconds: 15, rounds: 4 };

/** A mail server: one that hangs, or one that takes what it gets. */
interface Server extends AsyncDisposable {
  readonly port: number;
}

/** Accepts connections and never says a word. */
function silent(): Server {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const held: Deno.Conn[] = [];
  void (async () => {
    for await (const connection of listener) held.push(connection);
  })();
  return {
    port: listener.addr.port,
    [Symbol.asyncDispose](): Promise<void> {
      listener.close();
      for (const connection of held) connection.close();
      return Promise.resolve();
    },
  };
}

async function accepting(): Promise<Server> {
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    disabledCommands: ["STARTTLS"],
    onData(stream, _session, callback) {
      stream.on("data", () => {});
      stream.on("end", () => callback());
    },
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  return {
    port: (server.server.address() as { readonly port: number }).port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** How late the places on the grid were reached, all rounds together, in order. */
function late(rounds: readonly Starts[]): number[] {
  return rounds.flatMap((starts) => lateness(starts).late).toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], fraction: number): number {
  return sorted[Math.max(0, Math.ceil(fraction * sorted.length) - 1)] ?? NaN;
}

/** The lateness of a task beside messages, with a server that hangs and with one that does not. */
export async function* rows(): AsyncGenerator<BenchRow> {
  using folder = temporaryFolder();
  const path = fileURLToPath(new URL("_notify_program.ts", import.meta.url));
  const { seconds, rounds } = WATCHED;
  for (const [what, start] of [["hangs", silent], ["takes them", accepting]] as const) {
    await using server = await start();
    const file = join(folder.path, `${server.port}.db`);
    const args = ["--allow-all", path, file, `${server.port}`, `${seconds}`, `${rounds}`];
    const { stdout } = await timeDeno("run", args, { cwd: folder.path });
    const fared: Fared = JSON.parse(stdout);
    const [idle, busy] = [late(fared.idle), late(fared.busy)];
    const told = (of: readonly number[]): string =>
      [0.5, 0.95, 0.99, 1].map((part) => figure(quantile(of, part))).join(" / ");
    yield {
      section: "Messages",
      name: `a 100 ms task while mails are queued and the server ${what}: p99 of lateness above ` +
        `that without`,
      value: quantile(busy, 0.99) - quantile(idle, 0.99),
      unit: "ms",
      // The server that takes mails is another program on the same processors.
      ...what === "hangs" ? { target: { atMost: 1 } } : {},
      note: `a mail with four pictures of ${figure(PICTURE / 1e3)} kB every 4 s: ` +
        `${figure(fared.queued)} queued, ${figure(fared.attempts)} attempts, ${
          figure(fared.sent)
        } sent; p50 / p95 / p99 / most: ${told(busy)} ms, without ${told(idle)} ms; ` +
        `${figure(busy.length)} and ${figure(idle.length)} starts in turns`,
    };
  }
}
