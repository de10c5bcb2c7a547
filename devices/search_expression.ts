/**
 * VISA's search expressions, VPP-4.3 section 4.3.1: which resources are looked for.
 *
 * @module
 */

/** Longest expression that is read; VISA's own buffer has 256 characters. */
const LONGEST = 1024;

/** A state of the matcher: what a character must be to go on to the next one, or where to go without any. */
type State =
  | { readonly kind: "one"; readonly accepts: (code: number) => boolean; readonly next: number }
  | { readonly kind: "fork"; readonly to: number[] }
  | { readonly kind: "end" };

/**
 * Compiles a VISA search expression. Upper and lower case are the same, and the whole name must fit.
 *
 * `?` is any one character, `[list]` one of these (`[^list]` none of them, with ranges as `0-9`), `*` any number of
 * what stands before it, `+` at least one of it, `a|b` either, `( )` groups, `\` takes the next character as it is.
 * Matching takes time in proportion to both lengths, whatever the expression.
 *
 * @param expression Such as `"?*INSTR"`, or `"(ASRL|USB)?*"`.
 * @returns Whether a resource name fits.
 * @throws {SyntaxError} If the expression is wrong, or asks for attributes in braces, which needs open resources.
 *
 * @example
 * ```ts
 * import { compileSearchExpression } from "@stripchart/stripchart/devices";
 * import assert from "node:assert/strict";
 *
 * const fits = compileSearchExpression("(GPIB|TCPIP)[0-9]*::?*INSTR");
 * assert.ok(fits("TCPIP0::192.168.0.20::inst0::INSTR"));
 * assert.ok(!fits("ASRL1::INSTR"));
 * ```
 */
export function compileSearchExpression(expression: string): (name: string) => boolean {
  if (expression.length > LONGEST) {
    throw new SyntaxError(
      `Cannot read a search expression, as it must have ${LONGEST} characters at most: ` +
        `${expression.length}.`,
    );
  }
  const { states, start } = new Compiler(expression).compile();
  return (name) => matches(states, start, name.toUpperCase());
}

function matches(states: readonly State[], start: number, text: string): boolean {
  // Each state at most once a character: that is what bounds the time.
  const seen = new Int32Array(states.length).fill(-1);
  const enter = (list: number[], first: number, step: number): void => {
    const open = [first];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (seen[at] === step) continue;
      seen[at] = step;
      const state = states[at];
      if (state?.kind === "fork") open.push(...state.to);
      else list.push(at);
    }
  };
  let current: number[] = [];
  enter(current, start, 0);
  for (let i = 0; i < text.length && current.length > 0; i++) {
    const next: number[] = [];
    for (const at of current) {
      const state = states[at];
      if (state?.kind === "one" && state.accepts(text.charCodeAt(i))) {
        enter(next, state.next, i + 1);
      }
    }
    current = next;
  }
  return current.some((at) => states[at]?.kind === "end");
}

/** Builds the states from the end to the beginning, so that each knows what comes after it. */
class Compiler {
  readonly #text: string;
  readonly #states: State[] = [{ kind: "end" }];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  compile(): { readonly states: readonly State[]; readonly start: number } {
    const tree = this.#either(0);
    if (this.#at < this.#text.length) throw this.#wrong(`this ")" closes nothing`);
    return { states: this.#states, start: tree(0) };
  }

  /** Alternatives. Each part is a function from where it goes on to where it begins. */
  #either(depth: number): (next: number) => number {
    const branches = [this.#sequence(depth)];
    while (this.#text[this.#at] === "|") {
      this.#at++;
      branches.push(this.#sequence(depth));
    }
    const [only] = branches;
    if (branches.length === 1 && only !== undefined) return only;
    return (next) => this.#add({ kind: "fork", to: branches.map((branch) => branch(next)) });
  }

  #sequence(depth: number): (next: number) => number {
    const parts: ((next: number) => number)[] = [];
    while (this.#at < this.#text.length && !"|)".includes(this.#text[this.#at] ?? "")) {
      const part = this.#part(depth);
      const sign = this.#text[this.#at];
      if (sign === "*" || sign === "+") {
        this.#at++;
        parts.push(this.#repeated(part, sign === "+"));
        const again = this.#text[this.#at] ?? "";
        if (again === "*" || again === "+") throw this.#wrong(`"${again}" repeats a repetition`);
      } else parts.push(part);
    }
    if (parts.length === 0) throw this.#wrong("something must stand here");
    return (next) => parts.reduceRight((after, part) => part(after), next);
  }

  #repeated(part: (next: number) => number, once: boolean): (next: number) => number {
    return (next) => {
      const fork: State & { kind: "fork" } = { kind: "fork", to: [next] };
      const loop = this.#add(fork);
      const body = part(loop);
      fork.to.push(body);
      return once ? body : loop;
    };
  }

  #part(depth: number): (next: number) => number {
    const sign = this.#text[this.#at] ?? "";
    switch (sign) {
      case "(": {
        if (depth >= 64) throw this.#wrong("groups are nested too deep");
        this.#at++;
        const inner = this.#either(depth + 1);
        if (this.#text[this.#at] !== ")") throw this.#wrong(`a ")" is missing`);
        this.#at++;
        return inner;
      }
      case "[":
        return this.#one(this.#list());
      case "?":
        this.#at++;
        return this.#one(() => true);
      case "*":
      case "+":
        throw this.#wrong(`"${sign}" has nothing before it to repeat; any text at all is "?*"`);
      case "{":
        throw this.#wrong(
          "attributes in braces need open resources, which a search has not; filter what it finds",
        );
      default: {
        const code = this.#character();
        return this.#one((seen) => seen === code);
      }
    }
  }

  /** One character as it is, in upper case. */
  #character(): number {
    if (this.#text[this.#at] === "\\") this.#at++;
    if (this.#at >= this.#text.length) throw this.#wrong("it ends in the middle");
    return (this.#text[this.#at++] ?? "").toUpperCase().charCodeAt(0);
  }

  #list(): (code: number) => boolean {
    const begin = this.#at++;
    const not = this.#text[this.#at] === "^";
    if (not) this.#at++;
    const ranges: [number, number][] = [];
    while (this.#text[this.#at] !== "]") {
      if (this.#at >= this.#text.length) {
        this.#at = begin;
        throw this.#wrong(`this "[" has no "]"`);
      }
      const from = this.#character();
      let to = from;
      if (this.#text[this.#at] === "-" && this.#text[this.#at + 1] !== "]") {
        this.#at++;
        to = this.#character();
      }
      if (to < from) throw this.#wrong("this range runs backwards");
      ranges.push([from, to]);
    }
    this.#at++;
    if (ranges.length === 0) throw this.#wrong("this list is empty");
    return (code) => ranges.some(([from, to]) => code >= from && code <= to) !== not;
  }

  #one(accepts: (code: number) => boolean): (next: number) => number {
    return (next) => this.#add({ kind: "one", accepts, next });
  }

  #add(state: State): number {
    return this.#states.push(state) - 1;
  }

  #wrong(why: string): SyntaxError {
    return new SyntaxError(
      `Cannot read the search expression ${JSON.stringify(this.#text)}, as at character ` +
        `${this.#at + 1} ${why}.`,
    );
  }
}
