/**
 * Finds the stream of an entry by its variables, in about ten nanoseconds a variable.
 *
 * @module
 */

import { checkName } from "./names.ts";
import { MOST_COLUMNS } from "./schema.ts";

/** A set of variables in the order in which one place in a program names them. */
export interface KeySet {
  /** The number of the set; the same for every order. */
  readonly handle: number;
  /** For each variable in the program's order, its place among the sorted ones. */
  readonly places: Uint32Array;
}

/** What the writer is told of a new set. */
export interface NewKeySet {
  /** The number of the set. */
  readonly handle: number;
  /** The variables as the program orders them. */
  readonly order: readonly string[];
  /** The variables sorted by code units. */
  readonly names: readonly string[];
}

/** A step along the keys: most nodes have one way on, which needs no map. */
class Node {
  key: string | undefined;
  next: Node | undefined;
  more: Map<string, Node> | undefined;
  set: KeySet | undefined;

  step(key: string): Node | undefined {
    return this.key === key ? this.next : this.more?.get(key);
  }

  grow(key: string): Node {
    const node = new Node();
    if (this.key === undefined) {
      this.key = key;
      this.next = node;
    } else (this.more ??= new Map()).set(key, node);
    return node;
  }
}

/** All sets of variables that were seen. */
export class KeySets {
  readonly #root = new Node();
  readonly #handles = new Map<string, number>();

  /** The set of these keys, if it was added. */
  find(keys: readonly string[]): KeySet | undefined {
    let node: Node | undefined = this.#root;
    for (let i = 0; i < keys.length; i++) {
      node = node.step(keys[i] as string);
      if (node === undefined) return undefined;
    }
    return node.set;
  }

  /**
   * Adds the set of these keys. Gives what the writer must be told, or undefined if only their order is
   * new.
   *
   * @throws {TypeError} If there is no key.
   * @throws {RangeError} If there are too many, or one cannot be a name.
   */
  add(keys: readonly string[]): { set: KeySet; fresh: NewKeySet | undefined } {
    checkKeys(keys);
    const names = [...keys].sort((a, b) => a < b ? -1 : 1);
    const place = new Map(names.map((name, index) => [name, index]));
    const text = JSON.stringify(names);
    let handle = this.#handles.get(text);
    let fresh: NewKeySet | undefined;
    if (handle === undefined) {
      handle = this.#handles.size;
      this.#handles.set(text, handle);
      fresh = { handle, order: [...keys], names };
    }
    const set = { handle, places: Uint32Array.from(keys, (key) => place.get(key) ?? 0) };
    let node = this.#root;
    for (const key of keys) node = node.step(key) ?? node.grow(key);
    node.set = set;
    return { set, fresh };
  }
}

/**
 * Refuses names that cannot make a set of variables.
 *
 * @throws {TypeError} If there is none.
 * @throws {RangeError} If there are too many, or one cannot be a name.
 */
export function checkKeys(keys: readonly string[]): void {
  if (keys.length === 0) throw new TypeError("Cannot record an entry as it holds no value: {}.");
  if (keys.length > MOST_COLUMNS) {
    throw new RangeError(
      `Cannot record an entry as it holds more than ${MOST_COLUMNS} values: ${keys.length}. ` +
        `Store it as a dataset.`,
    );
  }
  for (const key of keys) checkName("variable", key);
}
