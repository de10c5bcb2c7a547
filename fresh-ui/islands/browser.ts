/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
/**
 * What the page takes from the browser it runs in: time, and small memory.
 *
 * @module
 */

/** The browser's clock and frames. The page has no other time. */
export const browserTime = {
  /** Unix seconds. */
  now(): number {
    return Date.now() / 1e3;
  },
  /** Calls back after so many milliseconds, once, unless the result is called before. */
  after(ms: number, callback: () => void): () => void {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  /** Calls back each so many milliseconds until the result is called. */
  every(ms: number, callback: () => void): () => void {
    const timer = setInterval(callback, ms);
    return () => clearInterval(timer);
  },
  /** Calls back before the next frame is drawn. */
  frame(callback: () => void): () => void {
    const handle = requestAnimationFrame(callback);
    return () => cancelAnimationFrame(handle);
  },
};

/** What the browser remembers for the page; nothing, where it refuses to. */
export const memory = {
  /** What was kept under a key, if it is there and of the right shape. */
  get<T>(key: string, fits: (value: unknown) => value is T): T | undefined {
    try {
      const text = localStorage.getItem(`stripchart.${key}`);
      const value: unknown = text === null ? undefined : JSON.parse(text);
      return fits(value) ? value : undefined;
    } catch {
      return undefined;
    }
  },
  /** Keeps a value. */
  set(key: string, value: unknown): void {
    try {
      localStorage.setItem(`stripchart.${key}`, JSON.stringify(value));
    } catch {
      // A browser that keeps nothing shows the page all the same.
    }
  },
};
