/**
 * The programs in a Markdown text, and how it says to run them.
 *
 * A fenced block that is marked "ts" is a whole program: it is type-checked and run. One marked "ts no-run" is
 * type-checked alone, as it needs an instrument; "ts ignore" is neither, as it is a fragment.
 *
 * If the next block is marked "sh" and has a line `deno run FLAGS FILE ARGS`, the program is called FILE and
 * run with just these flags and arguments; otherwise with none.
 *
 * @module
 */

/** A program in a text. */
export interface Snippet {
  /** Where its first line stands, counted from 1. */
  readonly line: number;
  /** Its text. */
  readonly source: string;
  /** False if it is to be type-checked only. */
  readonly runs: boolean;
  /** The file's name. */
  readonly file: string;
  /** Deno's flags. */
  readonly flags: readonly string[];
  /** Its own arguments. */
  readonly args: readonly string[];
}

/** Finds the programs in a Markdown text. */
export function snippets(markdown: string): Snippet[] {
  const found: Snippet[] = [];
  for (const { info, source, line, next } of fences(markdown)) {
    const [language, ...marks] = info.split(/\s+/);
    if (!["ts", "tsx", "typescript"].includes(language ?? "") || marks.includes("ignore")) continue;
    const command = next?.info === "sh"
      ? /^(?:\$ )?deno run (.+)$/m.exec(next.source.replaceAll("\\\n", " "))?.[1]
      : undefined;
    const words = command?.trim().split(/\s+/) ?? [];
    const at = words.findIndex((word) => !word.startsWith("-"));
    found.push({
      line,
      source,
      runs: !marks.includes("no-run"),
      file: words[at] ?? `snippet.${language === "tsx" ? "tsx" : "ts"}`,
      flags: at < 0 ? [] : words.slice(0, at),
      args: at < 0 ? [] : words.slice(at + 1),
    });
  }
  return found;
}

interface Fence {
  readonly info: string;
  readonly source: string;
  readonly line: number;
  next?: Fence;
}

function fences(markdown: string): Fence[] {
  const found: Fence[] = [];
  const pattern = /^```([^\n`]*)\n([\s\S]*?)^```[ \t]*$/gm;
  for (const match of markdown.matchAll(pattern)) {
    const [, info = "", source = ""] = match;
    const line = markdown.slice(0, match.index).split("\n").length + 1;
    const fence: Fence = { info: info.trim(), source, line };
    const before = found.at(-1);
    if (before !== undefined) before.next = fence;
    found.push(fence);
  }
  return found;
}
