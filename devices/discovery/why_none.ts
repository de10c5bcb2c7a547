/**
 * Why no library could be loaded.
 *
 * @module
 */

/**
 * Libraries that are there and can't be used are what matters; that others are not there is no news.
 *
 * @param kind Which, as `"VISA"`.
 * @param tried Each with the reason in brackets.
 */
export function whyNone(kind: string, tried: readonly string[]): string {
  const here = tried.filter((reason) => !/No such file|not permitted|not found|126/i.test(reason));
  const rest = here.length === 0 ? "" : `; ${here.join("; ")}`;
  return `no ${kind} library could be loaded from ${tried.length} places${rest}`;
}
