/**
 * Watches an experiment of another program, on this computer or another.
 *
 * @module
 */

import type { RemoteRecording } from "../session/remote_recording.ts";
import type { Clock } from "../time/clock.ts";
import { systemClock } from "../time/system_clock.ts";
import { FIRST_PORT } from "./hosting/listen.ts";
import { type Remote, Requests } from "./remote/requests.ts";
import { PymanipRemote } from "./remote/pymanip.ts";
import { StripchartRemote } from "./remote/stripchart.ts";

export type { RemoteRecording } from "../session/remote_recording.ts";

/** How a remote experiment is watched. */
export interface RemoteObserverOptions {
  /** The token, if its page asks for one; one in the address will do as well. */
  readonly token?: string;
  /** Which session, by the name of its file. @default the one that began last */
  readonly session?: string;
  /** Milliseconds that an answer, and each part of it, may take to come. @default 30000 */
  readonly timeout?: number;
  /** What waits for it. @default the system's */
  readonly clock?: Clock;
}

/**
 * Watches a remote experiment, of Stripchart or of pymanip: which of them is seen from what it answers. It needs
 * permission for the network, such as `--allow-net=rig.lab:6913`.
 *
 * @example What a rig measured meanwhile
 * ```ts
 * import { Session } from "@stripchart/stripchart";
 * import { RemoteObserver, serveLive } from "@stripchart/stripchart/live";
 * import assert from "node:assert/strict";
 *
 * await using session = new Session(null, { quiet: true });
 * await using server = await serveLive({ file: ":memory:", session, port: 0 });
 *
 * const rig = new RemoteObserver(server.url);
 * await rig.startRecording();
 * await session.addEntry({ temperature: 20.5 });
 * assert.deepEqual({ ...await rig.getLastValues() }, { temperature: 20.5 });
 * const { series } = await rig.stopRecording();
 * assert.deepEqual([...series.temperature?.values ?? []], [20.5]);
 * ```
 */
export class RemoteObserver {
  readonly #requests: Requests;
  readonly #session: string | undefined;
  #remote: Remote | undefined;
  #from: number | undefined;

  /**
   * Watches nothing yet.
   *
   * @param address The page's address, as it was printed, or a host's name with or without a port.
   * @throws {TypeError} If it is no address.
   */
  constructor(address: string | URL, options: RemoteObserverOptions = {}) {
    const { url, token } = readAddress(address);
    this.#session = options.session;
    this.#requests = new Requests(url, {
      token: options.token ?? token,
      timeout: options.timeout ?? 30_000,
      clock: options.clock ?? systemClock,
    });
  }

  /** Whose server it is, once it has answered. */
  get server(): "stripchart" | "pymanip" | undefined {
    return this.#remote?.server;
  }

  /**
   * The last value of each variable.
   *
   * @throws {Error} If the experiment cannot be reached.
   */
  async getLastValues(signal?: AbortSignal): Promise<Record<string, number>> {
    return await (await this.#found(signal)).lastValues(signal);
  }

  /** The parameters. */
  async getParameters(signal?: AbortSignal): Promise<Record<string, number>> {
    return await (await this.#found(signal)).parameters(signal);
  }

  /** Remembers the other computer's time: from here on {@linkcode RemoteObserver.stopRecording} gives all. */
  async startRecording(signal?: AbortSignal): Promise<void> {
    this.#from = await (await this.#found(signal)).now(signal);
  }

  /**
   * All that was recorded since {@linkcode RemoteObserver.startRecording}, of all variables. Nothing was missed:
   * the other session recorded it, and it is fetched only now. What is recorded while it is fetched may be in it.
   *
   * @throws {TypeError} If nothing was started.
   */
  async stopRecording(signal?: AbortSignal): Promise<RemoteRecording> {
    const from = this.#from;
    if (from === undefined) {
      throw new TypeError(
        "Cannot stop recording, as it was not started: call startRecording first.",
      );
    }
    const remote = await this.#found(signal);
    const to = await remote.now(signal);
    const series = await remote.seriesFrom(from, signal);
    const parameters = await remote.parameters(signal);
    this.#from = undefined;
    return { source: this.#requests.url.href, from, to, series, parameters };
  }

  async #found(signal: AbortSignal | undefined): Promise<Remote> {
    this.#remote ??= await StripchartRemote.find(this.#requests, this.#session, signal) ??
      new PymanipRemote(this.#requests);
    return this.#remote;
  }
}

/** The folder that an address names, and the token in it. */
function readAddress(address: string | URL): { url: URL; token: string | undefined } {
  const text = String(address);
  const full = /^https?:\/\//.test(text) ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch (error) {
    throw new TypeError(
      `Cannot watch ${JSON.stringify(text)}, as it is no address: give one such as ` +
        `"http://rig.lab:${FIRST_PORT}/".`,
      { cause: error },
    );
  }
  // Nobody types the port of a page without a path; whoever gives a full address means what it says.
  if (full !== text && !/:\d+(?:\/|$)/.test(text)) url.port = `${FIRST_PORT}`;
  const token = url.searchParams.get("token") ?? undefined;
  url.search = url.hash = "";
  if (!url.pathname.endsWith("/")) url.pathname += "/";
  return { url, token };
}
