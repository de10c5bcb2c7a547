/**
 * Instruments from a module of the user's.
 *
 * @module
 */

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Responder } from "../../devices/transports/responder.ts";
import { asError } from "../../session/stopped.ts";
import type { Clock } from "../../time/clock.ts";
import { everywhere, type ServedInstrument } from "./instrument.ts";

function isResponder(value: unknown): value is Responder {
  return typeof value === "object" && value !== null && "receive" in value &&
    typeof value.receive === "function";
}

/**
 * Loads a module whose default export is a responder, or a function that makes one of `{ clock }`.
 *
 * @param path Its path.
 * @throws {TypeError} If its default export is neither.
 * @throws {Error} If it can't be loaded.
 */
export async function loadModule(path: string, clock: Clock): Promise<ServedInstrument> {
  let loaded: { readonly default?: unknown };
  try {
    loaded = await import(pathToFileURL(resolve(path)).href);
  } catch (error) {
    throw new Error(
      `Cannot serve ${path}, as the module can't be loaded: ${asError(error).message}`,
      { cause: error },
    );
  }
  const { default: found } = loaded;
  const made: unknown = typeof found === "function" ? await found({ clock }) : found;
  if (isResponder(made)) return everywhere(path, made);
  throw new TypeError(
    `Cannot serve ${path}, as its default export must be a Responder, an object with receive(), or a ` +
      `function that makes one: ${found === undefined ? "there is none" : typeof made}.`,
  );
}
