/**
 * A device that a file of pyvisa-sim describes.
 *
 * @module
 */

import { nextUint32, stateFrom } from "../../random.ts";
import type { MessageEnds } from "../../transports/line_server/message_splitter.ts";
import type { Responder } from "../../transports/responder.ts";
import { Channels } from "./channels.ts";
import { Component, REFUSED, SILENCE } from "./component.ts";
import { ErrorHandling } from "./errors.ts";
import { wire } from "./response.ts";
import type { YamlPart } from "./yaml_file.ts";

/** An interface as files name it: what it is and the class of its resources. */
export type PyvisaSimInterface =
  | "ASRL INSTR"
  | "GPIB INSTR"
  | "TCPIP INSTR"
  | "TCPIP SOCKET"
  | "USB INSTR"
  | "USB RAW";

/** A device as one interface has it. */
export interface PyvisaSimConnection {
  /** The device. Each answer has its end already. */
  readonly responder: Responder;
  /** How messages end where the interface has no mark for that. */
  readonly ends: MessageEnds;
}

interface Ends {
  readonly query: string;
  readonly response: string;
}

/** A device that a file of pyvisa-sim describes. All its connections share its state. */
export interface PyvisaSimDevice {
  /** Its name in the file. */
  readonly name: string;
  /**
   * The device as an interface has it.
   *
   * @param name The interface, whose ends are a newline if the file has none for it.
   */
  on(name: PyvisaSimInterface): PyvisaSimConnection;
}

/** A device, made of a file's part. */
export class FileDevice implements PyvisaSimDevice {
  readonly name: string;
  readonly #component: Component;
  readonly #errors: ErrorHandling;
  readonly #channels: readonly Channels[];
  readonly #delimiter: string;
  readonly #ends = new Map<string, Ends>();

  /**
   * A device in its initial state.
   *
   * @param part The file's part.
   * @param channelIds Which channels there are, by the names of their groups; the file's own are taken if it has none.
   * @param seed Seed of what is random.
   * @throws {SyntaxError} If the part makes no sense.
   */
  constructor(
    part: YamlPart,
    channelIds: ReadonlyMap<string, readonly string[]>,
    seed: number,
  ) {
    const state = stateFrom(seed);
    const random = (): number => nextUint32(state) / 2 ** 32;
    this.name = part.name;
    if ((part.get("bases")?.list() ?? []).length > 0) {
      throw part.fails("bases are described, but were never made; write out what they have");
    }
    this.#delimiter = wire(part.get("delimiter")?.text() ?? ";");
    this.#errors = new ErrorHandling(part.get("error"));
    this.#component = new Component(part, random);
    this.#channels = [...part.get("channels")?.mapping() ?? []].map(([name, channels]) =>
      new Channels(channels, channelIds.get(name) ?? [], this.#component.properties, random)
    );
    for (const [name, ends] of part.get("eom")?.mapping() ?? []) {
      const query = wire(ends.must("q").text().replace(/^ +| +$/g, ""));
      const response = wire(ends.get("r")?.text().replace(/^ +| +$/g, "") ?? "");
      if (query === "") throw ends.fails("the end of a message must have a character");
      this.#ends.set(name, { query, response });
    }
  }

  on(name: PyvisaSimInterface): PyvisaSimConnection {
    const { query, response } = this.#ends.get(name) ?? { query: "\n", response: "\n" };
    return {
      responder: { receive: (message) => this.#receive(message, query, response) },
      // Files know nothing of blocks.
      ends: { ends: [query], answerEnd: "", blocks: false },
    };
  }

  #receive(message: Uint8Array, query: string, end: string): Uint8Array | undefined {
    let text = "";
    for (const byte of message) text += String.fromCharCode(byte);
    // A bus with a mark for the end of a message need not have it in the text too.
    if (text.endsWith(query)) text = text.slice(0, -query.length);
    const parts = this.#delimiter === "" ? [text] : text.split(this.#delimiter);
    const answer = parts.map((part) => this.#answer(part))
      .map((said) => said === SILENCE ? "" : said + end).join("");
    return answer === ""
      ? undefined
      : Uint8Array.from(answer, (character) => character.charCodeAt(0));
  }

  #answer(message: string): string | typeof SILENCE {
    const outcome = this.#component.ask(message) ?? this.#errors.ask(message) ??
      this.#component.tell(message, () => "", false) ?? this.#askChannels(message);
    return outcome === undefined || outcome === REFUSED ? this.#errors.fail() : outcome;
  }

  #askChannels(message: string): ReturnType<Channels["match"]> {
    for (const channels of this.#channels) {
      const outcome = channels.match(message);
      // An empty answer of a channel counts as none.
      if (outcome !== undefined && outcome !== "") return outcome;
    }
    return undefined;
  }
}
