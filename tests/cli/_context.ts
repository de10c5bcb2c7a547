/**
 * The outside of a command, for tests.
 *
 * @module
 */

import type { CommandContext } from "../../cli/command.ts";
import type { Terminal } from "../../session/terminal.ts";
import { systemClock } from "../../time/system_clock.ts";

/** A terminal that keeps what it is given. */
export class Paper implements Terminal {
  readonly interactive: boolean = false;
  readonly columns: number = 80;
  /** All that was written. */
  text = "";
  #news = Promise.withResolvers<void>();

  write(text: string): void {
    this.text += text;
    const news = this.#news;
    this.#news = Promise.withResolvers();
    news.resolve();
  }

  /** Waits until what was written matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text);
      if (match !== null) return match;
      await this.#news.promise;
    }
  }
}

/** A context whose output can be read. */
export interface PaperContext extends CommandContext {
  readonly stdout: Paper;
  readonly stderr: Paper;
}

/** A context with nothing behind it but what is given. */
export function paperContext(given: Partial<CommandContext> = {}): PaperContext {
  return {
    signal: new AbortController().signal,
    clock: systemClock,
    ...given,
    stdout: new Paper(),
    stderr: new Paper(),
  };
}
