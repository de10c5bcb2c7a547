/**
 * A remote experiment of pymanip.
 *
 * @module
 */

import type { RemoteRecording } from "../../session/remote_recording.ts";
import { byName } from "../wire.ts";
import type { Remote, Requests } from "./requests.ts";

/** JSON as Python writes it: with NaN and the infinities, which become their texts. */
export function parsePythonJson(text: string): unknown {
  return JSON.parse(
    text.replaceAll(
      /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g,
      (token) => token.startsWith('"') ? token : `"${token}"`,
    ),
  );
}

/** A number; what pymanip could not store comes as null. */
function numberOf(value: unknown): number {
  return value === null || value === undefined ? NaN : Number(value);
}

/** Speaks to the server of pymanip's `AsyncSession`. */
export class PymanipRemote implements Remote {
  readonly server = "pymanip";
  readonly #requests: Requests;

  /** Makes no request yet. */
  constructor(requests: Requests) {
    this.#requests = requests;
  }

  async now(signal?: AbortSignal): Promise<number> {
    const { now } = await this.#ask("server_current_ts", signal) as { now: unknown };
    return numberOf(now);
  }

  async lastValues(signal?: AbortSignal): Promise<Record<string, number>> {
    const rows = await this.#ask("logged_last_values", signal) as {
      name: string;
      value: unknown;
    }[];
    return byName(rows.map(({ name, value }) => [name, numberOf(value)]));
  }

  async parameters(signal?: AbortSignal): Promise<Record<string, number>> {
    const all = await this.#ask("get_parameters", signal) as Record<string, unknown>;
    return byName(Object.entries(all).map(([name, value]) => [name, numberOf(value)]));
  }

  async seriesFrom(from: number, signal?: AbortSignal): Promise<RemoteRecording["series"]> {
    const found: [string, { t: Float64Array; values: Float64Array }][] = [];
    for (const name of Object.keys(await this.lastValues(signal))) {
      const pairs = await this.#ask("data_from_ts", signal, { name, last_ts: from }) as unknown[][];
      if (pairs.length === 0) continue;
      found.push([name, {
        t: Float64Array.from(pairs, ([t]) => numberOf(t)),
        values: Float64Array.from(pairs, ([, value]) => numberOf(value)),
      }]);
    }
    return byName(found);
  }

  async #ask(path: string, signal: AbortSignal | undefined, body?: unknown): Promise<unknown> {
    const response = await this.#requests.ask(`api/${path}`, signal, body);
    return parsePythonJson(await response.text());
  }
}
