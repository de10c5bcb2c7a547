/**
 * Which names may be stored.
 *
 * @module
 */

const LONGEST = 4096;

/** A name as an error message shows it. */
export function quote(name: string): string {
  const text = JSON.stringify(name);
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text;
}

/**
 * Refuses a name that cannot be stored and found again: an empty one, one with a NUL character, with half
 * of a surrogate pair, or longer than 4096 bytes. Anything else is a name.
 *
 * @param what What the name is for, such as `"variable"`.
 * @throws {TypeError} If it is not text.
 * @throws {RangeError} If it is one of those.
 */
export function checkName(what: string, name: unknown): asserts name is string {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot name a ${what} as a name is text: ${typeof name} was given.`);
  }
  let why: string | undefined;
  if (name === "") why = "it is empty";
  else if (name.includes("\0")) why = "it holds a NUL character";
  else if (!name.isWellFormed()) why = "it holds half of a surrogate pair";
  else if (name.length * 3 > LONGEST && new TextEncoder().encode(name).length > LONGEST) {
    why = `it is longer than ${LONGEST} bytes`;
  }
  if (why !== undefined) {
    throw new RangeError(`Cannot name a ${what} as ${why}: ${quote(name)}. Choose another name.`);
  }
}

/**
 * Refuses text that would not come back as it was.
 *
 * @throws {TypeError} If it is not text.
 * @throws {RangeError} If it holds half of a surrogate pair or a NUL character.
 */
export function checkText(what: string, text: unknown): asserts text is string {
  if (typeof text !== "string") {
    throw new TypeError(`Cannot store ${what} as it must be text: ${typeof text} was given.`);
  }
  if (!text.isWellFormed()) {
    throw new RangeError(
      `Cannot store ${what} as it holds half of a surrogate pair: ${quote(text)}.`,
    );
  }
  if (text.includes("\0")) {
    throw new RangeError(`Cannot store ${what} as it holds a NUL character: ${quote(text)}.`);
  }
}

/**
 * Refuses a time that is not an integer number of microseconds.
 *
 * @throws {TypeError | RangeError} If it is not.
 */
export function checkTime(t: unknown): asserts t is number {
  if (typeof t !== "number") {
    throw new TypeError(
      `Cannot store a record as its time must be a number: ${typeof t} was given.`,
    );
  }
  if (!Number.isSafeInteger(t)) {
    throw new RangeError(`Cannot store a record as its time must be integer microseconds: ${t}.`);
  }
}
