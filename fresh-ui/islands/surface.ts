/// <reference lib="dom" />
/**
 * The canvas of a plot: what is looked at, when it is drawn, what the cursor reads.
 *
 * @module
 */

import type { Figure } from "../../plots/figure.ts";
import type { View } from "../../plots/figure_ranges.ts";
import { type Layout, layOut } from "../../plots/layout.ts";
import type { Span } from "../../plots/scale.ts";
import { theme } from "../../plots/theme.ts";
import { zoneOffset } from "../../plots/zone.ts";
import { browserTime } from "./browser.ts";
import type { FigureSource } from "./figure_source.ts";
import { type GestureEvents, listenTo, type Place } from "./gestures.ts";
import { drawOn } from "./paint.ts";
import { fillReadout } from "./readout.ts";
import { currentTheme } from "./theme.tsx";

/** What a plot's tools show. */
export interface SurfaceState {
  /** Whether it follows the present. */
  readonly follows: boolean;
  /** Whether it shows another part than it would by itself. */
  readonly zoomed: boolean;
  /** Why something can't be read, if so. */
  readonly trouble?: string;
}

/** What a surface is made of. */
export interface SurfaceParts {
  readonly canvas: HTMLCanvasElement;
  /** Where the values under the cursor are written. */
  readonly readout: HTMLElement;
  /** Makes what is drawn. */
  readonly source: (changed: () => void) => FigureSource;
  /** Whether it can follow the present. */
  readonly follows: boolean;
  /** Told when the tools have something else to show. */
  readonly changed: (state: SurfaceState) => void;
}

/** Between two drawings of data that come, in milliseconds: what a hand does is drawn at once. */
const DRAW_EVERY = 100;
const offset = zoneOffset();

/** The canvas of a plot. */
export class Surface implements Disposable {
  /** What is drawn. */
  readonly source: FigureSource;
  readonly #parts: SurfaceParts;
  readonly #off: (() => void)[] = [];
  #view: View = {};
  #layout: Layout | undefined;
  #cursor: Place | undefined;
  #box: readonly [Place, Place] | undefined;
  #drawn = 0;
  #pending: (() => void) | undefined;
  #visible = true;
  #state = "";

  constructor(parts: SurfaceParts) {
    this.#parts = parts;
    this.source = parts.source(() => this.redraw());
    const { canvas } = parts;
    const sizes = new ResizeObserver(() => this.#hurry());
    sizes.observe(canvas);
    const sight = new IntersectionObserver((entries) => {
      this.#visible = entries.at(-1)?.isIntersecting ?? true;
      if (this.#visible) this.redraw();
    });
    sight.observe(canvas);
    this.#off.push(
      listenTo(canvas, this.#gestures()),
      () => sizes.disconnect(),
      () => sight.disconnect(),
    );
  }

  /** What the viewer looks at, as far as it is not what the plot shows by itself. */
  get view(): View {
    return this.#view;
  }

  /** The figure as it is shown. */
  figure(): { readonly figure: Figure; readonly view: View } | undefined {
    const figure = this.#layout?.figure;
    return figure === undefined ? undefined : { figure, view: this.#view };
  }

  /** Draws soon. */
  redraw(): void {
    if (this.#pending !== undefined || !this.#visible) return;
    const wait = Math.max(0, DRAW_EVERY - (browserTime.now() - this.#drawn) * 1e3);
    this.#pending = browserTime.after(wait, () => this.#onFrame());
  }

  /** Shows what the plot shows by itself. */
  reset(): void {
    this.#look({});
  }

  /** Stops where it is, or follows the present again. */
  follow(): void {
    if (!this.#parts.follows) return;
    const x = this.#layout?.x.scale.range;
    this.#look(this.#view.x !== undefined || x === undefined ? {} : { ...this.#view, x });
  }

  /** Magnifies around a place; around the middle if there is none. */
  zoom(factor: number, at?: Place): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { plot } = layout;
    const middle = at === undefined ? plot.x + plot.width / 2 : clamp(at.x, plot.x, plot.width);
    const half = [middle - plot.x, plot.x + plot.width - middle] as const;
    const { scale } = layout.x;
    this.#look({
      ...this.#view,
      x: [
        scale.toValue(middle - half[0] / factor),
        scale.toValue(middle + half[1] / factor),
      ],
    });
  }

  #gestures(): GestureEvents {
    return {
      cursor: (place) => {
        this.#cursor = place;
        this.#hurry();
      },
      box: (from, to) => {
        this.#box = from === undefined || to === undefined ? undefined : [from, to];
        this.#hurry();
      },
      zoomTo: (from, to) => this.#zoomTo(from, to),
      zoom: (factor, at) => this.zoom(factor, at),
      pan: (dx, dy) => this.#pan(dx, dy),
      reset: () => this.reset(),
      follow: () => this.follow(),
      step: (dx) => {
        const plot = this.#layout?.plot;
        if (plot === undefined) return;
        const from = this.#cursor ?? { x: plot.x + plot.width, y: plot.y };
        this.#cursor = { x: clamp(from.x + dx, plot.x, plot.width), y: plot.y + plot.height / 3 };
        this.#hurry();
      },
    };
  }

  #zoomTo(from: Place, to: Place): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { plot, x, y, figure } = layout;
    const at = ({ x }: Place): number => x.valueOf();
    const left = clamp(Math.min(at(from), at(to)), plot.x, plot.width);
    const right = clamp(Math.max(at(from), at(to)), plot.x, plot.width);
    const top = clamp(Math.min(from.y, to.y), plot.y, plot.height);
    const bottom = clamp(Math.max(from.y, to.y), plot.y, plot.height);
    let view: View = this.#view;
    if (right - left >= 4) view = { ...view, x: [x.scale.toValue(left), x.scale.toValue(right)] };
    // A flat stroke over time means a stretch of time; values then fit themselves.
    const tall = bottom - top >= (figure.kind === "time" ? plot.height * 0.2 : 8);
    if (tall) {
      const spans = y.map(({ id, scale }): [string, Span] => [
        id,
        [scale.toValue(bottom), scale.toValue(top)],
      ]);
      view = { ...view, y: Object.fromEntries(spans) };
    }
    this.#look(view);
  }

  #pan(dx: number, dy: number): void {
    const layout = this.#layout;
    if (layout === undefined) return;
    const { plot, x, y } = layout;
    const moved = (from: number, to: number, by: number, scale: typeof x.scale): Span => [
      scale.toValue(from - by),
      scale.toValue(to - by),
    ];
    this.#look({
      x: moved(plot.x, plot.x + plot.width, dx, x.scale),
      ...(this.#view.y === undefined || dy === 0 ? { ...(this.#view.y && { y: this.#view.y }) } : {
        y: Object.fromEntries(
          y.map(({ id, scale }) => [id, moved(plot.y + plot.height, plot.y, dy, scale)]),
        ),
      }),
    });
  }

  #look(view: View): void {
    this.#view = view;
    this.#hurry();
  }

  /** Draws with the next frame. */
  #hurry(): void {
    this.#pending?.();
    this.#pending = browserTime.frame(() => this.#draw());
  }

  #onFrame(): void {
    this.#pending = browserTime.frame(() => this.#draw());
  }

  #draw(): void {
    this.#pending = undefined;
    this.#drawn = browserTime.now();
    const { canvas, readout, follows, changed } = this.#parts;
    const { width, height } = canvas.getBoundingClientRect();
    if (width < 40 || height < 40) return;
    const resolution = Math.max(1, globalThis.devicePixelRatio || 1);
    const figure = this.source.figure(this.#view, width * resolution);
    const layout = layOut(figure, {
      width,
      height,
      resolution,
      offset,
      view: this.#view,
      theme: theme(currentTheme(), { background: "transparent" }),
      fontSize: fontSize(),
      lastValues: true,
    });
    this.#layout = layout;
    drawOn(canvas, layout, { cursor: this.#cursor, box: this.#box });
    fillReadout(readout, layout, this.#cursor);
    const trouble = this.source.trouble;
    const state: SurfaceState = {
      follows: follows && this.#view.x === undefined,
      zoomed: this.#view.x !== undefined || this.#view.y !== undefined,
      ...(trouble === undefined ? {} : { trouble }),
    };
    const text = JSON.stringify(state);
    if (text === this.#state) return;
    this.#state = text;
    changed(state);
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    for (const stop of this.#off.splice(0)) stop();
    this.#pending?.();
    this.source[Symbol.dispose]();
  }
}

/** The size of small text on the page, which grows with the screen. */
function fontSize(): number {
  return 0.85 * parseFloat(getComputedStyle(document.documentElement).fontSize);
}

function clamp(value: number, from: number, length: number): number {
  return Math.min(from + length, Math.max(from, value));
}
