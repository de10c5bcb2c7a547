/**
 * Headers of SCPI commands: long and short forms, nodes that may be left out.
 *
 * @module
 */

interface Node {
  readonly short: string;
  readonly long: string;
  readonly optional: boolean;
}

/** A header that can be matched. */
export class HeaderPattern {
  readonly #nodes: readonly Node[];

  /**
   * A header as manuals write it.
   *
   * @param pattern Capitals are the short form, brackets hold what may be left out:
   * `"[:SENSe]:VOLTage[:DC]:RANGe"`.
   * @throws {SyntaxError} If it is none.
   */
  constructor(pattern: string) {
    const nodes: Node[] = [];
    let rest = pattern.startsWith("[") || pattern.startsWith(":") ? pattern : `:${pattern}`;
    // `[SOURce:]VOLTage` is written as often as `[:SOURce]:VOLTage`.
    rest = rest.replace(/^\[([A-Za-z]+):\]/, "[:$1]:");
    while (rest !== "") {
      const match = /^(?:\[:([A-Za-z]+)\]|:([A-Za-z]+))/.exec(rest);
      const name = match?.[1] ?? match?.[2];
      const short = /^[A-Z]+/.exec(name ?? "")?.[0];
      if (match === null || name === undefined || short === undefined) {
        throw new SyntaxError(
          `Cannot make a command, as its header can't be read: ${JSON.stringify(pattern)}. ` +
            `Write it as "[:SENSe]:VOLTage:RANGe".`,
        );
      }
      nodes.push({ short, long: name.toUpperCase(), optional: match[1] !== undefined });
      rest = rest.slice(match[0].length);
    }
    this.#nodes = nodes;
  }

  /** Whether this is what the words mean, which are in capitals. */
  matches(words: readonly string[]): boolean {
    return this.#from(0, words, 0);
  }

  #from(node: number, words: readonly string[], word: number): boolean {
    const first = this.#nodes[node];
    if (first === undefined) return word === words.length;
    // A number after a word says which of several; there is one.
    const written = words[word]?.replace(/(?<=\D)1$/, "");
    const same = written === first.short || written === first.long;
    if (same && this.#from(node + 1, words, word + 1)) return true;
    return first.optional && this.#from(node + 1, words, word);
  }
}

/** Whether a word is the long or the short form of a name, such as `MINimum`. */
export function isWord(word: string, name: string): boolean {
  const written = word.toUpperCase();
  return written === name.toUpperCase() || written === /^[A-Z]+/.exec(name)?.[0];
}
