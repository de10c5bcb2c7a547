import assert from "node:assert/strict";
import { every } from "../../../tasks/every.ts";
import { lasting } from "../../../tasks/lasting.ts";
import { once } from "../../../tasks/once.ts";
import { plot } from "../../../tasks/plot.ts";
import type { Session } from "../../../session/session.ts";
import { START, virtualSession } from "../../session/_session.ts";
import { letterBox, reporting, told } from "./_sender.ts";

const measure = every("10s", () => ({ a: 1 }), { name: "measure" });

Deno.test("reports come at once and then at each period, and one at the end", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.monitor(measure, reporting(box, { every: "2h" }), lasting("5h"));
  }
  assert.deepEqual(told(box.letters), [
    [0, "report", "the session: running"],
    [7_200, "report", "the session: running"],
    [14_400, "report", "the session: running"],
    [18_000, "end", "the session: completed, the time of 5h is over"],
  ]);
});

Deno.test("reports come on their grid whatever the delay and however long they take", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.monitor(
      measure,
      reporting(box, { every: "1h", initialDelay: "30min", on: [] }),
      lasting("3h"),
    );
  }
  assert.deepEqual(told(box.letters).map(([at]) => at), [1_800, 5_400, 9_000]);
});

Deno.test("reports come at a time of day", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.monitor(
      every("1h", () => ({ a: 1 })),
      reporting(box, { at: "08:00", timeZone: "Europe/Berlin", on: [] }),
      lasting("72h"),
    );
  }
  const hour = 3_600;
  assert.deepEqual(told(box.letters).map(([at]) => at), [7 * hour, 31 * hour, 55 * hour]);
});

Deno.test("a report of the beginning is the first of the regular ones, or comes beside them", async () => {
  const rows = [
    [{ every: "2h", on: ["start"] }, [[0, "started"], [7_200, "running"]]],
    [{ at: "03:00", on: ["start"] }, [[0, "started"], [10_800, "running"]]],
    [{ on: ["start"] }, [[0, "started"]]],
  ] as const;
  for (const [options, expected] of rows) {
    const box = letterBox();
    {
      await using session = virtualSession();
      await session.monitor(measure, reporting(box, options), lasting("4h"));
    }
    const found = box.letters.map(({ at, subject }) => [at, subject.split(": ").at(-1)]);
    assert.deepEqual(found, expected);
  }
});

Deno.test("a report tells of the last values, and the next one what changed since", async () => {
  const box = letterBox();
  let a = 20;
  {
    await using session = virtualSession();
    await session.declareVariable("a", { unit: "°C", label: "Bad Köln" });
    await session.monitor(
      every("10min", () => ({ a: a++ })),
      reporting(box, { every: "1h", initialDelay: "5min", on: [] }),
      lasting("2h"),
    );
  }
  const [first, second] = box.letters;
  assert.match(first?.text ?? "", /Bad Köln \(a\) {2}20 °C {6}±0 {5}20 {8}20 {2}5 min ago/);
  assert.match(second?.text ?? "", /Bad Köln \(a\) {2}26 °C {6}\+6 {5}21 {8}26 {2}5 min ago/);
  assert.match(second?.text ?? "", /since 00:05:00, the last regular report/);
});

Deno.test("a task that is given up is reported with the reason, once for what fails together", async () => {
  const box = letterBox();
  const broken = (name: string) =>
    every("1min", () => {
      throw new Error(`${name} is unplugged`);
    }, { name, restarts: { max: 0, within: "1min" } });
  {
    await using session = virtualSession();
    await session.monitor(
      measure,
      broken("dmm"),
      broken("bath"),
      reporting(box, { on: ["failure"] }),
      lasting("1h"),
    );
  }
  assert.deepEqual(told(box.letters), [
    [
      2,
      "failure",
      "the session: failure, dmm: the task is given up: dmm is unplugged; " +
      "bath: the task is given up: bath is unplugged",
    ],
    [
      3_600,
      "failure",
      "the session: failed, the time of 1h is over; dmm failed: dmm is unplugged; bath failed: bath is unplugged",
    ],
  ]);
  assert.match(box.letters[0]?.text ?? "", /Wrong now\n {2}The task dmm was given up/);
});

Deno.test("an alarm is reported when it is raised, and one that flaps at most once a minute", async () => {
  const box = letterBox();
  const flap = async (
    session: Session,
    { sleep }: { sleep(time: "5s" | "20min"): Promise<void> },
  ) => {
    await sleep("20min");
    for (let n = 0; n < 20; n++) {
      const raised = n % 2 === 0;
      session.event(
        "alarm",
        raised ? "error" : "info",
        raised ? `raised: a is ${n}` : "clear",
        "hot",
        {
          name: "hot",
          raised,
          change: raised ? "raised" : "cleared",
        },
      );
      await sleep("5s");
    }
  };
  {
    await using session = virtualSession();
    await session.monitor(measure, once(flap), reporting(box, { on: ["alarm"] }), lasting("1h"));
  }
  assert.deepEqual(told(box.letters).map(([at, kind]) => [at, kind]), [
    [1_202, "alarm"],
    [1_262, "alarm"],
    [1_322, "alarm"],
  ]);
  assert.equal(box.letters[0]?.subject, "the session: alarm, hot: raised: a is 0");
  assert.match(box.letters[1]?.subject ?? "", /hot: raised: a is 10; and 1 more$/);
});

Deno.test("what happens just before the end is told in the report of the end", async () => {
  const rows = [[["end", "alarm"], "end"], [["alarm"], "alarm"]] as const;
  for (const [on, kind] of rows) {
    const box = letterBox();
    {
      await using session = virtualSession();
      await session.monitor(
        measure,
        once(async (session: Session, { sleep }) => {
          await sleep("10min");
          session.event("alarm", "error", "raised: a is 90", "hot", { name: "hot", raised: true });
          session.askExit("too hot to go on");
        }),
        reporting(box, { on }),
      );
    }
    assert.deepEqual(box.letters.map((letter) => letter.kind), [kind]);
    assert.match(box.letters[0]?.subject ?? "", /hot: raised: a is 90$/);
  }
});

Deno.test("a report says what a failure of something that closes did to the run", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    session.defer("the heater", () => {
      throw new Error("it would not switch off");
    });
    await session.monitor(measure, reporting(box, { on: ["end"] }), lasting("1h"));
  }
  assert.match(
    box.letters[0]?.subject ?? "",
    /failed, the time of 1h is over; closing: the heater: it would not switch off$/,
  );
});

Deno.test("a report that was not delivered is told of by the next one", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.monitor(
      every("10min", () => ({ a: 1 })),
      once(async (session: Session, { sleep }) => {
        await sleep("90min");
        box.up = false;
        session.event("gap", "warning", "nothing was measured", "dmm");
        await sleep("5h");
        box.up = true;
      }),
      reporting(box, { every: "2h", on: [] }),
      lasting("9h"),
    );
  }
  const gaps = box.letters.map(({ text }) => text.includes("nothing was measured"));
  const since = box.letters.map(({ text }) => /What went wrong, since (.*)/.exec(text)?.[1]);
  // Those of 2 h, 4 h and 6 h waited: the last of them is delivered, and tells of all that time.
  assert.deepEqual(gaps, [false, true, false]);
  assert.deepEqual(since, [
    "00:00:00, when the run began",
    "00:00:00, the last regular report",
    "06:00:00, the last regular report",
  ]);
  assert.deepEqual(box.letters.map(({ standsFor }) => standsFor), [1, 3, 1]);
});

Deno.test("a report carries the plots as pictures that the HTML names, and the table", async () => {
  const box = letterBox();
  {
    await using session = virtualSession();
    await session.monitor(
      every("1min", () => ({ a: Math.random(), b: 2 })),
      plot(["a"], { title: "One" }),
      plot(["b"], { title: "Two" }),
      reporting(box, { on: ["end"], plots: [1, 7], attach: { csv: "30min" } }),
      lasting("1h"),
    );
  }
  const [letter] = box.letters;
  assert.ok(letter !== undefined);
  const [picture, table] = letter.attachments;
  assert.equal(letter.attachments.length, 2);
  assert.deepEqual([picture?.name, picture?.type], ["plot-1.png", "image/png"]);
  assert.ok(letter.html?.includes(`src="cid:${picture?.cid}"`));
  assert.deepEqual([...picture?.bytes.slice(1, 4) ?? []], [80, 78, 71]);
  assert.deepEqual([table?.name, table?.type], ["the session 2026-01-01.csv", "text/csv"]);
  const rows = new TextDecoder().decode(table?.bytes).trimEnd().split("\r\n");
  assert.deepEqual(rows[0], "time,unix [s],a,b");
  assert.equal(Number(rows[1]?.split(",")[1]), START + 1_800);
  assert.equal(rows.length, 1 + 30);
  assert.match(letter.text, /The run declares 2 plots: there is none at 7\./);
});

Deno.test("a report that can't be made is an event, and a short one says what happened", async () => {
  const box = letterBox();
  await using session = virtualSession();
  Object.defineProperty(session, "standing", {
    value() {
      if (new Error().stack?.includes("composer.ts:") && !calls++) throw new Error("no way");
      return Object.getPrototypeOf(this).standing.call(this);
    },
  });
  let calls = 0;
  await session.monitor(measure, reporting(box, { every: "1h", on: [] }), lasting("90min"));
  assert.equal((await session.close()).status, "completed");
  assert.match(box.letters[0]?.text ?? "", /There is no more to tell: no way/);
  assert.match(box.letters[1]?.text ?? "", /Last values/);
});

Deno.test("a message that the outbox refuses is an event, and the run goes on", async () => {
  await using session = virtualSession();
  const box = letterBox();
  session.notify = () => {
    throw new RangeError("it is too large");
  };
  await session.monitor(measure, reporting(box, { every: "1h" }), lasting("150min"));
  const troubles = session.events({ kinds: ["report"] }).map((
    { level, message },
  ) => [level, message]);
  assert.deepEqual(troubles[0], ["warning", "a report could not be made: it is too large"]);
  assert.equal((await session.close()).status, "completed");
});
