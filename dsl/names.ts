/**
 * Which names an experiment has given away.
 *
 * @module
 */

import type { Node } from "./verb.ts";

/** A node of a kind that has names. */
interface Named extends Node {
  readonly name: string;
}

/** The names that nodes of a kind were given. */
export function namesOf(kind: string, nodes: readonly Node[]): string[] {
  return nodes.filter((node): node is Named => node.kind === kind).map(({ name }) => name);
}
