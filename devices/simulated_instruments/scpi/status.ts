/**
 * The status model of IEEE 488.2 and SCPI-99: what an instrument tells of itself in bits.
 *
 * @module
 */

import { ScpiError } from "./error.ts";

/** Bits of the status byte. */
export const STATUS = {
  errors: 4,
  questionable: 8,
  messageAvailable: 16,
  events: 32,
  requestsService: 64,
  operation: 128,
} as const;

/** Bits of the standard event register. */
export const EVENT = {
  operationComplete: 1,
  query: 4,
  device: 8,
  execution: 16,
  command: 32,
  powerOn: 128,
} as const;

/** Errors that are kept; the last one is replaced when there are more. */
const MOST_ERRORS = 20;

/** One of SCPI's registers: what is, what has come to be, and which of it counts. */
export class ConditionRegister {
  readonly #changed: () => void;
  #condition = 0;
  #event = 0;
  #enable = 0;

  /**
   * A register with nothing in it.
   *
   * @param changed Is called after each change.
   */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** What is. A bit that comes up is kept as an event. */
  get condition(): number {
    return this.#condition;
  }
  set condition(value: number) {
    this.#event |= value & ~this.#condition;
    this.#condition = value;
    this.#changed();
  }

  /** Which events count for the status byte. */
  get enable(): number {
    return this.#enable;
  }
  set enable(value: number) {
    this.#enable = value;
    this.#changed();
  }

  /** Whether an event counts. */
  get summary(): boolean {
    return (this.#event & this.#enable) !== 0;
  }

  /** The events since they were taken last. */
  takeEvent(): number {
    const event = this.#event;
    this.clear();
    return event;
  }

  /** Forgets the events. */
  clear(): void {
    this.#event = 0;
    this.#changed();
  }
}

/** An instrument's registers, its error queue, and its requests for service. */
export class ScpiStatus {
  /** SCPI's register of what goes on. */
  readonly operation: ConditionRegister = new ConditionRegister(() => this.#update());
  /** SCPI's register of what makes readings doubtful. */
  readonly questionable: ConditionRegister = new ConditionRegister(() => this.#update());
  readonly #listeners = new Set<(statusByte: number) => void>();
  #errors: ScpiError[] = [];
  #event = EVENT.powerOn as number;
  #eventEnable = 0;
  #requestEnable = 0;
  #available = false;
  #requests = false;
  /** Reasons for service that are known. */
  #reasons = 0;

  /** The status byte; bit 6 is the summary of the others, as `*STB?` has it. */
  get byte(): number {
    const { errors, questionable, messageAvailable, events, operation } = STATUS;
    const byte = (this.#errors.length > 0 ? errors : 0) |
      (this.questionable.summary ? questionable : 0) |
      (this.#available ? messageAvailable : 0) |
      ((this.#event & this.#eventEnable) !== 0 ? events : 0) |
      (this.operation.summary ? operation : 0);
    return (byte & this.#requestEnable) !== 0 ? byte | STATUS.requestsService : byte;
  }

  /** The status byte by a serial poll: bit 6 says whether service was requested, and takes that back. */
  poll(): number {
    const byte = this.byte & ~STATUS.requestsService;
    const requested = this.#requests ? STATUS.requestsService : 0;
    this.#requests = false;
    return byte | requested;
  }

  /** Which standard events count for the status byte. */
  get eventEnable(): number {
    return this.#eventEnable;
  }
  set eventEnable(value: number) {
    this.#eventEnable = value;
    this.#update();
  }

  /** Which bits of the status byte request service. */
  get requestEnable(): number {
    return this.#requestEnable;
  }
  set requestEnable(value: number) {
    this.#requestEnable = value & ~STATUS.requestsService;
    this.#update();
  }

  /** Sets bits of the standard event register. */
  raise(events: number): void {
    this.#event |= events;
    this.#update();
  }

  /** The standard events since they were taken last. */
  takeEvent(): number {
    const event = this.#event;
    this.#event = 0;
    this.#update();
    return event;
  }

  /** Keeps an error, and raises the event of its class. */
  fail(error: ScpiError): void {
    if (this.#errors.length < MOST_ERRORS) this.#errors.push(error);
    else this.#errors[MOST_ERRORS - 1] = new ScpiError(-350);
    const { command, execution, device, query } = EVENT;
    this.raise([command, execution, device, query][Math.floor(-error.code / 100) - 1] ?? device);
  }

  /** The oldest error. */
  takeError(): ScpiError {
    const error = this.#errors.shift() ?? new ScpiError(0);
    this.#update();
    return error;
  }

  /** An answer is there: whoever reads it is the bus's business. */
  announce(): void {
    this.#available = true;
    this.#update();
    this.#available = false;
    this.#update();
  }

  /** Forgets events and errors, as `*CLS` does. */
  clear(): void {
    this.#errors = [];
    this.#event = 0;
    this.operation.clear();
    this.questionable.clear();
    this.#requests = false;
    this.#update();
  }

  /** Has `listener` called at each request for service. */
  onRequest(listener: (statusByte: number) => void): Disposable {
    // One function may listen twice.
    const own = (byte: number): void => listener(byte);
    this.#listeners.add(own);
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) };
  }

  /** Requests service when a reason for it has come up. */
  #update(): void {
    const byte = this.byte;
    const reasons = byte & this.#requestEnable;
    const fresh = reasons & ~this.#reasons;
    this.#reasons = reasons;
    if (reasons === 0) this.#requests = false;
    if (fresh === 0) return;
    this.#requests = true;
    for (const listener of [...this.#listeners]) listener(byte | STATUS.requestsService);
  }
}
