/**
 * An experiment in words.
 *
 * @module
 */

import { verbOf } from "./registry.ts";
import { type Node, type Page, type Section, SECTIONS } from "./verb.ts";

interface Line {
  readonly left: string;
  readonly right: string;
}

class Sheet implements Page {
  readonly #sections = new Map<Section, Line[]>();

  /** Adds a line; what is said already is not said again. */
  add(section: Section, left: string, right = ""): void {
    const lines = this.#sections.get(section) ?? [];
    if (lines.some((line) => line.left === left && line.right === right)) return;
    lines.push({ left, right });
    this.#sections.set(section, lines);
  }

  has(section: Section): boolean {
    return this.#sections.has(section);
  }

  toString(): string {
    return SECTIONS.flatMap((section) => {
      const lines = this.#sections.get(section);
      if (lines === undefined) return [];
      const paired = lines.filter(({ right }) => right !== "");
      const width = Math.min(28, Math.max(0, ...paired.map(({ left }) => left.length)));
      return ["", section, ...lines.map((line) => `  ${row(line, width)}`)];
    }).join("\n");
  }
}

function row({ left, right }: Line, width: number): string {
  return right === "" ? left : `${left.padEnd(width)}  ${right}`;
}

/** How a run ends beside what its verbs say of it. */
function describeEnd(nodes: readonly Node[], page: Sheet): void {
  const goesOn = nodes.some(({ kind }) =>
    kind === "every" || kind === "monitor" || kind === "sweep"
  );
  if (!goesOn) page.add("Ends", "when all tasks are done");
  page.add("Ends", page.has("Ends") ? "or with Ctrl-C" : "with Ctrl-C");
}

/**
 * An experiment as a person would read it.
 *
 * @param name Its name, if it has one.
 * @param nodes Its steps.
 */
export function describe(name: string | null, nodes: readonly Node[]): string {
  const page = new Sheet();
  for (const node of nodes) verbOf(node).describe?.(node, page);
  describeEnd(nodes, page);
  return `${name ?? "An experiment without a name"}\n${page}\n`;
}
