/**
 * A remote experiment of Stripchart.
 *
 * @module
 */

import type { RemoteRecording } from "../../session/remote_recording.ts";
import type { SessionInfo, SessionList } from "../protocol.ts";
import { byName, fromWire } from "../wire.ts";
import { NotThere, type Remote, type Requests } from "./requests.ts";

/** Variables that are asked for at once. */
const AT_ONCE = 100;

/** Speaks to the live page's server. */
export class StripchartRemote implements Remote {
  readonly server = "stripchart";
  readonly #requests: Requests;
  readonly #session: string;

  private constructor(requests: Requests, session: string) {
    this.#requests = requests;
    this.#session = session;
  }

  /**
   * Looks whether a server is one of Stripchart.
   *
   * @param session Which session; the one that began last, if undefined.
   * @returns Undefined if it is not.
   * @throws {RangeError} If there is no such session.
   */
  static async find(
    requests: Requests,
    session: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<StripchartRemote | undefined> {
    let list: SessionList;
    try {
      list = await (await requests.ask("api/sessions", signal)).json();
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      throw error;
    }
    const ids = list.sessions.map(({ id }) => id);
    const wanted = session ?? list.current;
    if (ids.includes(wanted)) return new StripchartRemote(requests, wanted);
    throw new RangeError(
      `Cannot watch the session ${JSON.stringify(wanted)}, as ${requests.url.href} has ` +
        `${ids.length === 0 ? "none" : ids.map((id) => JSON.stringify(id)).join(", ")}.`,
    );
  }

  async now(signal?: AbortSignal): Promise<number> {
    return (await this.#info(signal)).status.now;
  }

  async lastValues(signal?: AbortSignal): Promise<Record<string, number>> {
    const { variables } = await this.#info(signal);
    return byName(
      variables.flatMap(({ name, last }) =>
        last === undefined ? [] : [[name, fromWire(last.value)] as const]
      ),
    );
  }

  async parameters(signal?: AbortSignal): Promise<Record<string, number>> {
    const { parameters } = await this.#info(signal);
    return byName(Object.entries(parameters).map(([name, value]) => [name, fromWire(value)]));
  }

  async seriesFrom(from: number, signal?: AbortSignal): Promise<RemoteRecording["series"]> {
    const names = (await this.#info(signal)).variables.map(({ name }) => name);
    const found: [string, { t: Float64Array; values: Float64Array }][] = [];
    for (let first = 0; first < names.length; first += AT_ONCE) {
      found.push(...await this.#table(names.slice(first, first + AT_ONCE), from, signal));
    }
    return byName(found.filter(([, { t }]) => t.length > 0));
  }

  /** The columns of the CSV export, which holds every number exactly. */
  async #table(names: readonly string[], from: number, signal: AbortSignal | undefined) {
    const query = new URLSearchParams(names.map((name) => ["name", name]));
    query.set("from", from.toFixed(6));
    // Whatever was recorded ahead of that clock belongs to it too.
    query.set("to", `${Number.MAX_SAFE_INTEGER / 1e6 - 1}`);
    const response = await this.#requests.ask(`${this.#path}/export.csv?${query}`, signal);
    const columns = names.map((name) => ({ name, t: [] as number[], values: [] as number[] }));
    for await (const line of dataLines(response)) {
      const fields = line.split(",");
      const t = Number(fields[1]);
      for (const [i, column] of columns.entries()) {
        const text = fields[i + 2];
        if (text === undefined || text === "") continue;
        column.t.push(t);
        column.values.push(Number(text));
      }
    }
    return columns.map(({ name, t, values }) =>
      [name, { t: Float64Array.from(t), values: Float64Array.from(values) }] as [
        string,
        { t: Float64Array; values: Float64Array },
      ]
    );
  }

  get #path(): string {
    return `api/sessions/${encodeURIComponent(this.#session)}`;
  }

  async #info(signal: AbortSignal | undefined): Promise<SessionInfo> {
    return await (await this.#requests.ask(this.#path, signal)).json();
  }
}

/** The lines after the header, in which a quoted name may hold a line's end. */
async function* dataLines(response: Response): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let text = "";
  let inHeader = true;
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (inHeader) {
      const header = /^(?:[^"\r\n]|"(?:[^"]|"")*")*\r\n/.exec(text);
      if (header === null) continue;
      inHeader = false;
      text = text.slice(header[0].length);
    }
    const lines = text.split("\r\n");
    text = lines.pop() ?? "";
    yield* lines;
  }
}
