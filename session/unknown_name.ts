/**
 * Refuses names that there are not.
 *
 * @module
 */

/** The refusal of a name, which says those there are. */
export function unknownName(
  verb: string,
  what: string,
  name: string,
  known: readonly string[],
): RangeError {
  const shown = known.slice(0, 12).map((other) => JSON.stringify(other)).join(", ");
  const more = known.length > 12 ? ` and ${known.length - 12} more` : "";
  const hint = known.length === 0 ? `There is no ${what} yet` : `There are ${shown}${more}`;
  return new RangeError(`Cannot ${verb} an unknown ${what}: ${JSON.stringify(name)}. ${hint}.`);
}
