/**
 * What is known of a run beside its values: parameters, metadata, the plan, the script, versions.
 *
 * @module
 */

import type { VNode } from "preact";
import type { PlanInfo, RunRow, SessionInfo } from "../protocol.ts";
import { formatLength, formatMoment, formatNumber, fromWire } from "./format.ts";
import { Panel } from "./lists.tsx";

/** Texts by name. */
function Pairs(
  { pairs, none }: {
    readonly pairs: readonly (readonly [string, string])[];
    readonly none: string;
  },
): VNode {
  if (pairs.length === 0) return <p class="empty">{none}</p>;
  return (
    <dl class="pairs">
      {pairs.map((
        [name, text],
      ) => [<dt key={`${name} name`}>{name}</dt>, <dd key={name}>{text}</dd>])}
    </dl>
  );
}

/** The runs of a file. */
export function Runs(
  { runs, now, chosen, choose }: {
    readonly runs: readonly RunRow[];
    readonly now: number;
    readonly chosen: number | undefined;
    readonly choose: (run: number) => void;
  },
): VNode {
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th>Run</th>
            <th>State</th>
            <th>Began</th>
            <th>Lasted</th>
            <th>Why it ended</th>
          </tr>
        </thead>
        <tbody>
          {runs.toReversed().map((run) => (
            <tr key={run.id}>
              <td>
                <button
                  type="button"
                  class="button quiet"
                  aria-pressed={run.id === chosen}
                  onClick={() => choose(run.id)}
                >
                  {run.id}
                </button>
              </td>
              <td>
                <span class={`state state-${run.state}`}>{run.state}</span>
              </td>
              <td class="nowrap number">{formatMoment(run.started, now)}</td>
              <td class="nowrap number">
                {run.state === "running"
                  ? formatLength(Math.floor(now - run.started))
                  : run.ended === null
                  ? "–"
                  : formatLength(run.ended - run.started)}
              </td>
              <td class="wide soft">{run.reason}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Everything that tells later what was run. */
export function Details(
  { info, now, plan, trouble, chosen, choose }: {
    readonly info: SessionInfo;
    readonly now: number;
    /** The chosen run's plan; undefined while it is fetched. */
    readonly plan: PlanInfo | undefined;
    /** Why the plan can't be had. */
    readonly trouble: string | undefined;
    readonly chosen: number | undefined;
    readonly choose: (run: number) => void;
  },
): VNode {
  const parameters = Object.entries(info.parameters).map(([name, value]) =>
    [name, formatNumber(fromWire(value), 12)] as const
  );
  return (
    <div class="page">
      <Panel title="Runs">
        <Runs runs={info.runs} now={now} chosen={chosen} choose={choose} />
      </Panel>
      <div class="two">
        <Panel title="Parameters">
          <Pairs pairs={parameters} none="The session has no parameters." />
        </Panel>
        <Panel title="Metadata">
          <Pairs pairs={Object.entries(info.metadata)} none="The session has no metadata." />
        </Panel>
      </div>
      {trouble !== undefined && <p class="empty">{trouble}</p>}
      {plan !== undefined && (
        <>
          <div class="two">
            <Panel title={`Plan of run ${plan.run}`}>
              {plan.description === null
                ? <p class="empty">The run was not described by a builder.</p>
                : <pre tabIndex={0}>{plan.description}</pre>}
            </Panel>
            <Panel title="Where and with what it ran">
              <Pairs pairs={Object.entries(plan.facts)} none="Nothing was kept." />
            </Panel>
          </div>
          <Panel title="Script">
            {plan.source === null
              ? <p class="empty">The script's text was not kept.</p>
              : <pre tabIndex={0}>{plan.source}</pre>}
          </Panel>
        </>
      )}
    </div>
  );
}
