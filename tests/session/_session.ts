/**
 * What tests of sessions share.
 *
 * @module
 */

import { Session } from "../../session/session.ts";
import type { SessionOptions } from "../../session/session_types.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

/** Wall-clock time at which virtual sessions begin: 2026-01-01, Unix seconds. */
export const START = 1_767_225_600;

/** A session that touches nothing of the process it runs in. */
export const APART: SessionOptions = {
  terminal: null,
  signals: false,
  provenance: null,
  exitCode: false,
};

/** A session in memory whose time is virtual. */
export function virtualSession(options: SessionOptions = {}): Session & { clock: VirtualClock } {
  const clock = new VirtualClock({ start: START * 1e6 });
  return new Session(null, { ...APART, clock, ...options }) as Session & { clock: VirtualClock };
}

/** A terminal that keeps what is written to it. */
export function paper(interactive = false): {
  interactive: boolean;
  columns: number;
  write(text: string): void;
  text: string;
} {
  return {
    interactive,
    columns: 100,
    text: "",
    write(text: string): void {
      this.text += text;
    },
  };
}
