/**
 * A link with something laid over it.
 *
 * @module
 */

import type { Transport } from "./transport.ts";

/**
 * A link that has its own properties and methods where there are some, and else those of another link.
 *
 * @typeParam T Its own.
 */
export function overlaid<T extends object>(link: Transport, own: T): Transport & T {
  return new Proxy(link, {
    get(target, key) {
      if (key in own) return Reflect.get(own, key);
      const value: unknown = Reflect.get(target, key, target);
      // Private fields are found by the link's own methods only.
      return typeof value === "function" ? value.bind(target) : value;
    },
    has: (target, key) => key in own || key in target,
  }) as Transport & T;
}
