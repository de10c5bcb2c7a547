/// <reference lib="dom" />
/**
 * What a hand does on a plot: with a mouse, with fingers, with keys.
 *
 * @module
 */

/** A place on the surface, CSS pixels from its upper left corner. */
export interface Place {
  /** From the left. */
  readonly x: number;
  /** From the top. */
  readonly y: number;
}

/** What the gestures ask for. */
export interface GestureEvents {
  /** The cursor is here, or nowhere. */
  cursor(place: Place | undefined): void;
  /** A box is being drawn, or no longer. */
  box(from: Place | undefined, to: Place | undefined): void;
  /** Show what is in the box. */
  zoomTo(from: Place, to: Place): void;
  /** Magnify around a place: above 1 shows less. */
  zoom(factor: number, at: Place | undefined): void;
  /** Move by pixels: to the right is towards what is earlier. */
  pan(dx: number, dy: number): void;
  /** Show everything again, and follow. */
  reset(): void;
  /** Stop following, or follow again. */
  follow(): void;
  /** Move the cursor by a step of so many pixels. */
  step(dx: number): void;
}

/** Less than this is a click, not a drag. Pixels. */
const DRAG = 6;

/**
 * Listens to a surface.
 *
 * @returns Ends it.
 */
export function listenTo(surface: HTMLElement, events: GestureEvents): () => void {
  const over = new AbortController();
  const options = { signal: over.signal };
  const fingers = new Map<number, Place>();
  let start: Place | undefined;
  let panning = false;

  const placeOf = (event: MouseEvent): Place => {
    const { left, top } = surface.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const spread = (): number => {
    const [a, b] = [...fingers.values()];
    return a === undefined || b === undefined ? 0 : Math.hypot(a.x - b.x, a.y - b.y);
  };

  surface.addEventListener("pointerdown", (event) => {
    if (event.button > 1) return;
    surface.setPointerCapture(event.pointerId);
    const place = placeOf(event);
    if (event.pointerType === "touch") fingers.set(event.pointerId, place);
    else {
      start = place;
      panning = event.button === 1 || event.shiftKey || event.altKey;
      if (event.button === 1) event.preventDefault();
    }
  }, options);

  surface.addEventListener("pointermove", (event) => {
    const place = placeOf(event);
    if (event.pointerType === "touch") {
      const before = fingers.get(event.pointerId);
      if (before === undefined) return;
      const was = spread();
      fingers.set(event.pointerId, place);
      if (fingers.size === 1) events.pan(place.x - before.x, 0);
      else if (was > 0) events.zoom(spread() / was, place);
      events.cursor(fingers.size === 1 ? place : undefined);
      return;
    }
    if (start === undefined) return events.cursor(place);
    if (panning) {
      events.pan(place.x - start.x, place.y - start.y);
      start = place;
    } else events.box(start, place);
  }, options);

  const lift = (event: PointerEvent): void => {
    fingers.delete(event.pointerId);
    const from = start;
    start = undefined;
    events.box(undefined, undefined);
    if (from === undefined || panning || event.type === "pointercancel") return;
    const to = placeOf(event);
    if (Math.abs(to.x - from.x) >= DRAG || Math.abs(to.y - from.y) >= DRAG) events.zoomTo(from, to);
  };
  surface.addEventListener("pointerup", lift, options);
  surface.addEventListener("pointercancel", lift, options);
  surface.addEventListener("pointerleave", () => events.cursor(undefined), options);
  surface.addEventListener("dblclick", () => events.reset(), options);

  surface.addEventListener("wheel", (event) => {
    // A page that is scrolled past a plot is not to be caught by it.
    if (!event.ctrlKey && !event.metaKey && document.activeElement !== surface) return;
    event.preventDefault();
    if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) events.pan(-event.deltaX, 0);
    else events.zoom(Math.exp(-event.deltaY * 0.002), placeOf(event));
  }, { ...options, passive: false });

  surface.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { width } = surface.getBoundingClientRect();
    const acts: Readonly<Record<string, () => void>> = {
      "+": () => events.zoom(1.5, undefined),
      "=": () => events.zoom(1.5, undefined),
      "-": () => events.zoom(1 / 1.5, undefined),
      "0": () => events.reset(),
      Escape: () => events.reset(),
      " ": () => events.follow(),
      ArrowLeft: () => event.shiftKey ? events.pan(width / 10, 0) : events.step(-1),
      ArrowRight: () => event.shiftKey ? events.pan(-width / 10, 0) : events.step(1),
      PageUp: () => events.pan(width / 2, 0),
      PageDown: () => events.pan(-width / 2, 0),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  }, options);
  surface.addEventListener("blur", () => events.cursor(undefined), options);
  return () => over.abort();
}
