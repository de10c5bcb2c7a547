/**
 * The session files that there are, and the choice of two runs to compare.
 *
 * @module
 */

import type { VNode } from "preact";
import type { SessionRow } from "../protocol.ts";
import { formatCount, formatLength, formatMoment } from "./format.ts";
import { Panel } from "./lists.tsx";

/** A run of a session. */
export interface RunChoice {
  /** The session's name in paths. */
  readonly session: string;
  /** The run. */
  readonly run: number;
}

/** The list of sessions. */
export function Sessions(
  { sessions, current, now, open }: {
    readonly sessions: readonly SessionRow[];
    /** The session that is open. */
    readonly current: string;
    readonly now: number;
    readonly open: (id: string) => void;
  },
): VNode {
  return (
    <Panel title="Sessions" note={`${formatCount(sessions.length)} in this folder`}>
      <div class="scroll">
        <table>
          <thead>
            <tr>
              <th>File</th>
              <th>Last run</th>
              <th>Began</th>
              <th>Lasted</th>
              <th class="right">Runs</th>
              <th class="right">Entries</th>
              <th>Variables</th>
            </tr>
          </thead>
          <tbody>
            {sessions.map((session) => (
              <tr key={session.id}>
                <td class="wide">
                  <button
                    type="button"
                    class="button quiet"
                    aria-pressed={session.id === current}
                    disabled={session.trouble !== undefined}
                    onClick={() => open(session.id)}
                  >
                    {session.file}
                  </button>
                </td>
                {session.trouble === undefined
                  ? <SessionCells session={session} now={now} />
                  : <td colSpan={6} class="wide soft">{session.trouble}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function SessionCells(
  { session, now }: { readonly session: SessionRow; readonly now: number },
): VNode {
  const { run } = session;
  return (
    <>
      <td>{run !== null && <span class={`state state-${run.state}`}>{run.state}</span>}</td>
      <td class="nowrap number">{run !== null && formatMoment(run.started, now)}</td>
      <td class="nowrap number">
        {run !== null &&
          (run.ended === null
            ? run.state === "running" ? formatLength(Math.floor(now - run.started)) : "–"
            : formatLength(run.ended - run.started))}
      </td>
      <td class="right">{formatCount(session.runs)}</td>
      <td class="right">{formatCount(session.entries)}</td>
      <td class="wide soft">{shortened(session.variables)}</td>
    </>
  );
}

/** Most names that a line shows. */
const MOST_NAMES = 8;

function shortened(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).join(", ");
  return names.length > MOST_NAMES ? `${shown} and ${names.length - MOST_NAMES} more` : shown;
}
