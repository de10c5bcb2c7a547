import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import { alarm } from "../../tasks/alarm.ts";
import type { AlarmOptions } from "../../tasks/alarms/options.ts";
import { every } from "../../tasks/every.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { recording } from "../session/outbox/_channels.ts";
import { APART } from "../session/_session.ts";
import { type Happening, happenings, run } from "./_watched.ts";

/** Runs with an alarm and gives the messages that went out. */
async function messages(options: AlarmOptions, all: readonly Happening[]) {
  const channels = { mail: recording("mail"), phone: recording("phone") };
  const { summary } = await run(60, [
    every("7h", () => {}),
    happenings(...all),
    alarm("too\nhot", { variable: "t", above: 80 }, options),
  ], {
    before(session) {
      void session.addChannel(channels.mail);
      void session.addChannel(channels.phone);
    },
  });
  return { ...channels, summary };
}

Deno.test("an alarm tells people when it is raised, told again and clear", async () => {
  const { mail, phone } = await messages(
    { for: "2s", severity: "error", renotify: "10s", then: { pause: ["every 7h"], settle: "1s" } },
    [[1, { t: 90 }], [20, { t: 20 }]],
  );
  assert.deepEqual(mail.accepted.map(({ subject, level, kind }) => [kind, level, subject]), [
    ["alarm", "error", "too hot: raised: t is 90, above 80"],
    ["alarm", "error", "too hot: still raised after 10s: t is 90, above 80"],
    ["alarm", "info", "too hot: clear after 17s: t is 20"],
  ]);
  assert.deepEqual(phone.accepted.length, 3);
  assert.equal(
    mail.accepted[0]?.text,
    [
      'The alarm "too\\nhot": raised: t is 90, above 80.',
      "",
      "Paused until it clears, and 1s longer: every 7h.",
      "It watches for: t above 80, for 2s.",
      "This was at 2026-01-01T00:00:03Z.",
    ].join("\n"),
  );
});

Deno.test("an alarm tells by the channels that it names", async () => {
  const { mail, phone } = await messages({ channels: ["phone"] }, [[1, { t: 90 }]]);
  assert.deepEqual([mail.accepted.length, phone.accepted.length], [0, 1]);
});

Deno.test("what can't be delivered yet becomes one message of each alarm", async () => {
  const slow = recording("slow", async (_delivery, { clock, signal }) => {
    if (clock.monotonic() < 30_000) {
      await clock.sleepUntil(30_000, signal);
      throw new Error("not yet");
    }
  });
  await run(3_600, [
    every("7h", () => {}),
    happenings(
      ...[1, 3, 5, 7].flatMap((at): Happening[] => [[at, { t: 90 }], [at + 1, { t: 20 }]]),
    ),
    alarm("hot", { variable: "t", above: 80 }),
    alarm("warm", { variable: "t", above: 60 }),
  ], { before: (session) => void session.addChannel(slow) });
  assert.deepEqual(slow.accepted.map(({ subject }) => subject).toSorted(), [
    "hot: clear after 1s: t is 20 (the latest of 8)",
    "warm: clear after 1s: t is 20 (the latest of 8)",
  ]);
});

Deno.test("people are told of a function that failed and of a task that was given up", async () => {
  const mail = recording("mail");
  await run(60, [
    every("1s", () => {
      throw new Error("unplugged");
    }, { name: "pump" }),
    every("7h", () => {}),
    happenings([10, { t: 90 }]),
    alarm("hot", { variable: "t", above: 80 }, {
      then: () => {
        throw new Error("stuck");
      },
    }),
  ], { before: (session) => void session.addChannel(mail) });
  assert.deepEqual(mail.accepted.map(({ subject }) => subject), [
    "pump was given up",
    "hot: raised: t is 90, above 80",
    "hot: what is done about it failed",
  ]);
  assert.match(mail.accepted[0]?.text ?? "", /unplugged \(4 failures in a row/);
  assert.match(mail.accepted[2]?.text ?? "", /What the alarm "hot" does failed: stuck/);
});

Deno.test("an alarm whose channel there is not is refused before any device opens, and fails nothing later", async () => {
  let opened = false;
  const clock = new VirtualClock();
  const { status, reason } = await experiment("x")
    .device("bath", () => {
      opened = true;
      return 1;
    })
    .every("1s", () => ({ t: 90 }))
    .alarm("hot", { variable: "t", above: 80 }, { channels: ["phone"] })
    .for("5s")
    .run({ args: [], file: null, quiet: true, session: { ...APART, clock } });
  assert.equal(status, "failed");
  assert.match(reason, /the alarm "hot" has no channel to be told by: "phone"/);
  assert.equal(opened, false);
  const { summary } = await run(10, [
    every("1s", () => ({ t: 90 }), { name: "bath" }),
    alarm("hot", { variable: "t", above: 80 }, { channels: ["phone"] }),
  ]);
  assert.match(summary.reason, /telling of the alarm "hot": RangeError: .*"phone"/);
  assert.equal(summary.entries, 10);
});
