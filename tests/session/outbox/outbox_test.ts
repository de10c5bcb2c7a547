import assert from "node:assert/strict";
import fc from "fast-check";
import { backOff } from "../../../session/outbox/back_off.ts";
import { DeliveryError } from "../../../session/outbox/types.ts";
import type { Session } from "../../../session/session.ts";
import { every } from "../../../tasks/every.ts";
import { lasting } from "../../../tasks/lasting.ts";
import { paper, virtualSession } from "../_session.ts";
import { alarm, recording, report } from "./_channels.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function notifications(session: Session): string[] {
  return session.events({ kinds: ["notification"] }).filter(({ level }) => level !== "debug")
    .map(({ source, level, message }) => `${source} ${level}: ${message}`);
}

function states(session: Session): string[] {
  return session.outbox().map(({ subject, channel, state }) => `${subject} ${channel} ${state}`);
}

Deno.test("Session.notify() delivers to all channels, with everything that was given", async () => {
  await using session = virtualSession();
  const [mail, chat] = [recording("mail"), recording("chat")];
  await session.addChannel(mail);
  await session.addChannel(chat);
  await session.notify({
    kind: "note",
    subject: "Grüße\r\nBcc: all@lab.org",
    text: "t",
    html: "<b>t</b>",
    attachments: [
      { name: "a.png", type: "image/png", cid: "a", bytes: new Uint8Array([1, 2]) },
      { name: "b.csv", type: "text/csv", bytes: new Uint8Array([3]) },
    ],
  });
  await session.clock.advance(0);
  const [delivery] = mail.accepted;
  assert.equal(delivery?.subject, "Grüße Bcc: all@lab.org");
  assert.deepEqual([delivery?.text, delivery?.html, delivery?.standsFor], ["t", "<b>t</b>", 1]);
  assert.deepEqual(delivery?.attachments.map(({ name, cid, bytes }) => [name, cid, [...bytes]]), [
    ["a.png", "a", [1, 2]],
    ["b.csv", undefined, [3]],
  ]);
  assert.equal(chat.accepted.length, 1);
  assert.notEqual(chat.accepted[0]?.id, delivery?.id);
  assert.deepEqual(session.outbox().map(({ state, attempts }) => [state, attempts]), [
    ["sent", 1],
    ["sent", 1],
  ]);
});

Deno.test("Session.notify() delivers to the channels that are named, or to those told of its kind", async () => {
  await using session = virtualSession();
  const [mail, chat] = [recording("mail"), recording("chat")];
  await session.addChannel(mail, { kinds: ["report", "alarm"] });
  await session.addChannel(chat, { kinds: ["alarm"] });
  await session.notify(report("a"));
  await session.notify(alarm("b"));
  await session.notify(report("c"), ["chat", "chat"]);
  await session.notify({ kind: "end", subject: "d", text: "" });
  await session.clock.advance(0);
  assert.deepEqual(mail.accepted.map(({ subject }) => subject), ["a", "b"]);
  assert.deepEqual(chat.accepted.map(({ subject }) => subject), ["b", "c"]);
});

Deno.test("Session.notify() goes nowhere without a channel, and refuses an unknown one", async () => {
  await using session = virtualSession();
  await session.notify(report("a"));
  assert.throws(() => session.notify(report("a"), ["mail"]), /"mail"\. There is no channel yet/);
  await session.addChannel(recording("chat"));
  assert.throws(() => session.notify(report("a"), ["mail"]), /"mail"\. There are "chat"/);
  assert.deepEqual(session.outbox(), []);
});

const wrong: [what: string, more: object, says: RegExp][] = [
  ["its kind is unknown", { kind: "gossip" }, /its kind is none of report, .*"gossip"/],
  ["its subject is no text", { subject: 3 }, /its subject must be a text: number/],
  ["its text is missing", { text: undefined }, /its text must be a text/],
  ["its HTML is no text", { html: 1 }, /its HTML must be/],
  ["its level is unknown", { level: "loud" }, /its level is none of .*"loud"/],
  ["its expiry has no unit", { expires: 3 }, /no unit/],
  ["an attachment has no name", { attachments: [{ name: "" }] }, /name of an attachment/],
  [
    "an attachment's name has two lines",
    { attachments: [{ name: "a\r\nb", type: "a/b", bytes: new Uint8Array() }] },
    /name of an attachment must be a short line: "a\\r\\nb"/,
  ],
  [
    "an attachment's type is none",
    { attachments: [{ name: "a", type: "png\r\nX: y", bytes: new Uint8Array() }] },
    /must be a media type/,
  ],
  [
    "an attachment holds no bytes",
    { attachments: [{ name: "a", type: "a/b", bytes: "x" }] },
    /must hold bytes/,
  ],
  [
    "a cid could end its quotes",
    { attachments: [{ name: "a", type: "a/b", bytes: new Uint8Array(), cid: 'a"' }] },
    /the cid of a must be/,
  ],
];

for (const [what, more, says] of wrong) {
  Deno.test(`Session.notify() refuses a message at once when ${what}`, async () => {
    await using session = virtualSession();
    await session.addChannel(recording("mail"));
    assert.throws(() => session.notify(report("a", more as Partial<typeof more>)), says);
    assert.deepEqual(session.outbox(), []);
  });
}

Deno.test("Session.addChannel() refuses a second channel of a name, and what is none", async () => {
  await using session = virtualSession();
  await session.addChannel(recording("mail"));
  await assert.rejects(session.addChannel(recording("mail")), /"mail", as there is one/);
  await assert.rejects(session.addChannel({} as never), /must have a name, a kind and a function/);
  const odd = { kinds: ["gossip"] } as never;
  await assert.rejects(session.addChannel(recording("chat"), odd), /no kind of message "gossip"/);
  const unready = { ...recording("x"), prepare: () => Promise.reject(new Error("no password")) };
  await assert.rejects(session.addChannel(unready), /no password/);
  assert.equal(session.hasChannel("x"), false);
});

Deno.test("A message is tried again with growing pauses until it is accepted, and that is said twice", async () => {
  await using session = virtualSession();
  const times: number[] = [];
  const mail = recording("mail", (_, { clock }, tries) => {
    times.push(clock.monotonic());
    if (tries < 6) throw new Error("no route to host");
  });
  await session.addChannel(mail);
  await session.notify(alarm("a"));
  await session.sleep("1h");
  assert.equal(mail.accepted.length, 1);
  const pauses = times.slice(1).map((time, n) => time - (times[n] ?? 0));
  pauses.forEach((pause, n) => {
    const most = 10_000 * 2 ** n;
    // The pause of the channel and that of the message are drawn apart; the longer one counts.
    assert.ok(pause >= most / 2 && pause <= most, `${n}: ${pause}`);
  });
  assert.deepEqual(notifications(session), [
    "mail warning: a message is not delivered yet and will be tried again: no route to host",
    "mail info: messages get through again",
  ]);
  assert.deepEqual(
    session.outbox().map(({ attempts, lastError, state }) => [attempts, lastError, state]),
    [
      [6, "no route to host", "sent"],
    ],
  );
});

Deno.test("backOff() lies between half its length and all of it, and never passes the longest", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1e6 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, random) => {
        const wait = backOff({ first: 10, most: 1000 }, n, random);
        const longest = Math.min(1000, 10 * 2 ** (n - 1));
        assert.ok(wait >= longest / 2 && wait <= longest);
      },
    ),
  );
});

Deno.test("A channel that says when to come back is left alone until then", async () => {
  await using session = virtualSession();
  const times: number[] = [];
  const chat = recording("chat", (_, { clock }, tries) => {
    times.push(clock.monotonic());
    if (tries === 1) throw new DeliveryError("too many requests", { retryAfter: 3 * HOUR });
  });
  await session.addChannel(chat);
  await session.notify(alarm("a"));
  await session.sleep("1h");
  await session.notify(alarm("b"));
  await session.sleep("3h");
  assert.deepEqual(times, [0, 3 * HOUR, 3 * HOUR]);
});

Deno.test("An alarm does not wait for what failed before it", async () => {
  await using session = virtualSession();
  const order: string[] = [];
  let down = true;
  const mail = recording("mail", ({ subject }) => {
    order.push(subject);
    if (down) throw new Error("down");
  });
  await session.addChannel(mail);
  await session.notify(report("r", { coalesce: null }));
  await session.sleep("2h");
  {
    using _hold = session.clock.hold();
    const tries = mail.tries;
    await session.notify(alarm("a"));
    await session.clock.advance(0);
    assert.equal(mail.tries, tries + 1, "it is tried at once");
    assert.equal(order.at(-1), "a");
  }
  down = false;
  await session.notify(alarm("b"));
  await session.sleep("1h");
  assert.equal(mail.accepted[0]?.subject, "b");
  assert.deepEqual(mail.accepted.map(({ subject }) => subject).sort(), ["a", "b", "r"]);
});

Deno.test("An alarm goes first of those that are due", async () => {
  await using session = virtualSession();
  const mail = recording("mail", (_delivery, _limits, tries) => {
    if (tries === 1) throw new DeliveryError("too many requests", { retryAfter: HOUR });
  });
  await session.addChannel(mail);
  await session.notify(report("r", { coalesce: null }));
  await session.sleep("1min");
  await session.notify(alarm("a"));
  await session.sleep("50min");
  assert.deepEqual(mail.accepted, []);
  await session.sleep("10min");
  assert.deepEqual(mail.accepted.map(({ subject }) => subject), ["a", "r"]);
});

Deno.test("Several reports that wait become the newest one, which says for how many it stands", async () => {
  await using session = virtualSession();
  let down = true;
  const mail = recording("mail", () => {
    if (down) throw new Error("down");
  });
  await session.addChannel(mail);
  for (let n = 1; n <= 30; n++) {
    await session.notify(
      report(`report ${n}`, { html: "<html><body class='x'>hello</body></html>" }),
    );
    await session.sleep("2h");
  }
  assert.equal(session.outboxTotals().waiting, 1);
  down = false;
  await session.sleep("1h");
  assert.equal(mail.accepted.length, 1);
  const [{ subject, standsFor, text, html } = { subject: "", standsFor: 0, text: "", html: "" }] =
    mail.accepted;
  assert.deepEqual([subject, standsFor], ["report 30 (the latest of 30)", 30]);
  assert.match(
    text,
    /^This message stands for 30: the 29 before it could not be delivered\.\n\nreport 30/,
  );
  assert.match(html ?? "", /<body class='x'><p>This message stands for 30: .*<\/p>hello/);
  assert.equal(session.outboxTotals().coalesced, 29);
});

Deno.test("A report that is being sent when the next one comes is not counted twice", async () => {
  await using session = virtualSession();
  const first = Promise.withResolvers<void>();
  const mail = recording("mail", (_, __, tries) => tries === 1 ? first.promise : undefined);
  await session.addChannel(mail);
  {
    using _hold = session.clock.hold();
    await session.notify(report("a"));
    await session.clock.advance(0);
    await session.notify(report("b"));
    first.reject(new Error("connection lost"));
    await session.clock.advance(0);
  }
  await session.sleep("1min");
  assert.deepEqual(mail.accepted.map(({ subject }) => subject), ["b (the latest of 2)"]);
  assert.deepEqual(states(session), ["a mail coalesced", "b mail sent"]);
});

Deno.test("Messages of one name become one, and null keeps reports apart", async () => {
  await using session = virtualSession();
  let down = true;
  const mail = recording("mail", () => {
    if (down) throw new Error("down");
  });
  await session.addChannel(mail);
  for (const n of [1, 2]) {
    await session.notify(alarm(`hot ${n}`, { coalesce: "hot" }));
    await session.notify(report(`apart ${n}`, { coalesce: null }));
    await session.notify(alarm(`cold ${n}`));
    await session.clock.advance(0);
  }
  down = false;
  await session.sleep("1h");
  assert.deepEqual(mail.accepted.map(({ subject }) => subject).toSorted(), [
    "apart 1",
    "apart 2",
    "cold 1",
    "cold 2",
    "hot 2 (the latest of 2)",
  ]);
});

Deno.test("A message that no attempt would help is given up and said once, until another gets through", async () => {
  await using session = virtualSession();
  let well = false;
  const mail = recording("mail", () => {
    if (!well) throw new DeliveryError("535 wrong password", { permanent: true });
  });
  await session.addChannel(mail);
  const said =
    "mail error: a message was given up, as no further attempt is of use: 535 wrong password";
  for (const subject of ["a", "b"]) await session.notify(alarm(subject));
  await session.sleep("1h");
  assert.equal(mail.tries, 2);
  assert.deepEqual(notifications(session), [said]);
  well = true;
  await session.notify(alarm("c"));
  await session.sleep("1h");
  well = false;
  await session.notify(alarm("d"));
  await session.sleep("1h");
  assert.deepEqual(notifications(session), [said, said]);
  assert.deepEqual(states(session), [
    "a mail failed",
    "b mail failed",
    "c mail sent",
    "d mail failed",
  ]);
});

Deno.test("Messages expire by their kind, or as they say", async () => {
  await using session = virtualSession();
  const mail = recording("mail", () => {
    throw new Error("down");
  });
  await session.addChannel(mail);
  await session.notify(report("report"));
  await session.notify(alarm("alarm"));
  await session.notify(alarm("brief", { expires: "1h" }));
  const at = async (days: number): Promise<string[]> => {
    await session.clock.sleepUntil(days * DAY);
    return session.outbox().filter(({ state }) => state === "waiting").map(({ subject }) =>
      subject
    );
  };
  assert.deepEqual(await at(0.04), ["report", "alarm", "brief"]);
  assert.deepEqual(await at(0.05), ["report", "alarm"]);
  assert.deepEqual(await at(0.99), ["report", "alarm"]);
  assert.deepEqual(await at(1.01), ["alarm"]);
  assert.deepEqual(await at(6.99), ["alarm"]);
  assert.deepEqual(await at(7.01), []);
  assert.equal(session.outboxTotals().expired, 3);
  assert.ok(mail.tries < 1000, `${mail.tries}`);
});

Deno.test("A message is not sent before its time", async () => {
  await using session = virtualSession();
  const mail = recording("mail");
  await session.addChannel(mail);
  await session.notify(report("a", { notBefore: session.clock.wall() / 1e6 + 3600 }));
  await session.sleep("59min");
  assert.equal(mail.tries, 0);
  await session.sleep("2min");
  assert.equal(mail.accepted.length, 1);
});

Deno.test("A channel that never answers is given up after two minutes, and holds nobody up", async () => {
  await using session = virtualSession();
  const signals: AbortSignal[] = [];
  const hanging = recording("mail", (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  const chat = recording("chat");
  await session.addChannel(hanging);
  await session.addChannel(chat);
  await session.notify(alarm("a"));
  await session.sleep("1s");
  assert.equal(chat.accepted.length, 1);
  await session.sleep("119s");
  await session.sleep("1s");
  assert.equal(signals[0]?.aborted, true);
  assert.match(notifications(session)[0] ?? "", /there was no answer within 2min/);
});

Deno.test("The outbox is bounded: what matters least and is oldest goes first, and that is said", async () => {
  await using session = virtualSession();
  const mail = recording("mail", () => {
    throw new Error("down");
  });
  await session.addChannel(mail);
  const bytes = new Uint8Array(9 * 2 ** 20);
  const big = (name: string) => ({ coalesce: null, attachments: [{ name, type: "a/b", bytes }] });
  await session.notify(alarm("alarm 0", big("x")));
  for (let n = 1; n <= 6; n++) await session.notify(report(`report ${n}`, big("x")));
  const waiting = (): string[] =>
    session.outbox().filter(({ state }) => state === "waiting").map(({ subject }) => subject);
  assert.equal(waiting().length, 7);
  await session.notify(alarm("alarm 1", big("x")));
  assert.equal(waiting().join(), "alarm 0,report 2,report 3,report 4,report 5,report 6,alarm 1");
  for (let n = 2; n <= 6; n++) await session.notify(alarm(`alarm ${n}`, big("x")));
  assert.equal(waiting().join(), "alarm 0,alarm 1,alarm 2,alarm 3,alarm 4,alarm 5,alarm 6");
  await session.notify(report("late", big("x")));
  assert.equal(waiting().length, 7, "a report does not take an alarm's place");
  assert.equal(session.outbox().at(-1)?.lastError, "the outbox was full");
  assert.ok(
    notifications(session).some((text) => text.includes("messages that wait were given up")),
  );
  const huge = [{ name: "x", type: "a/b", bytes: new Uint8Array(65 * 2 ** 20) }];
  assert.throws(() => session.notify(alarm("huge", { attachments: huge })), /it is too large/);
});

Deno.test("Entries keep their grid while a channel is down for days, and memory stays bounded", async () => {
  await using session = virtualSession();
  let down = true;
  const mail = recording("mail", () => {
    if (down) throw new Error("down");
  });
  await session.addChannel(mail);
  session.onEntry(({ n }) => {
    if (n !== undefined && n % 12 === 0) void session.notify(report(`report ${n}`));
  });
  let n = 0;
  await session.monitor(
    every("10min", () => {
      if (n === 720) down = false;
      return { n: n++ };
    }),
    lasting("6d"),
  );
  const [t] = session.loggedVariable("n");
  assert.equal(t.length, 864);
  assert.ok(t.every((time, k) => Math.abs(time - (t[0] ?? 0) - 600 * k) < 1e-3));
  const reports = mail.accepted.reduce((sum, { standsFor }) => sum + standsFor, 0);
  assert.equal(reports, 72, "each report is told of exactly once");
  assert.equal(new Set(mail.accepted.map(({ id }) => id)).size, mail.accepted.length);
  assert.equal(session.outboxTotals().waiting, 0);
});

Deno.test("The end of a run sends what waits, for half a minute at most, and says what is left", async () => {
  const page = paper();
  const session = virtualSession({ terminal: page });
  let tries = 0;
  const mail = recording("mail", ({ subject }) => {
    if (subject === "never") throw new Error("down");
    if (tries++ === 0) throw new Error("down");
  });
  await session.addChannel(mail);
  await session.notify(alarm("never"));
  await session.notify(alarm("soon"));
  const before = session.clock.monotonic();
  await session.close();
  assert.deepEqual(mail.accepted.map(({ subject }) => subject), ["soon"]);
  assert.ok(session.clock.monotonic() - before <= 30_001);
  assert.match(page.text, /sending 2 messages, for 30s at most/);
  assert.match(page.text, /1 message not delivered: lost, as the session is in memory/);
});

Deno.test("Session.close() ends in time though a channel never answers", async () => {
  const session = virtualSession({ farewell: "5s" });
  await session.addChannel(recording("mail", () => new Promise(() => {})));
  {
    using _hold = session.clock.hold();
    await session.notify(alarm("a"));
    await session.clock.advance(0);
  }
  const before = session.clock.monotonic();
  const { status } = await session.close();
  assert.equal(status, "completed");
  assert.equal(Math.round(session.clock.monotonic() - before), 5_000);
});

Deno.test("Session.onEnd() may send a message that says how the run went", async () => {
  const session = virtualSession();
  const mail = recording("mail");
  await session.addChannel(mail);
  const order: string[] = [];
  session.defer("device", () => {
    order.push("device");
    throw new Error("would not close");
  });
  session.onEnd("message", async ({ status, reason }) => {
    order.push("end");
    await session.notify({ kind: "failure", subject: `${status}: ${reason}`, text: "" });
  });
  session.askExit("enough");
  const { status } = await session.close();
  assert.equal(status, "failed");
  assert.deepEqual(order, ["device", "end"]);
  assert.match(mail.accepted[0]?.subject ?? "", /^failed: enough; .*would not close/);
});

Deno.test("Session.onEvent() is told of what happens, until it is disposed", async () => {
  await using session = virtualSession();
  const seen: string[] = [];
  const listening = session.onEvent(({ kind, level, message }) =>
    seen.push(`${kind} ${level} ${message}`)
  );
  session.log("warning", "odd");
  listening[Symbol.dispose]();
  session.log("warning", "unheard");
  assert.deepEqual(seen, ["log warning odd"]);
});
