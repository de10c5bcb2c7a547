/**
 * The plots of the page: those that the run declares, and the viewer's own.
 *
 * @module
 */

import type { VNode } from "preact";
import { useMemo } from "preact/hooks";
import type { PlotDefinition } from "../../plots/definition.ts";
import type { FigureSource } from "./figure_source.ts";
import { PlotPanel } from "./plot_panel.tsx";
import { PointsSource } from "./points_source.ts";
import type { SessionStore } from "./store.ts";
import { TimeSource } from "./time_source.ts";
import { TraceSource } from "./trace_source.ts";

/** What a plot is drawn from. */
function sourceOf(
  store: SessionStore,
  plot: PlotDefinition,
  changed: () => void,
): FigureSource {
  switch (plot.kind) {
    case "time":
      return new TimeSource(store, plot, changed);
    case "xy":
    case "heatmap":
      return new PointsSource(store, plot, changed);
    case "trace":
      return new TraceSource(store, plot, changed);
  }
}

/** All plots. */
export function Plots(
  { store, declared, own, remove }: {
    readonly store: SessionStore;
    readonly declared: readonly PlotDefinition[];
    readonly own: readonly PlotDefinition[];
    readonly remove: (index: number) => void;
  },
): VNode | null {
  if (declared.length + own.length === 0) return null;
  return (
    <div class="plots">
      {declared.map((plot, index) => (
        <OnePlot key={`${index} ${JSON.stringify(plot)}`} store={store} plot={plot} />
      ))}
      {own.map((plot, index) => (
        <OnePlot
          key={`own ${index} ${JSON.stringify(plot)}`}
          store={store}
          plot={plot}
          remove={() => remove(index)}
        />
      ))}
    </div>
  );
}

function OnePlot(
  { store, plot, remove }: {
    readonly store: SessionStore;
    readonly plot: PlotDefinition;
    readonly remove?: () => void;
  },
): VNode {
  // The same plot comes again as another object with each message of the server.
  const text = JSON.stringify(plot);
  const [same, source] = useMemo(() => {
    const definition: PlotDefinition = JSON.parse(text);
    // The panel's heading says the title.
    const { title: _, ...untitled } = definition;
    return [
      definition,
      (changed: () => void): FigureSource => sourceOf(store, untitled, changed),
    ] as const;
  }, [store, text]);
  return <PlotPanel store={store} plot={same} source={source} remove={remove} />;
}
