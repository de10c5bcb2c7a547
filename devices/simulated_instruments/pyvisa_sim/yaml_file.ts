/**
 * YAML in which every scalar is text, with the line of each part for what is wrong there.
 *
 * @module
 */

// @ts-types="@types/js-yaml"
import { FAILSAFE_SCHEMA, load, YAMLException } from "js-yaml";

/** A part of a file: text, a list or a mapping. */
export class YamlPart {
  readonly #value: unknown;
  readonly #file: string;
  readonly #lines: WeakMap<object, number>;
  readonly #line: number;
  readonly #path: readonly string[];

  private constructor(
    value: unknown,
    file: string,
    lines: WeakMap<object, number>,
    line: number,
    path: readonly string[],
  ) {
    this.#value = value;
    this.#file = file;
    this.#lines = lines;
    this.#line = typeof value === "object" && value !== null ? lines.get(value) ?? line : line;
    this.#path = path;
  }

  /**
   * Reads a file.
   *
   * @param text What is in it.
   * @param file Its name, for errors.
   * @throws {SyntaxError} If it is no YAML.
   */
  static read(text: string, file: string): YamlPart {
    const lines = new WeakMap<object, number>();
    const opened: number[] = [];
    try {
      const value = load(text, {
        schema: FAILSAFE_SCHEMA,
        listener(event, state) {
          if (event === "open") {
            opened.push(state.line + 1);
            return;
          }
          const line = opened.pop() ?? 1;
          const made: unknown = state.result;
          if (typeof made === "object" && made !== null) lines.set(made, line);
        },
      });
      return new YamlPart(value, file, lines, 1, []);
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const line = error.mark === undefined ? "" : `:${error.mark.line + 1}`;
      throw new SyntaxError(`Cannot read ${file}${line}, as it is no YAML: ${error.reason}.`, {
        cause: error,
      });
    }
  }

  /** The name of the last key that leads here. */
  get name(): string {
    return this.#path.at(-1) ?? this.#file;
  }

  /** Whether this is a mapping. */
  get isMapping(): boolean {
    return typeof this.#value === "object" && this.#value !== null && !Array.isArray(this.#value);
  }

  /** Text; nothing is an empty one. */
  text(): string {
    if (this.#value === null || this.#value === undefined) return "";
    if (typeof this.#value === "string") return this.#value;
    throw this.fails("it must be text");
  }

  /** The parts of a list; nothing is an empty one. */
  list(): YamlPart[] {
    if (this.#value === null || this.#value === undefined || this.#value === "") return [];
    if (!Array.isArray(this.#value)) throw this.fails("it must be a list");
    return this.#value.map((value, at) => this.#inner(value, String(at + 1)));
  }

  /** The parts of a mapping by their keys, in order; nothing is an empty one. */
  mapping(): Map<string, YamlPart> {
    if (this.#value === null || this.#value === undefined || this.#value === "") return new Map();
    if (!this.isMapping) throw this.fails("it must be a mapping");
    return new Map(
      Object.entries(this.#value as object).map(([key, value]) => [key, this.#inner(value, key)]),
    );
  }

  /** A mapping's part, if it is there. */
  get(key: string): YamlPart | undefined {
    return this.mapping().get(key);
  }

  /** A mapping's part that must be there. */
  must(key: string): YamlPart {
    const part = this.get(key);
    if (part === undefined) throw this.fails(`it has no ${key}`);
    return part;
  }

  /** An error that names this place. */
  fails(why: string, cause?: unknown): SyntaxError {
    const path = this.#path.length === 0 ? "" : ` (${this.#path.join(" > ")})`;
    return new SyntaxError(`Cannot read ${this.#file}:${this.#line}${path}, as ${why}.`, { cause });
  }

  #inner(value: unknown, key: string): YamlPart {
    return new YamlPart(value, this.#file, this.#lines, this.#line, [...this.#path, key]);
  }
}
