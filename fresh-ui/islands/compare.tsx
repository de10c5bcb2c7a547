/**
 * Two runs in one plot, each from its own beginning.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import type { TimePlotDefinition } from "../../plots/definition.ts";
import type { Figure, TimeSeries } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { formatMoment } from "../components/format.ts";
import { Panel } from "../components/lists.tsx";
import type { RunRow, SessionInfo, SessionList, VariableRow } from "../protocol.ts";
import type { FigureSource } from "./figure_source.ts";
import { PlotPanel } from "./plot_panel.tsx";
import type { SessionStore } from "./store.ts";
import { TimeData } from "./time_data.ts";

/** A run of a session that is compared. */
interface Side {
  readonly info: SessionInfo;
  readonly run: RunRow;
}

/** When a run ended, or how far it is. */
function endOf({ info, run }: Side): number {
  const later = info.runs.find(({ id }) => id > run.id);
  return run.ended ?? later?.started ?? Math.max(info.span?.[1] ?? 0, run.started + 1);
}

/** One variable of two runs over the time since each began. */
class CompareSource implements FigureSource {
  readonly #sides: readonly (Side & { readonly data: TimeData })[];
  readonly #definition: TimePlotDefinition;
  readonly #variable: VariableRow;

  constructor(
    store: SessionStore,
    sides: readonly Side[],
    variable: VariableRow,
    changed: () => void,
  ) {
    this.#variable = variable;
    this.#definition = { kind: "time", left: [variable.name] };
    this.#sides = sides.map((side) => ({
      ...side,
      data: new TimeData(store.api, side.info.id, [variable.name], changed),
    }));
  }

  get loading(): boolean {
    return this.#sides.some(({ data }) => data.loading);
  }

  get trouble(): string | undefined {
    return this.#sides.find(({ data }) => data.trouble !== undefined)?.data.trouble;
  }

  figure(view: View, width: number): Figure {
    const longest = Math.max(...this.#sides.map((side) => endOf(side) - side.run.started));
    const [from, to] = view.x ?? [0, longest];
    const { name, label, unit } = this.#variable;
    const series = this.#sides.map((side, color): TimeSeries => {
      const { started } = side.run;
      const end = endOf(side);
      side.data.show(
        { from: started + Math.max(0, from), to: Math.min(end, started + to) },
        width,
        end,
      );
      return {
        name: `${label ?? name}, ${side.info.file} run ${side.run.id}`,
        ...(unit === undefined ? {} : { unit }),
        color,
        data: side.data.runs(name).map((run) => ({ ...run, t: run.t.map((t) => t - started) })),
      };
    });
    return { kind: "time", definition: this.#definition, series, span: [from, to], elapsed: true };
  }

  csv(): undefined {
    return undefined;
  }

  [Symbol.dispose](): void {
    for (const { data } of this.#sides) data.close();
  }
}

/** The choice of two runs and a variable, and their plot. */
export function Compare(
  { store, list }: { readonly store: SessionStore; readonly list: SessionList },
): VNode {
  const own = store.info.value;
  const readable = list.sessions.filter(({ trouble }) => trouble === undefined);
  const [sides, setSides] = useState<readonly [Side | undefined, Side | undefined]>(() => {
    const [before, last] = [own.runs.at(-2), own.runs.at(-1)];
    return [
      before === undefined ? undefined : { info: own, run: before },
      last === undefined ? undefined : { info: own, run: last },
    ];
  });
  const [variable, setVariable] = useState<string | undefined>();
  const [a, b] = sides;
  const common = useMemo(() => {
    const names = new Set(a?.info.variables.map(({ name }) => name));
    return b?.info.variables.filter(({ name }) => names.has(name)) ?? [];
  }, [a, b]);
  const chosen = common.find(({ name }) => name === variable) ?? common[0];
  const source = useMemo(() => {
    if (a === undefined || b === undefined || chosen === undefined) return undefined;
    return (changed: () => void): FigureSource => new CompareSource(store, [a, b], chosen, changed);
  }, [store, a, b, chosen?.name]);
  const plot = useMemo(
    (): TimePlotDefinition | undefined =>
      chosen &&
      { kind: "time", title: `Compared: ${chosen.label ?? chosen.name}`, left: [chosen.name] },
    [chosen?.name],
  );
  return (
    <>
      <Panel title="Compare two runs">
        <div class="compare">
          {sides.map((side, index) => (
            <RunField
              key={index}
              label={index === 0 ? "One run" : "and another"}
              store={store}
              ids={readable.map(({ id }) => id)}
              side={side}
              choose={(next) => setSides(index === 0 ? [next, b] : [a, next])}
            />
          ))}
          <label>
            Variable
            <select
              class="field"
              value={chosen?.name}
              onChange={(event) => setVariable(event.currentTarget.value)}
            >
              {common.map(({ name, label }) => (
                <option key={name} value={name}>{label ?? name}</option>
              ))}
            </select>
          </label>
        </div>
        {a !== undefined && b !== undefined && common.length === 0 && (
          <p class="empty">The two have no variable in common.</p>
        )}
      </Panel>
      {source !== undefined && plot !== undefined && (
        <PlotPanel store={store} plot={plot} source={source} />
      )}
    </>
  );
}

function RunField(
  { label, store, ids, side, choose }: {
    readonly label: string;
    readonly store: SessionStore;
    readonly ids: readonly string[];
    readonly side: Side | undefined;
    readonly choose: (side: Side) => void;
  },
): VNode {
  const [loaded, setInfo] = useState<SessionInfo | undefined>(side?.info);
  const [id, setId] = useState(side?.info.id ?? store.id);
  useEffect(() => {
    let wanted = true;
    store.api.session(id).then((found) => wanted && setInfo(found), () => {});
    return () => {
      wanted = false;
    };
  }, [store, id]);
  // The runs of the file before it are none of this one's.
  const info = loaded?.id === id ? loaded : undefined;
  const now = store.now.value;
  return (
    <fieldset>
      <legend>{label}</legend>
      {ids.length > 1 && (
        <select
          class="field"
          aria-label={`${label}: its file`}
          value={id}
          onChange={(event) => setId(event.currentTarget.value)}
        >
          {ids.map((one) => <option key={one} value={one}>{one}</option>)}
        </select>
      )}
      <select
        class="field"
        aria-label={`${label}: its number`}
        value={side?.info.id === id ? side.run.id : ""}
        onChange={(event) => {
          const run = info?.runs.find((one) => one.id === Number(event.currentTarget.value));
          if (info !== undefined && run !== undefined) choose({ info, run });
        }}
      >
        <option value="" disabled>choose</option>
        {info?.runs.map((run) => (
          <option key={run.id} value={run.id}>
            run {run.id}, {run.state}, {formatMoment(run.started, now)}
          </option>
        ))}
      </select>
    </fieldset>
  );
}
