/**
 * What a device does about messages that it does not understand.
 *
 * @module
 */

import { int, ValueError } from "./python/value.ts";
import { SILENCE } from "./component.ts";
import { wire } from "./response.ts";
import type { YamlPart } from "./yaml_file.ts";

/** What goes wrong, by the names that a file has for it. */
type Fault = "command_error" | "query_error";

/** Answers, registers and queues. */
export class ErrorHandling {
  readonly #answer: string | typeof SILENCE;
  readonly #registers: { readonly q: string; readonly bits: Map<string, bigint>; value: bigint }[];
  readonly #queues: {
    readonly q: string;
    readonly texts: Map<string, string>;
    readonly empty: string;
    readonly waiting: string[];
  }[];

  /**
   * @param part The file's `error`, if there is one: the answer, or a mapping.
   * @throws {SyntaxError} If it makes no sense.
   */
  constructor(part: YamlPart | undefined) {
    if (part === undefined || !part.isMapping) {
      const text = part?.text();
      this.#answer = text === undefined || text === "" ? SILENCE : wire(text);
      this.#registers = [];
      this.#queues = [];
      return;
    }
    const answer = part.get("response")?.get("command_error")?.text();
    this.#answer = answer === undefined ? SILENCE : wire(answer);
    this.#registers = (part.get("status_register")?.list() ?? []).map((register) => {
      const entries = [...register.mapping()].filter(([key]) => key !== "q");
      const bits = new Map(entries.map(([key, value]) => [key, integer(value)]));
      return { q: wire(register.must("q").text()), bits, value: 0n };
    });
    this.#queues = (part.get("error_queue")?.list() ?? []).map((queue) => {
      const own = ["q", "default", "strict"];
      const entries = [...queue.mapping()].filter(([key]) => !own.includes(key));
      return {
        q: wire(queue.must("q").text()),
        texts: new Map(entries.map(([key, value]) => [key, wire(value.text())])),
        empty: wire(queue.must("default").text()),
        waiting: [],
      };
    });
  }

  /** What a query for a register or a queue gives; undefined if it is none. A register is zero afterwards. */
  ask(message: string): string | undefined {
    const register = this.#registers.findLast(({ q }) => q === message);
    if (register !== undefined) {
      const { value } = register;
      register.value = 0n;
      return String(value);
    }
    const queue = this.#queues.findLast(({ q }) => q === message);
    return queue === undefined ? undefined : queue.waiting.shift() ?? queue.empty;
  }

  /** Notes a fault; what is answered. */
  fail(fault: Fault = "command_error"): string | typeof SILENCE {
    const register = this.#registers.findLast(({ bits }) => bits.has(fault));
    if (register !== undefined) register.value |= register.bits.get(fault) ?? 0n;
    for (const { texts, waiting } of this.#queues) {
      const text = texts.get(fault);
      if (text !== undefined) waiting.push(text);
    }
    return this.#answer;
  }
}

function integer(part: YamlPart): bigint {
  try {
    return int(part.text());
  } catch (error) {
    if (error instanceof ValueError) throw part.fails(error.message, error);
    throw error;
  }
}
