/// <reference lib="dom" />
/**
 * A form with which a viewer puts a plot together.
 *
 * @module
 */

import type { JSX, VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { PlotDefinition } from "../../plots/definition.ts";
import type { SessionInfo, VariableRow } from "../protocol.ts";

/** Lengths of time that a plot may show; the whole run is one of them. */
const LENGTHS: readonly (readonly [label: string, ms: number | undefined])[] = [
  ["the whole run", undefined],
  ["the last minute", 60_000],
  ["the last 10 minutes", 600_000],
  ["the last hour", 3_600_000],
  ["the last day", 86_400_000],
];

const KINDS = {
  time: "over time",
  xy: "against a variable",
  heatmap: "as a heat map",
  trace: "traces of datasets",
} as const;

type Kind = keyof typeof KINDS;

/** The form, in a dialog. */
export function Compose(
  { info, add, close }: {
    readonly info: SessionInfo;
    readonly add: (plot: PlotDefinition) => void;
    readonly close: () => void;
  },
): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [kind, setKind] = useState<Kind>("time");
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [x, setX] = useState(info.variables[0]?.name ?? "");
  const [y, setY] = useState(info.variables[1]?.name ?? "");
  const [dataset, setDataset] = useState(info.datasets[0]?.name ?? "");
  const [length, setLength] = useState(0);
  const [log, setLog] = useState(false);
  useEffect(() => dialog.current?.showModal(), []);

  const last = LENGTHS[length]?.[1];
  const plot = definition(kind, {
    chosen,
    x,
    y,
    dataset,
    log,
    ...(last === undefined ? {} : { last }),
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    if (plot !== undefined) add(plot);
  };
  return (
    <dialog ref={dialog} onClose={close} aria-label="A new plot">
      <form class="form" onSubmit={submit}>
        <h2>A new plot</h2>
        <label>
          Plot
          <select
            class="field"
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          >
            {Object.entries(KINDS).map(([key, text]) => (
              <option
                key={key}
                value={key}
                disabled={key === "trace" && info.datasets.length === 0}
              >
                variables {text}
              </option>
            ))}
          </select>
        </label>
        {(kind === "time" || kind === "xy") && (
          <Choices variables={info.variables} chosen={chosen} change={setChosen} />
        )}
        {(kind === "xy" || kind === "heatmap") && (
          <Choice
            label="along the horizontal axis"
            variables={info.variables}
            value={x}
            set={setX}
          />
        )}
        {kind === "heatmap" && (
          <>
            <Choice
              label="along the vertical axis"
              variables={info.variables}
              value={y}
              set={setY}
            />
            <Choice
              label="as colour"
              variables={info.variables}
              value={chosen[0] ?? ""}
              set={(name) => setChosen([name])}
            />
          </>
        )}
        {kind === "trace" && (
          <label>
            of the datasets
            <select
              class="field"
              value={dataset}
              onChange={(event) => setDataset(event.currentTarget.value)}
            >
              {info.datasets.map(({ name }) => <option key={name} value={name}>{name}</option>)}
            </select>
          </label>
        )}
        {kind !== "trace" && (
          <label>
            showing
            <select
              class="field"
              value={length}
              onChange={(event) => setLength(Number(event.currentTarget.value))}
            >
              {LENGTHS.map(([text], index) => <option key={text} value={index}>{text}</option>)}
            </select>
          </label>
        )}
        <label class="check">
          <span>
            <input
              type="checkbox"
              checked={log}
              onChange={(event) => setLog(event.currentTarget.checked)}
            />{" "}
            on a logarithmic scale
          </span>
        </label>
        <div class="row">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class="button main" disabled={plot === undefined}>
            Add the plot
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Choices(
  { variables, chosen, change }: {
    readonly variables: readonly VariableRow[];
    readonly chosen: readonly string[];
    readonly change: (names: readonly string[]) => void;
  },
): VNode {
  const toggle = (name: string) => (event: JSX.TargetedEvent<HTMLInputElement>): void =>
    change(
      event.currentTarget.checked ? [...chosen, name] : chosen.filter((other) => other !== name),
    );
  return (
    <fieldset>
      <legend>Variables</legend>
      <div class="choices">
        {variables.map(({ name, label, unit }) => (
          <label key={name}>
            <input type="checkbox" checked={chosen.includes(name)} onChange={toggle(name)} />
            <span>
              {label ?? name} {unit !== undefined && <span class="faint">{unit}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Choice(
  { label, variables, value, set }: {
    readonly label: string;
    readonly variables: readonly VariableRow[];
    readonly value: string;
    readonly set: (name: string) => void;
  },
): VNode {
  return (
    <label>
      {label}
      <select class="field" value={value} onChange={(event) => set(event.currentTarget.value)}>
        {value === "" && <option value="" />}
        {variables.map((one) => (
          <option key={one.name} value={one.name}>{one.label ?? one.name}</option>
        ))}
      </select>
    </label>
  );
}

/** The plot that the form describes, once it does. */
function definition(
  kind: Kind,
  { chosen, x, y, dataset, log, last }: {
    readonly chosen: readonly string[];
    readonly x: string;
    readonly y: string;
    readonly dataset: string;
    readonly log: boolean;
    readonly last?: number;
  },
): PlotDefinition | undefined {
  const axis = log ? { scale: "log" } as const : undefined;
  const span = last === undefined ? {} : { last };
  switch (kind) {
    case "time":
      return chosen.length === 0
        ? undefined
        : { kind, left: chosen, ...span, ...(axis === undefined ? {} : { leftAxis: axis }) };
    case "xy":
      return chosen.length === 0 || x === ""
        ? undefined
        : { kind, x, y: chosen, ...span, ...(axis === undefined ? {} : { yAxis: axis }) };
    case "heatmap":
      return chosen[0] === undefined || x === "" || y === "" ? undefined : {
        kind,
        x,
        y,
        z: chosen[0],
        ...span,
        ...(axis === undefined ? {} : { zAxis: axis }),
      };
    case "trace":
      return dataset === ""
        ? undefined
        : { kind, dataset, ...(axis === undefined ? {} : { yAxis: axis }) };
  }
}
