/**
 * The first words with a Prologix adapter.
 *
 * @module
 */

const decoder = new TextDecoder();

/**
 * What sets an adapter up as a controller that reads only when told to and marks END on the bus, and asks who it
 * is. First of all it must not write its memory at each change, which wears it out.
 */
export function setUpText(readTimeout: number): string {
  return "++savecfg 0\n++mode 1\n++auto 0\n++eos 3\n++eoi 1\n++eot_enable 0\n" +
    `++read_tmo_ms ${readTimeout}\n` +
    "++eot_char 173\n++eot_char\n++eot_char 82\n++eot_char\n++ver\n++ver\n";
}

/** Finds the answers to {@linkcode setUpText} after what a former user left unread. */
export class Greeting {
  #last: readonly string[] = [];

  /** Takes a line; true if it is the last one, which is the version. */
  ends(line: Uint8Array): boolean {
    this.#last = [...this.#last.slice(-3), decoder.decode(line).trim()];
    const [first, second, third, fourth] = this.#last;
    return first === "173" && second === "82" && Boolean(fourth) && third === fourth;
  }
}
