/// <reference lib="dom" />
/**
 * A plot that lives: drawn as data come, zoomed and moved by hand.
 *
 * @module
 */

import { useSignalEffect } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { plotInWords } from "../../plots/define.ts";
import type { PlotDefinition } from "../../plots/definition.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { exportPicture } from "./export.ts";
import { type FigureSource, variableOf } from "./figure_source.ts";
import type { SessionStore } from "./store.ts";
import { Surface, type SurfaceState } from "./surface.ts";
import { currentTheme } from "./theme.tsx";

/** A plot with its tools. */
export function PlotPanel(
  { store, plot, source, remove }: {
    readonly store: SessionStore;
    readonly plot: PlotDefinition;
    /** Makes what the plot is drawn from. */
    readonly source: (changed: () => void) => FigureSource;
    /** Takes the plot away, if the viewer may. */
    readonly remove?: (() => void) | undefined;
  },
): VNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const readout = useRef<HTMLDivElement>(null);
  const surface = useRef<Surface | undefined>(undefined);
  const [state, setState] = useState<SurfaceState>({ follows: true, zoomed: false });
  const [menu, setMenu] = useState(false);
  const words = plotInWords(plot, (name) => variableOf(store, name).label ?? name);

  useEffect(() => {
    if (canvas.current === null || readout.current === null) return;
    const made = new Surface({
      canvas: canvas.current,
      readout: readout.current,
      source,
      follows: plot.kind === "time",
      changed: setState,
    });
    surface.current = made;
    return () => {
      made[Symbol.dispose]();
      surface.current = undefined;
    };
  }, [plot, source]);
  // Time goes on though nothing comes, and the plot's edge with it; other themes have other colours.
  useSignalEffect(() => {
    store.now.value;
    store.events.value;
    store.info.value;
    currentTheme();
    surface.current?.redraw();
  });

  const save = (format: "png" | "svg"): void => {
    setMenu(false);
    const figure = surface.current?.figure();
    if (figure !== undefined) void exportPicture(figure, format, words);
  };
  const view: View = surface.current?.view ?? {};
  const csv = surface.current?.source.csv(view);
  return (
    <section class="panel plot" aria-label={`Plot: ${words}`}>
      <header>
        <h2>{words}</h2>
        {state.trouble !== undefined && <span class="soft" role="alert">{state.trouble}</span>}
        <div class="tools" role="toolbar" aria-label={`Tools of the plot ${words}`}>
          {plot.kind === "time" && store.status.value.state === "running" && (
            <button
              type="button"
              class="button quiet"
              aria-pressed={state.follows}
              onClick={() => surface.current?.follow()}
            >
              {state.follows ? "Live" : "Paused"}
            </button>
          )}
          <button
            type="button"
            class="button quiet"
            disabled={!state.zoomed}
            onClick={() => surface.current?.reset()}
          >
            Show all
          </button>
          <button
            type="button"
            class="button quiet"
            aria-label="Zoom in"
            onClick={() => surface.current?.zoom(1.5)}
          >
            +
          </button>
          <button
            type="button"
            class="button quiet"
            aria-label="Zoom out"
            onClick={() => surface.current?.zoom(1 / 1.5)}
          >
            −
          </button>
          <div class="menu">
            <button
              type="button"
              class="button quiet"
              aria-expanded={menu}
              aria-haspopup="true"
              onClick={() => setMenu(!menu)}
            >
              Export
            </button>
            {menu && (
              <div
                onKeyDown={(event) => event.key === "Escape" && setMenu(false)}
                onClick={() => setMenu(false)}
              >
                <button type="button" class="button quiet" onClick={() => save("png")}>
                  Picture (PNG)
                </button>
                <button type="button" class="button quiet" onClick={() => save("svg")}>
                  Drawing (SVG)
                </button>
                {csv !== undefined && (
                  <a class="button quiet" href={csv} download={`${words}.csv`}>Data (CSV)</a>
                )}
              </div>
            )}
          </div>
          {remove !== undefined && (
            <button
              type="button"
              class="button quiet"
              aria-label={`Remove ${words}`}
              onClick={remove}
            >
              ×
            </button>
          )}
        </div>
      </header>
      <div class="surface">
        <canvas
          ref={canvas}
          tabIndex={0}
          role="img"
          aria-label={`${words}. Plus and minus zoom, shift with the arrows moves, the arrows read values, 0 shows all, space stops and follows.`}
        />
        <div class="readout" ref={readout} hidden role="status" />
      </div>
    </section>
  );
}
