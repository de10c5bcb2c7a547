/**
 * Channels of a device: the same commands, each with its own values.
 *
 * @module
 */

import { Component, type Outcome } from "./component.ts";
import type { Property } from "./property.ts";
import { str } from "./python/value.ts";
import type { YamlPart } from "./yaml_file.ts";

/** Channels that are told apart by a number in the message, or by which of them was selected before. */
export class Channels {
  readonly #component: Component;
  readonly #ids: readonly string[];
  /** The device's property that says which one is selected; without it the number is in the message. */
  readonly #selected: Property | undefined;

  /**
   * @param part The file's part, with `ids`, `can_select`, `dialogues` and `properties`.
   * @param ids The channels that there are, if a resource says so.
   * @param device The device's properties.
   * @param random From 0 to 1.
   * @throws {SyntaxError} If they make no sense.
   */
  constructor(
    part: YamlPart,
    ids: readonly string[],
    device: ReadonlyMap<string, Property>,
    random: () => number,
  ) {
    const own = part.get("ids")?.list().map((id) => id.text()) ?? [];
    this.#ids = ids.length > 0 ? ids : own;
    const isSelected = part.get("can_select")?.text() === "False";
    this.#selected = isSelected ? device.get("selected_channel") : undefined;
    if (isSelected && this.#selected === undefined) {
      throw part.fails("the device has no property selected_channel that would say which it is");
    }
    this.#component = new Component(part, random, !isSelected);
  }

  /** What becomes of a message. */
  match(message: string): Outcome {
    const ids = this.#ids;
    const selected = this.#selected;
    if (selected !== undefined) {
      const id = str(selected.get());
      if (!ids.includes(id)) return undefined;
      return this.#component.ask(message, id) ?? this.#component.tell(message, () => id, true);
    }
    for (const id of ids) {
      const outcome = this.#component.ask(message, id);
      if (outcome !== undefined) return outcome;
    }
    const find = (written: string | undefined): string | undefined =>
      written === undefined ? ids.at(-1) : ids.find((id) => id === written);
    return this.#component.tell(message, find, true);
  }
}
