import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import { h } from "preact";
import { AlarmBanner, raisedAlarms } from "../../../fresh-ui/components/alarm_banner.tsx";
import type { AlarmRow, Status, TaskRow } from "../../../fresh-ui/protocol.ts";

const row = (name: string, more: Partial<AlarmRow> = {}): AlarmRow => ({
  name,
  level: "warning",
  raised: true,
  ...more,
});

const status = (more: Partial<Status>): Status => ({
  now: 100,
  state: "running",
  tasks: [],
  devices: [],
  alarms: [],
  entries: 0,
  ...more,
});

const shown = (of: Status): string => render(h(AlarmBanner, { status: of, now: of.now }));

Deno.test("raisedAlarms() puts those that nobody has seen first, then the gravest", () => {
  const alarms = [
    row("seen", { level: "error", acknowledged: "Ada" }),
    row("info", { level: "info" }),
    row("clear", { raised: false }),
    row("warning"),
    row("error", { level: "error" }),
  ];
  assert.deepEqual(raisedAlarms(alarms).map(({ name }) => name), [
    "error",
    "warning",
    "info",
    "seen",
  ]);
});

Deno.test("AlarmBanner() shows nothing while all is well", () => {
  assert.equal(shown(status({ alarms: [row("a", { raised: false })] })), "");
});

Deno.test("AlarmBanner() says what is raised, since when and who has seen it", () => {
  const text = shown(status({
    alarms: [row("too <hot>", { message: "raised: t is 9", since: 90, acknowledged: "Ada" })],
  }));
  assert.match(text, /role="alert"/);
  assert.match(text, /<strong>too &lt;hot><\/strong><span>t is 9, 10 s ago · acknowledged by Ada</);
});

Deno.test("AlarmBanner() says of a run that is over what was raised when it ended", () => {
  const alarms = [row("hot", { message: "raised: t is 9", since: 90 })];
  const task: TaskRow = {
    name: "pump",
    kind: "every",
    period: 1,
    state: "failed",
    ticks: 4,
    skipped: 0,
    failures: 4,
    lateness: { p50: null, p99: null },
    pausable: false,
  };
  const over = shown(status({ state: "completed", alarms, tasks: [task] }));
  assert.match(over, /<strong>hot<\/strong><span>t is 9, when the run ended</);
  assert.doesNotMatch(over, /pump/, "the run's own state says that it failed");
  assert.match(
    shown(status({ tasks: [task] })),
    /<strong>pump<\/strong><span>the task was given up/,
  );
});
