/**
 * A task that measures, alone and while messages with pictures are queued and sent, run as a process of its own.
 *
 * Arguments: a file, the mail server's port, seconds and rounds. Prints JSON.
 *
 * @module
 */

import { every, lasting, mail, Session } from "@stripchart/stripchart";
import { type Starts, watched } from "./_grid_program.ts";

/** How a periodic task fared. */
export interface Fared {
  /** While nothing else was done: a list of starts for each round. */
  readonly idle: readonly Starts[];
  /** While messages were queued and sent. */
  readonly busy: readonly Starts[];
  /** How many messages were queued. */
  readonly queued: number;
  /** How often their delivery was tried. */
  readonly attempts: number;
  /** How many were accepted. */
  readonly sent: number;
}

/** Bytes of each of the four pictures of a message. */
export const PICTURE = 200_000;

async function main(
  [file = "", port = "", seconds = "", rounds = ""]: readonly string[],
): Promise<Fared> {
  await using session = new Session(null, {
    file,
    quiet: true,
    terminal: null,
    signals: false,
    exitCode: false,
    farewell: "0s",
  });
  await session.addChannel(mail({
    from: "rig@lab.org",
    to: "you@lab.org",
    smtp: { host: "127.0.0.1", port: Number(port), security: "none", timeout: "1s" },
  }));
  const attachments = [1, 2, 3, 4].map((n) => ({
    name: `plot-${n}.png`,
    type: "image/png",
    cid: `plot-${n}`,
    bytes: Uint8Array.from({ length: PICTURE }, (_, i) => Math.imul(i + n, 2_654_435_761) >>> 24),
  }));
  const html = [1, 2, 3, 4].map((n) => `<img src="cid:plot-${n}">`).join("");
  let queued = 0;
  // Not in step with the other task, so that no start of it is spared and none is hit each time.
  // An alarm that is new is tried at once, whatever failed before it: there is always a delivery under way.
  const telling = every("4030ms", async () => {
    queued += 1;
    await session.notify({
      kind: "alarm",
      subject: `alarm ${queued}`,
      text: "t",
      html,
      attachments,
    });
  }, { name: "telling" });
  const round = async (...others: (typeof telling)[]): Promise<Starts> => {
    const { task, starts } = watched(100, "ticks");
    await session.monitor(task, ...others, lasting(`${Number(seconds)}s`));
    return starts();
  };
  const [idle, busy]: [Starts[], Starts[]] = [[], []];
  for (let n = 0; n < Number(rounds); n++) {
    idle.push(await round());
    busy.push(await round(telling));
    // What is still under way belongs to no idle round.
    await session.sleep("3s");
  }
  const attempts = session.outbox().reduce((sum, one) => sum + one.attempts, 0);
  return { idle, busy, queued, attempts, sent: session.outboxTotals().sent };
}

if (import.meta.main) {
  // deno-lint-ignore no-console -- a program's result
  console.log(JSON.stringify(await main(Deno.args)));
  Deno.exit(0);
}
