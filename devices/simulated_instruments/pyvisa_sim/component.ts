/**
 * What a device or its channels answer: dialogues and properties.
 *
 * @module
 */

import { Property } from "./property.ts";
import { FormatTemplate, ParseTemplate } from "./python/template.ts";
import { str, ValueError } from "./python/value.ts";
import { compiled, dialogueResponse, getterResponse, type Response, wire } from "./response.ts";
import type { YamlPart } from "./yaml_file.ts";

/** Nothing is said, though the message was understood. */
export const SILENCE = Symbol("silence");

/** The message is understood, but its value is refused, and there is no answer of its own for that. */
export const REFUSED = Symbol("refused");

/** What became of a message: an answer, silence, a refusal, or undefined if it was meant for others. */
export type Outcome = string | typeof SILENCE | typeof REFUSED | undefined;

interface Setter {
  readonly property: Property;
  readonly template: ParseTemplate;
  readonly answer: string | typeof SILENCE;
  readonly error: string | undefined;
}

interface Getter {
  readonly property: Property;
  readonly response: Response;
}

/** Where a query is looked up: its text may depend on the channel. */
interface Query {
  /** The text for a channel. */
  text(channel: string): string;
}

/** What a part of a device answers. */
export class Component {
  readonly #dialogues: (readonly [Query, Response | typeof SILENCE])[] = [];
  readonly #getters: (readonly [Query, Getter])[] = [];
  readonly #setters: Setter[] = [];
  /** The properties by name. */
  readonly properties: Map<string, Property> = new Map();

  /**
   * @param part The file's part, with `dialogues` and `properties`.
   * @param random From 0 to 1.
   * @param perChannel Whether queries have the channel's number in them.
   * @throws {SyntaxError} If they make no sense.
   */
  constructor(part: YamlPart, random: () => number, perChannel = false) {
    const query = (of: YamlPart): Query => {
      const text = of.text().replace(/^ +| +$/g, "");
      if (!perChannel) {
        const bytes = wire(text);
        return { text: () => bytes };
      }
      const template = compiled(of, () => new FormatTemplate(text));
      return { text: (channel) => wire(template.format("", channel)) };
    };
    for (const dialogue of part.get("dialogues")?.list() ?? []) {
      const answer = dialogue.get("r");
      this.#dialogues.push([
        query(dialogue.must("q")),
        answer === undefined ? SILENCE : dialogueResponse(answer, random),
      ]);
    }
    for (const [name, described] of part.get("properties")?.mapping() ?? []) {
      const property = new Property(described);
      this.properties.set(name, property);
      const getter = described.get("getter");
      if (getter !== undefined) {
        const response = getterResponse(getter.must("r"), random);
        this.#getters.push([query(getter.must("q")), { property, response }]);
      }
      const setter = described.get("setter");
      if (setter === undefined) continue;
      const written = setter.must("q");
      const template = compiled(
        written,
        () => new ParseTemplate(written.text().replace(/^ +| +$/g, "")),
      );
      const answer = setter.get("r")?.text().replace(/^ +| +$/g, "");
      const error = setter.get("e")?.text().replace(/^ +| +$/g, "");
      this.#setters.push({
        property,
        template,
        answer: answer === undefined ? SILENCE : wire(answer),
        error: error === undefined ? undefined : wire(error),
      });
    }
  }

  /** What is answered to a query that has no value in it. The last of several with the same text counts. */
  ask(message: string, channel = ""): Outcome {
    const dialogue = this.#dialogues.findLast(([query]) => query.text(channel) === message)?.[1];
    if (dialogue === SILENCE) return SILENCE;
    if (dialogue !== undefined) return dialogue("", channel);
    const getter = this.#getters.findLast(([query]) => query.text(channel) === message)?.[1];
    if (getter === undefined) return undefined;
    try {
      return getter.response(getter.property.get(channel), channel);
    } catch (error) {
      // Its format is none of the value's type: the file's fault, which the instrument can't mend.
      if (error instanceof ValueError) return REFUSED;
      throw error;
    }
  }

  /**
   * Takes a value that is in a message.
   *
   * @param channelOf From the number in the message to the channel; undefined if it is none.
   * @param ends Whether a refusal without an answer of its own ends the search, as it does for channels.
   */
  tell(
    message: string,
    channelOf: (written: string | undefined) => string | undefined,
    ends: boolean,
  ): Outcome {
    const text = decoded(message);
    if (text === undefined) return undefined;
    for (const { property, template, answer, error } of this.#setters) {
      const parsed = template.parse(text);
      if (parsed === undefined) continue;
      const channel = channelOf(parsed.channel);
      if (channel === undefined) continue;
      try {
        property.set(ends ? str(parsed.value) : parsed.value, channel);
        return answer;
      } catch (refusal) {
        if (!(refusal instanceof ValueError)) throw refusal;
        if (error !== undefined) return error;
        if (ends) return REFUSED;
      }
    }
    return undefined;
  }
}

/** Bytes as text in UTF-8; undefined if they are none. */
function decoded(message: string): string | undefined {
  const bytes = Uint8Array.from(message, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
