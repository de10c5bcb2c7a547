import assert from "node:assert/strict";
import type { Session } from "../../session/session.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { once } from "../../tasks/once.ts";
import { repeat } from "../../tasks/repeat.ts";
import { sweep } from "../../tasks/sweep.ts";
import { START, virtualSession } from "./_session.ts";

/** A task that does things at times, in seconds from the start. */
function script(...acts: readonly (readonly [at: number, act: (session: Session) => void])[]) {
  return once(async (session: Session, { sleep }) => {
    let now = 0;
    for (const [at, act] of acts) {
      await sleep(`${at - now}s`);
      now = at;
      act(session);
    }
  }, { name: "script" });
}

/** When a variable was recorded, in seconds from the start. */
function times(session: Session, name: string): number[] {
  return [...session.loggedVariable(name)[0]].map((t) => Math.round((t - START) * 1e3) / 1e3);
}

Deno.test("pause() holds a periodic task, which resumes on its grid and counts nothing as missed", async () => {
  const session = virtualSession();
  await session.monitor(
    every("10s", () => ({ a: 1 }), { name: "a" }),
    every("10s", () => ({ b: 1 }), { name: "b" }),
    script(
      [15, (session) => session.pause("a", "Anna")],
      [16, (session) => assert.equal(session.standing().tasks[0]?.state, "paused")],
      [44, (session) => session.resume("a", "Anna")],
    ),
    lasting("75s"),
  );
  await session.flush();
  assert.deepEqual(times(session, "a"), [0, 10, 50, 60, 70]);
  assert.deepEqual(times(session, "b"), [0, 10, 20, 30, 40, 50, 60, 70]);
  const told = session.events({ kinds: ["pause", "resume", "gap", "overrun"] });
  assert.deepEqual(
    told.map(({ kind, source, message, data }) => ({ kind, source, message, data })),
    [
      { kind: "pause", source: "a", message: "paused by Anna", data: { by: "Anna" } },
      { kind: "resume", source: "a", message: "resumed by Anna", data: { by: "Anna" } },
      {
        kind: "gap",
        source: "a",
        message: "nothing was done for 29s: the task was paused",
        data: { from: (START + 15) * 1e6, to: (START + 44) * 1e6 },
      },
    ],
  );
  assert.equal((await session.close()).tasks[0]?.skipped, 0);
});

Deno.test("pause() by several holds the task until all have resumed it", async () => {
  const session = virtualSession();
  await session.monitor(
    every("1s", () => ({ a: 1 }), { name: "a" }),
    script(
      [1.5, (session) => session.pause("a", "Anna")],
      [2.5, (session) => session.pause("a", "Bob")],
      [2.6, (session) => session.pause("a", "Bob")],
      [3.5, (session) => session.resume("a", "Anna")],
      [3.6, (session) => session.resume("a", "Carl")],
      [5.5, (session) => session.resume("a", "Bob")],
    ),
    lasting("8s"),
  );
  await session.flush();
  assert.deepEqual(times(session, "a"), [0, 1, 6, 7]);
  const gaps = session.events({ kinds: ["gap"] });
  assert.deepEqual(gaps.map(({ data }) => data), [
    { from: (START + 1.5) * 1e6, to: (START + 5.5) * 1e6 },
  ]);
  const resumed = session.events({ kinds: ["resume"] }).map(({ message }) => message);
  assert.deepEqual(resumed, ["resumed by Anna; still paused by Bob", "resumed by Bob"]);
  await session.close();
});

Deno.test("pause() holds a sweep between two points and a repeated function between two rounds", async () => {
  const session = virtualSession();
  await session.monitor(
    sweep([1, 2, 3, 4], async (_session, point: number, { sleep }) => {
      await sleep("1s");
      return { point };
    }),
    repeat(async (_session, { sleep }) => {
      await sleep("1s");
      return { round: 1 };
    }, { name: "rounds" }),
    script(
      [1.5, (session) => session.pause("sweep")],
      [1.6, (session) => session.pause("rounds")],
      [10, (session) => session.resume("sweep")],
      [10.5, (session) => session.resume("rounds")],
    ),
  );
  await session.flush();
  assert.deepEqual(times(session, "point"), [1, 2, 11, 12]);
  assert.deepEqual(times(session, "round").slice(0, 3), [1, 2, 11.5]);
  assert.equal((await session.close()).status, "completed");
});

Deno.test("a stop ends a paused task at once", async () => {
  const session = virtualSession();
  await session.monitor(
    every("1s", () => ({ a: 1 }), { name: "a" }),
    script(
      [1.5, (session) => session.pause("a")],
      [3, (session) => session.askExit("enough")],
    ),
  );
  await session.flush();
  assert.deepEqual(session.events({ kinds: ["gap"] }).map(({ message, data }) => [message, data]), [
    [
      "nothing was done for 1.5s: the task was paused until it ended",
      { from: (START + 1.5) * 1e6, to: (START + 3) * 1e6 },
    ],
  ]);
  const { status, reason, tasks } = await session.close();
  assert.deepEqual({ status, reason, state: tasks[0]?.state }, {
    status: "completed",
    reason: "enough",
    state: "stopped",
  });
});

Deno.test("pause() refuses what does not run and what has no steps", async () => {
  const session = virtualSession();
  const refused: string[] = [];
  const attempt = (name: string) => (session: Session): void => {
    try {
      session.pause(name);
    } catch (error) {
      refused.push(String(error));
    }
  };
  await session.monitor(
    every("1s", () => ({ a: 1 }), { name: "a" }),
    script([1, attempt("b")], [2, attempt("for 5s")]),
    lasting("5s"),
  );
  assert.deepEqual(refused, [
    'RangeError: Cannot pause or resume a task that does not run: "b". These run: a, script, for 5s.',
    'TypeError: Cannot pause or resume "for 5s", as it has no steps to wait between.',
  ]);
  await session.close();
});

Deno.test("standing() tells how much is done and when it will be over", async () => {
  const session = virtualSession();
  const seen: unknown[] = [];
  await session.monitor(
    every("1s", () => ({ a: 1 }), { name: "a" }),
    script([25, (session) => {
      const { running, fraction, endsAt, tasks } = session.standing();
      seen.push({ running, fraction, endsAt, names: tasks.map(({ task }) => task) });
      assert.deepEqual(tasks.map(({ pausable }) => pausable), [true, false, false]);
    }]),
    lasting("100s"),
  );
  assert.deepEqual(seen, [
    {
      running: true,
      fraction: 0.25,
      endsAt: START + 100,
      names: ["a", "script", "for 1min 40s"],
    },
  ]);
  await session.close();
});
