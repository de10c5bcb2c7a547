import assert from "node:assert/strict";
import {
  announce,
  checkedNotifyOptions,
  type NotifyOptions,
  type Occasion,
} from "../../notify/announce.ts";
import type { Session } from "../../session/session.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { notify } from "../../tasks/notify.ts";
import { once } from "../../tasks/once.ts";
import { virtualSession } from "../session/_session.ts";
import { alarm, recording, report } from "../session/outbox/_channels.ts";

/** The subjects of what a channel is told of a session in which `act` happens. */
async function told(
  options: NotifyOptions,
  act: (session: Session) => unknown,
): Promise<string[]> {
  const session = virtualSession();
  const channel = recording("chat");
  await announce(session, channel, options);
  await act(session);
  await session.close();
  return channel.accepted.map(({ kind, subject }) => `${kind}: ${subject}`);
}

Deno.test("announce() tells how the run ended, with the reason, the times and the last values", async () => {
  const session = virtualSession();
  const channel = recording("chat");
  await announce(session, channel);
  await session.monitor(every("10min", () => ({ temperature: 20.123456789 })), lasting("2h"));
  await session.close();
  const [{ kind, level, subject, text } = { kind: "", level: "", subject: "", text: "" }] =
    channel.accepted;
  assert.deepEqual([kind, level, subject], [
    "end",
    "info",
    "the session ended: the time of 2h is over",
  ]);
  assert.match(text, /began {3}2026-01-01 00:00:00 UTC\nnow {5}2026-01-01 02:00:00 UTC, after 2h/);
  assert.match(text, /last values\n {2}temperature {2}20\.1235/);
});

const ends: [what: string, on: readonly Occasion[], fails: boolean, expected: string[]][] = [
  ["the run ended", ["end"], false, ["end: the session ended: enough"]],
  ["the run failed", ["end"], true, ["failure: the session failed: enough; it broke"]],
  ["the run failed", ["failure"], true, ["failure: the session failed: enough; it broke"]],
  ["the run ended", ["failure"], false, []],
  ["the run ended", ["alarm"], true, []],
];

for (const [what, on, fails, expected] of ends) {
  Deno.test(`announce() says ${expected.length === 0 ? "nothing" : "so"} when ${what} and it is to tell of ${on}`, async () => {
    assert.deepEqual(
      await told({ on }, (session) => {
        if (fails) session.fail(new Error("it broke"));
        session.askExit("enough");
      }),
      expected,
    );
  });
}

Deno.test("announce() tells of a task that failed at once, though others go on", async () => {
  const session = virtualSession();
  const channel = recording("chat");
  await announce(session, channel, { on: ["failure"] });
  let after = -1;
  await session.monitor(
    once(() => {
      throw new Error("no answer\nfrom the bath");
    }, { name: "ramp" }),
    every("1h", () => {
      after = channel.accepted.length;
      return { n: 1 };
    }),
    lasting("3h"),
  );
  assert.equal(after, 1);
  assert.match(
    channel.accepted[0]?.subject ?? "",
    /^the session: ramp failed: .*no answer from the bath/,
  );
  await session.close();
});

Deno.test("announce() has a channel told of alarms when it is to be, and of notes", async () => {
  const act = async (session: Session): Promise<void> => {
    await session.notify(alarm("hot"));
    await session.notify(report("r"));
    await session.notify({ kind: "note", subject: "n", text: "" });
  };
  assert.deepEqual(await told({ on: ["alarm"] }, act), ["alarm: hot", "note: n"]);
  assert.deepEqual(await told({ on: ["failure"] }, act), ["note: n"]);
});

Deno.test("announce() gathers lines of the log, and sends the rest at the end", async () => {
  const session = virtualSession();
  const channel = recording("chat");
  await announce(session, channel, { on: ["log"] });
  session.log("info", "not grave");
  session.event("device", "warning", "lost", "bath");
  session.log("error", "worse");
  await session.sleep("1min");
  assert.deepEqual(channel.accepted.map(({ subject, level, text }) => [subject, level, text]), [[
    "session: warning  bath: lost and 1 more",
    "error",
    "2026-01-01 00:00:00Z  warning  bath: lost\n2026-01-01 00:00:00Z  error  worse",
  ]]);
  for (let n = 0; n < 250; n++) session.log("warning", `line ${n}`);
  await session.sleep("5min");
  assert.equal(channel.accepted.length, 1, "the next message waits");
  await session.sleep("6min");
  assert.equal(channel.accepted.length, 2);
  assert.match(channel.accepted[1]?.text ?? "", /line 99\n… and 150 more$/);
  session.log("warning", "last words");
  await session.close();
  assert.match(channel.accepted[2]?.subject ?? "", /last words$/);
  assert.equal(channel.accepted.length, 3);
});

Deno.test("announce() does not tell of messages that can't be delivered by further messages", async () => {
  const session = virtualSession();
  const channel = recording("chat", () => {
    throw new Error("down");
  });
  await announce(session, channel, { on: ["log"], level: "debug" });
  session.log("warning", "odd");
  await session.sleep("2d");
  assert.ok(session.outbox().length <= 2, `${session.outbox().length}`);
  await session.close();
});

Deno.test("announce() does not tell of an alarm or a failure twice when it tells of the log too", async () => {
  const subjects = await told({ on: ["alarm", "failure", "log"] }, (session) => {
    session.event("alarm", "error", "too hot");
    session.event("task-failed", "error", "broken", "ramp");
  });
  assert.deepEqual(subjects, ["failure: the session: ramp failed: broken"]);
});

Deno.test("notify() is announce() as a task", async () => {
  const session = virtualSession();
  const channel = recording("chat");
  await session.monitor(notify(channel), every("1min", () => ({ n: 1 })), lasting("5min"));
  await session.close();
  assert.deepEqual(channel.accepted.map(({ subject }) => subject), [
    "the session ended: the time of 5min is over",
  ]);
  assert.throws(() => notify(null as never), /must have a name, a kind/);
});

const wrong: [what: unknown, says: RegExp][] = [
  [{ on: [] }, /on must be a list of end, failure, alarm, log/],
  [{ on: ["start"] }, /on must be a list of .*\["start"\]/],
  [{ on: "end" }, /on must be a list/],
  [{ level: "loud" }, /level must be one of .*"loud"/],
  [{ when: ["end"] }, /no such option .*"when"/],
  [3, /its options must be an object: 3/],
];

for (const [options, says] of wrong) {
  Deno.test(`checkedNotifyOptions() refuses ${JSON.stringify(options)}`, () => {
    assert.throws(() => checkedNotifyOptions(options), says);
  });
}
