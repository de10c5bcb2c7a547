/**
 * Values of instruments that a file describes.
 *
 * @module
 */

import { type PythonType, type PythonValue, str, TYPES, ValueError } from "./python/value.ts";
import type { YamlPart } from "./yaml_file.ts";

interface Specs {
  readonly convert: (value: PythonValue) => PythonValue;
  readonly min: PythonValue | undefined;
  readonly max: PythonValue | undefined;
  readonly valid: ReadonlySet<PythonValue>;
}

/** A value for each channel, or one. */
export class Property {
  readonly #specs: Specs | undefined;
  readonly #initial: PythonValue;
  readonly #values = new Map<string, PythonValue>();

  /**
   * @param part The file's part, with `default` and `specs`.
   * @throws {SyntaxError} If they make no sense.
   */
  constructor(part: YamlPart) {
    const specs = part.get("specs");
    // Without specs it is text.
    this.#specs = specs === undefined || specs.mapping().size === 0 ? undefined : readSpecs(specs);
    const given = part.get("default")?.text() ?? "";
    try {
      this.#initial = this.#checked(given);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw part.fails(`its default can't be taken: ${error.message}`, error);
    }
  }

  /** The value. */
  get(channel = ""): PythonValue {
    return this.#values.get(channel) ?? this.#initial;
  }

  /**
   * Takes a value.
   *
   * @throws {ValueError} If the specs don't allow it.
   */
  set(value: PythonValue, channel = ""): void {
    this.#values.set(channel, this.#checked(value));
  }

  #checked(given: PythonValue): PythonValue {
    const specs = this.#specs;
    if (specs === undefined) return given;
    const value = specs.convert(given);
    if (specs.min !== undefined && value < specs.min) {
      throw new ValueError(`${str(value)} is below ${str(specs.min)}`);
    }
    if (specs.max !== undefined && value > specs.max) {
      throw new ValueError(`${str(value)} is above ${str(specs.max)}`);
    }
    if (specs.valid.size > 0 && !specs.valid.has(value)) {
      throw new ValueError(`${str(value)} is not among ${[...specs.valid].map(str).join(", ")}`);
    }
    return value;
  }
}

function readSpecs(part: YamlPart): Specs {
  const type = part.must("type");
  const name = type.text();
  if (!Object.hasOwn(TYPES, name)) {
    throw part.fails(`its type must be int, float or str: ${JSON.stringify(name)}`);
  }
  const convert = TYPES[name as PythonType];
  const read = (value: YamlPart): PythonValue => {
    try {
      return convert(value.text());
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw value.fails(error.message, error);
    }
  };
  const limit = (key: string): PythonValue | undefined => {
    const value = part.get(key);
    return value === undefined ? undefined : read(value);
  };
  return {
    convert,
    min: limit("min"),
    max: limit("max"),
    valid: new Set(part.get("valid")?.list().map(read)),
  };
}
