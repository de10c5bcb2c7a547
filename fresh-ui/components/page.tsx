/**
 * The overview: values, tasks, devices, plots, events. It is drawn by the server first and then kept by the browser.
 *
 * @module
 */

import type { ComponentChildren, VNode } from "preact";
import type { AlarmRow, EventRow, SessionInfo, Status, TaskRow, VariableRow } from "../protocol.ts";
import { Alarms, Devices, Events, Notifications, Panel, Tasks } from "./lists.tsx";
import { Value } from "./values.tsx";

/** A variable's last value and its sparkline. */
export interface Reading {
  /** When, Unix seconds; NaN if there is none. */
  readonly t: number;
  /** The value. */
  readonly value: number;
  /** The paths of its sparkline. */
  readonly spark?: { readonly band: string; readonly mean: string } | undefined;
}

/** What the overview shows. */
export interface OverviewProps {
  /** The session. */
  readonly info: SessionInfo;
  /** How its run stands. */
  readonly status: Status;
  /** The server's time. */
  readonly now: number;
  /** The latest events, oldest first. */
  readonly events: readonly EventRow[];
  /** What was recorded last of a variable. */
  readonly reading: (variable: VariableRow) => Reading;
  /** The plots. */
  readonly plots: ComponentChildren;
  /** What adds a plot. */
  readonly addPlot?: ComponentChildren;
  /** Makes the button that pauses or resumes a task; absent where that is not allowed. */
  readonly taskControl?: ((task: TaskRow) => VNode) | undefined;
  /** Makes the button that acknowledges an alarm; absent where that is not allowed. */
  readonly alarmControl?: ((alarm: AlarmRow) => VNode) | undefined;
  /** What shows more events. */
  readonly eventTools?: ComponentChildren;
}

/** The overview. */
export function Overview(props: OverviewProps): VNode {
  const { info, status, now, events, reading, plots, addPlot, eventTools } = props;
  const { taskControl, alarmControl } = props;
  const running = status.state === "running";
  const variables = info.variables.filter(({ name, last }) =>
    last !== undefined || !Number.isNaN(reading({ name }).t)
  );
  const raised = status.alarms.filter((alarm) => alarm.raised).length;
  return (
    <div class="page overview">
      <div class="rail">
        <section class="panel first" aria-label="Values">
          <header>
            <h2>Values</h2>
          </header>
          {variables.length === 0
            ? <p class="body empty">Nothing has been recorded yet.</p>
            : (
              <div class="values">
                {variables.map((variable) => (
                  <Value
                    key={variable.name}
                    variable={variable}
                    now={now}
                    running={running}
                    {...reading(variable)}
                  />
                ))}
              </div>
            )}
        </section>
        {status.alarms.length > 0 && (
          <Panel
            title="Alarms"
            note={raised > 0 ? `${raised} raised` : "all clear"}
            className="first"
          >
            <Alarms alarms={status.alarms} now={now} control={alarmControl} />
          </Panel>
        )}
        {status.devices.length > 0 && (
          <Panel title="Devices">
            <Devices devices={status.devices} now={now} />
          </Panel>
        )}
        {status.outbox !== undefined && (
          <Panel title="Notifications">
            <Notifications outbox={status.outbox} />
          </Panel>
        )}
        <Panel title="Events" tools={eventTools} className="happenings">
          <Events events={events} now={now} />
        </Panel>
      </div>
      <div class="main-column">
        {plots}
        {addPlot}
        <Panel title="Tasks">
          <Tasks tasks={status.tasks} control={taskControl} />
        </Panel>
      </div>
    </div>
  );
}
