/**
 * Simulated instruments of SCPI.
 *
 * @module
 */

import { type Clock, sleep } from "../../../time/clock.ts";
import { systemClock } from "../../../time/system_clock.ts";
import type { Responder } from "../../transports/responder.ts";
import { commonCommands } from "./common_commands.ts";
import { ScpiError } from "./error.ts";
import { HeaderPattern } from "./header.ts";
import { ScpiParameters } from "./parameters.ts";
import { parseProgramMessage, type ProgramUnit, textOf } from "./program_message.ts";
import { encodeResponse, joinResponses, type ScpiResponse } from "./response.ts";
import { ScpiStatus } from "./status.ts";

/** What a command's functions can reach. */
export interface ScpiContext {
  /** The instrument's registers and errors. */
  readonly status: ScpiStatus;
  /** What waits are on. */
  readonly clock: Clock;
  /** Aborts at a device clear and at `*RST`. */
  readonly signal: AbortSignal;
  /**
   * Lets something go on beside the commands that follow: `*OPC`, `*OPC?` and `*WAI` wait for it. It must end when
   * the signal aborts.
   */
  overlap(work: Promise<void>): void;
  /** Waits until nothing goes on any more. */
  idle(): Promise<void>;
  /** Brings the instrument to its initial state. */
  reset(): void;
  /** Triggers the instrument. */
  trigger(): void;
}

/** A header of an instrument's. */
export interface ScpiCommand {
  /** Carries out the command; a header without it can only be asked. */
  readonly set?: (parameters: ScpiParameters, context: ScpiContext) => void | Promise<void>;
  /** Answers the query; a header without it can't be asked. */
  readonly get?: (
    parameters: ScpiParameters,
    context: ScpiContext,
  ) => ScpiResponse | Promise<ScpiResponse>;
}

/** What an instrument is. */
export interface ScpiInstrumentOptions {
  /** What `*IDN?` answers: manufacturer, model, serial number, version. */
  readonly identity: string;
  /** Its commands by their headers, as `"[:SENSe]:VOLTage:RANGe"`; those of IEEE 488.2 are there by themselves. */
  readonly commands: Readonly<Record<string, ScpiCommand>>;
  /** Brings it to its initial state, for `*RST`. */
  readonly reset?: (context: ScpiContext) => void;
  /** Is triggered, by `*TRG` or by the bus. */
  readonly trigger?: (context: ScpiContext) => void;
  /** What waits are on. @default the system's clock */
  readonly clock?: Clock;
}

/**
 * A simulated instrument of SCPI: program messages with short and long forms and paths, the common commands and the
 * status model of IEEE 488.2 with service requests, SCPI's error queue, operations that overlap.
 *
 * It carries out one message at a time, whoever sends it.
 *
 * @param options What it is and what it can.
 *
 * @example
 * ```ts
 * import { open, scpiInstrument, simulated } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * let level = 0;
 * const source = scpiInstrument({
 *   identity: "ACME,SOURCE,1,1.0",
 *   commands: {
 *     "[:SOURce]:VOLTage[:LEVel]": {
 *       set: (parameters) => void (level = parameters.number({ min: 0, max: 10, unit: "V" })),
 *       get: () => level,
 *     },
 *   },
 * });
 * await using link = await open(simulated(source));
 * await link.write("volt 250 mV");
 * assert.equal(await link.queryNumber("SOURCE:VOLTAGE?"), 0.25);
 * await link.write("VOLT 11");
 * assert.equal(await link.query("SYST:ERR?"), '-222,"Data out of range;11"');
 * ```
 */
export function scpiInstrument(options: ScpiInstrumentOptions): Responder {
  return new ScpiInstrument(options);
}

class ScpiInstrument implements Responder {
  readonly #options: ScpiInstrumentOptions;
  readonly #status = new ScpiStatus();
  readonly #commands: readonly (readonly [HeaderPattern, ScpiCommand])[];
  readonly #common: Readonly<Record<string, ScpiCommand>>;
  readonly #clock: Clock;
  /** Aborts at a device clear: messages that came before it are void. */
  #clearing = new AbortController();
  /** Aborts at a device clear and at `*RST`: what goes on ends. */
  #stopping = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #overlapping = new Set<Promise<void>>();

  constructor(options: ScpiInstrumentOptions) {
    const { common, tree } = commonCommands(options.identity);
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#common = common;
    this.#commands = Object.entries({ ...tree, ...options.commands })
      .map(([pattern, command]) => [new HeaderPattern(pattern), command]);
  }

  receive(message: Uint8Array): Promise<Uint8Array | undefined> {
    const { signal } = this.#clearing;
    const turn = this.#turn.then(() => this.#receive(textOf(message), signal));
    this.#turn = turn;
    return turn;
  }

  clear(): void {
    this.#clearing.abort();
    this.#clearing = new AbortController();
    this.#stop();
  }

  statusByte(): number {
    return this.#status.poll();
  }

  trigger(): void {
    try {
      this.#trigger();
    } catch (error) {
      this.#fail(error);
    }
  }

  onServiceRequest(listener: (statusByte: number) => void): Disposable {
    return this.#status.onRequest(listener);
  }

  /** Carries out a message. A unit that fails ends it; what was answered before is given. */
  async #receive(text: string, cleared: AbortSignal): Promise<Uint8Array | undefined> {
    if (cleared.aborted) return undefined;
    const responses: Uint8Array[] = [];
    let path: readonly string[] = [];
    try {
      for (const unit of parseProgramMessage(text)) {
        const { header } = unit;
        const isCommon = header.startsWith("*");
        const words = isCommon ? [header] : wordsOf(header, path);
        const command = isCommon ? this.#common[header] : this.#find(words);
        const response = await this.#carryOut(unit, command);
        if (response !== undefined) responses.push(encodeResponse(response));
        if (!isCommon) path = words.slice(0, -1);
      }
    } catch (error) {
      // What a clear cut short is nobody's fault, and nobody waits for its answer.
      if (cleared.aborted) return undefined;
      this.#fail(error);
    }
    if (cleared.aborted) return undefined;
    const answer = joinResponses(responses);
    if (answer !== undefined) this.#status.announce();
    return answer;
  }

  #find(words: readonly string[]): ScpiCommand | undefined {
    return this.#commands.find(([pattern]) => pattern.matches(words))?.[1];
  }

  async #carryOut(
    unit: ProgramUnit,
    command: ScpiCommand | undefined,
  ): Promise<ScpiResponse | undefined> {
    const act = unit.query ? command?.get : command?.set;
    if (act === undefined) throw new ScpiError(-113, unit.header + (unit.query ? "?" : ""));
    const parameters = new ScpiParameters(unit.parameters);
    const response = await act(parameters, this.#context());
    parameters.end();
    return response ?? undefined;
  }

  #context(): ScpiContext {
    const { signal } = this.#stopping;
    return {
      status: this.#status,
      clock: this.#clock,
      signal,
      overlap: (work) => this.#overlap(work),
      idle: () => this.#idle(signal),
      reset: () => {
        this.#stop();
        this.#options.reset?.(this.#context());
      },
      trigger: () => this.#trigger(),
    };
  }

  #overlap(work: Promise<void>): void {
    const { signal } = this.#stopping;
    const kept = work.catch((error) => {
      if (!signal.aborted) this.#fail(error);
    }).finally(() => this.#overlapping.delete(kept));
    this.#overlapping.add(kept);
  }

  async #idle(signal: AbortSignal): Promise<void> {
    while (this.#overlapping.size > 0) await Promise.all(this.#overlapping);
    signal.throwIfAborted();
  }

  #trigger(): void {
    const { trigger } = this.#options;
    if (trigger === undefined) throw new ScpiError(-211);
    trigger(this.#context());
  }

  #stop(): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
  }

  #fail(error: unknown): void {
    if (error instanceof ScpiError) this.#status.fail(error);
    else this.#status.fail(new ScpiError(-300, error instanceof Error ? error.message : undefined));
  }
}

/** A header's words from the root, where the path says from where the header is to be read. */
function wordsOf(header: string, path: readonly string[]): string[] {
  return header.startsWith(":") ? header.slice(1).split(":") : [...path, ...header.split(":")];
}

/** Waits on an instrument's clock, until a clear. Seconds. */
export function pause({ clock, signal }: ScpiContext, seconds: number): Promise<void> {
  return seconds > 0 ? sleep(clock, seconds * 1e3, signal) : Promise.resolve();
}
