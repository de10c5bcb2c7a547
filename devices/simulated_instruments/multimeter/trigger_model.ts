/**
 * A multimeter's way from `INITiate` to its readings.
 *
 * @module
 */

import { ScpiError } from "../scpi/error.ts";
import { pause, type ScpiContext } from "../scpi/instrument.ts";

/** Bits of the operation register. */
export const OPERATION = { measuring: 16, waitingForTrigger: 32 } as const;

/** What starts a measurement. */
export type TriggerSource = "IMMediate" | "BUS" | "EXTernal";

/** How a measurement runs. */
export interface TriggerSettings {
  /** What starts it. */
  source: TriggerSource;
  /** How many triggers are taken. */
  triggers: number;
  /** How many samples are taken a trigger. */
  samples: number;
  /** Time from a trigger to its first sample, s. */
  delay: number;
}

/** Most readings of one measurement. */
export const MOST_READINGS = 1_000_000;

/** Waits for triggers, and takes samples. */
export class TriggerModel {
  #stop: AbortController | undefined;
  /** Settled while it waits for a trigger, and while nothing goes on. */
  #calm = Promise.withResolvers<void>();
  #trigger: PromiseWithResolvers<void> | undefined;

  constructor() {
    this.#calm.resolve();
  }

  /** Whether it is on its way. */
  get busy(): boolean {
    return this.#stop !== undefined;
  }

  /** Is settled once no more readings come by themselves. */
  get calm(): Promise<void> {
    return this.#calm.promise;
  }

  /**
   * Starts.
   *
   * @param sample Gives a reading; it takes `aperture` seconds.
   * @returns Settled when all readings are there, or it was given up.
   * @throws {ScpiError} If it is on its way already, or there would be too many readings.
   */
  start(
    settings: Readonly<TriggerSettings>,
    aperture: number,
    sample: () => void,
    context: ScpiContext,
  ): Promise<void> {
    if (this.#stop !== undefined) throw new ScpiError(-213);
    if (settings.triggers * settings.samples > MOST_READINGS) throw new ScpiError(-221);
    const stop = this.#stop = new AbortController();
    this.#calm = Promise.withResolvers();
    const signal = AbortSignal.any([stop.signal, context.signal]);
    return this.#run(settings, aperture, sample, { ...context, signal })
      .catch((error) => {
        if (!stop.signal.aborted) throw error;
      })
      .finally(() => {
        // Another one may have been started since it was given up.
        if (this.#stop !== undefined && this.#stop !== stop) return;
        this.#stop = undefined;
        context.status.operation.condition = 0;
        this.#calm.resolve();
      });
  }

  /** Gives it up. */
  abort(): void {
    this.#stop?.abort();
    this.#stop = undefined;
    this.#calm.resolve();
  }

  /** Takes a trigger. */
  trigger(): void {
    if (this.#trigger === undefined) throw new ScpiError(-211);
    this.#calm = Promise.withResolvers();
    this.#trigger.resolve();
  }

  async #run(
    { source, triggers, samples, delay }: Readonly<TriggerSettings>,
    aperture: number,
    sample: () => void,
    context: ScpiContext,
  ): Promise<void> {
    const { operation } = context.status;
    for (let trigger = 0; trigger < triggers; trigger++) {
      if (source !== "IMMediate") {
        operation.condition = OPERATION.waitingForTrigger;
        this.#calm.resolve();
        await this.#waitForTrigger(context.signal);
      }
      operation.condition = OPERATION.measuring;
      await pause(context, delay);
      const start = context.clock.monotonic();
      for (let number = 1; number <= samples; number++) {
        await context.clock.sleepUntil(start + number * aperture * 1e3, context.signal);
        sample();
      }
    }
  }

  async #waitForTrigger(signal: AbortSignal): Promise<void> {
    const trigger = this.#trigger = Promise.withResolvers<void>();
    const abort = (): void => trigger.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      await trigger.promise;
    } finally {
      this.#trigger = undefined;
      signal.removeEventListener("abort", abort);
    }
  }
}
