/**
 * Tasks, devices, alarms and events.
 *
 * @module
 */

import type { ComponentChildren, VNode } from "preact";
import type { OutboxState } from "../outbox_protocol.ts";
import type { AlarmRow, DeviceRow, EventRow, TaskRow } from "../protocol.ts";
import { formatAge, formatCount, formatLength, formatMoment } from "./format.ts";

/** A part of the page with a heading. */
export function Panel(
  { title, note, tools, children, className = "" }: {
    readonly title: string;
    readonly note?: ComponentChildren;
    readonly tools?: ComponentChildren;
    readonly children: ComponentChildren;
    readonly className?: string;
  },
): VNode {
  return (
    <section class={`panel ${className}`} aria-label={title}>
      <header>
        <h2>{title}</h2>
        {note !== undefined && <span class="faint">{note}</span>}
        {tools !== undefined && <span class="spacer" />}
        {tools}
      </header>
      <div class="body">{children}</div>
    </section>
  );
}

/** Kinds of tasks that do nothing that a person could look at. */
const QUIET_KINDS = ["for", "until", "plot", "live", "alarm", "heartbeat"];

/** The tasks: how often they ran, what they missed, how late they are. */
export function Tasks(
  { tasks, control }: {
    readonly tasks: readonly TaskRow[];
    /** Makes the button that pauses or resumes a task; absent where that is not allowed. */
    readonly control?: ((task: TaskRow) => VNode) | undefined;
  },
): VNode {
  const shown = tasks.filter(({ kind }) => !QUIET_KINDS.includes(kind));
  if (shown.length === 0) return <p class="empty">No task has run yet.</p>;
  const late = (value: number | null): string => value === null ? "–" : formatLength(value / 1e3);
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Task</th>
            <th>State</th>
            <th class="right">Every</th>
            <th class="right">Steps</th>
            <th class="right">Missed</th>
            <th class="right">Failed</th>
            <th class="right" title="How late its steps begin: median and 99th percentile">Late</th>
            {control !== undefined && <th />}
          </tr>
        </thead>
        <tbody>
          {shown.map((task) => (
            <tr key={task.name}>
              <td class="wide">{task.name}</td>
              <td>
                <span class={`state state-${task.state}`}>{task.state}</span>
              </td>
              <td class="right nowrap">
                {task.period === null ? "–" : formatLength(task.period)}
              </td>
              <td class="right">{formatCount(task.ticks)}</td>
              <td class={task.skipped > 0 ? "right alert" : "right"}>
                {formatCount(task.skipped)}
              </td>
              <td class={task.failures > 0 ? "right alert" : "right"}>
                {formatCount(task.failures)}
              </td>
              <td class="right nowrap">
                {late(task.lateness.p50)} · {late(task.lateness.p99)}
              </td>
              {control !== undefined && <td class="right">{task.pausable && control(task)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The devices and what was last heard of them. */
export function Devices(
  { devices, now }: { readonly devices: readonly DeviceRow[]; readonly now: number },
): VNode {
  if (devices.length === 0) return <p class="empty">The run has no devices.</p>;
  const classes: Readonly<Record<string, string>> = { open: "running", lost: "lost" };
  return (
    <table>
      <tbody>
        {devices.map((device) => (
          <tr key={device.name}>
            <td class="wide">
              {device.name}
              <div class="faint">{device.title}</div>
            </td>
            <td>
              <span class={`state state-${classes[device.state] ?? "closed"}`}>{device.state}</span>
              {device.message !== undefined && (
                <div class="soft">
                  {device.message}
                  {device.since !== undefined && `, ${formatAge(now - device.since)}`}
                </div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How the state of a raised alarm looks. */
const RAISED = {
  error: "failed",
  warning: "paused",
  info: "completed",
  debug: "completed",
} as const;

/** The alarms, those that are raised first. */
export function Alarms(
  { alarms, now, control }: {
    readonly alarms: readonly AlarmRow[];
    readonly now: number;
    /** Makes the button that acknowledges an alarm; absent where that is not allowed. */
    readonly control?: ((alarm: AlarmRow) => VNode) | undefined;
  },
): VNode {
  const sorted = alarms.toSorted((a, b) => Number(b.raised) - Number(a.raised));
  return (
    <table>
      <tbody>
        {sorted.map((alarm) => (
          <tr key={alarm.name}>
            <td class="wide">
              {alarm.name}
              {alarm.message !== undefined && (
                <div class="soft">
                  {alarm.message.replace(/^raised: /, "")}
                  {alarm.since !== undefined && `, ${formatAge(now - alarm.since)}`}
                </div>
              )}
              {alarm.acknowledged !== undefined && (
                <div class="faint">acknowledged by {alarm.acknowledged}</div>
              )}
            </td>
            <td class="right">
              <span class={`state state-${alarm.raised ? RAISED[alarm.level] : "running"}`}>
                {alarm.raised ? "raised" : "clear"}
              </span>
              {control !== undefined && alarm.raised && alarm.acknowledged === undefined && (
                <div>{control(alarm)}</div>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** How messages to people stand. */
export function Notifications({ outbox }: { readonly outbox: OutboxState }): VNode {
  const { waiting, sent, failed, lastError } = outbox;
  return (
    <table>
      <tbody>
        <tr>
          <td class="wide">Sent</td>
          <td class="right">{formatCount(sent)}</td>
        </tr>
        <tr>
          <td class="wide">Waiting</td>
          <td class="right">{formatCount(waiting)}</td>
        </tr>
        <tr>
          <td class="wide">Given up</td>
          <td class={failed > 0 ? "right alert" : "right"}>{formatCount(failed)}</td>
        </tr>
        {lastError !== undefined && (
          <tr>
            <td class="soft" colSpan={2}>{lastError}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** What happened, the latest first. */
export function Events(
  { events, now }: { readonly events: readonly EventRow[]; readonly now: number },
): VNode {
  if (events.length === 0) return <p class="empty">Nothing has happened yet.</p>;
  return (
    <ol class="events" aria-live="polite" aria-relevant="additions">
      {events.toReversed().map((event) => (
        <li key={event.seq} class={event.level}>
          <time dateTime={new Date(event.t * 1e3).toISOString()}>{formatMoment(event.t, now)}</time>
          <span class="kind">{event.kind}</span>
          <span class="text">
            {event.source !== undefined && <span class="source">{`${event.source} `}</span>}
            {event.message}
          </span>
        </li>
      ))}
    </ol>
  );
}
