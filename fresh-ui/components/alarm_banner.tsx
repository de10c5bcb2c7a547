/**
 * What nobody may overlook: alarms that are raised and tasks that were given up, large under the head of the page.
 *
 * @module
 */

import type { VNode } from "preact";
import type { AlarmRow, Level, Status } from "../protocol.ts";
import { formatAge } from "./format.ts";

/** The graver, the earlier. */
const RANK: Readonly<Record<Level, number>> = { error: 3, warning: 2, info: 1, debug: 0 };

/** The alarms that are raised: those that nobody has seen first, then the gravest. */
export function raisedAlarms(alarms: readonly AlarmRow[]): AlarmRow[] {
  const seen = ({ acknowledged }: AlarmRow): number => acknowledged === undefined ? 0 : 1;
  return alarms.filter(({ raised }) => raised)
    .sort((a, b) => seen(a) - seen(b) || RANK[b.level] - RANK[a.level]);
}

/** The banner; nothing while all is well. */
export function AlarmBanner(
  { status, now }: { readonly status: Status; readonly now: number },
): VNode | null {
  const raised = raisedAlarms(status.alarms);
  const given = status.state === "running"
    ? status.tasks.filter(({ state }) => state === "failed" || state === "abandoned")
    : [];
  if (raised.length + given.length === 0) return null;
  return (
    <div class="alarms" role="alert" aria-label="Alarms">
      {raised.map((alarm) => <Raised key={alarm.name} alarm={alarm} now={now} status={status} />)}
      {given.map(({ name }) => (
        <div key={name} class="alarm alarm-error">
          <strong>{name}</strong>
          <span>the task was given up; the others go on</span>
        </div>
      ))}
    </div>
  );
}

function Raised(
  { alarm, now, status }: {
    readonly alarm: AlarmRow;
    readonly now: number;
    readonly status: Status;
  },
): VNode {
  const { name, level, message = "raised", since, acknowledged } = alarm;
  const when = status.state === "running"
    ? since === undefined ? "" : `, ${formatAge(now - since)}`
    : ", when the run ended";
  const seen = acknowledged === undefined ? "" : ` · acknowledged by ${acknowledged}`;
  return (
    <div class={`alarm alarm-${level} ${acknowledged === undefined ? "" : "alarm-seen"}`}>
      <strong>{name}</strong>
      <span>{message.replace(/^raised: /, "")}{when}{seen}</span>
    </div>
  );
}
