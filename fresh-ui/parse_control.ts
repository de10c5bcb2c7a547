/**
 * Reads what somebody asks the run for.
 *
 * @module
 */

import type { ControlRequest } from "./protocol.ts";

/** Most characters of each text. */
const MOST = { who: 100, text: 10_000, name: 1_000 } as const;

/** A text that is not empty, with none of the characters that steer a terminal; undefined if it is none. */
function textOf(value: unknown, most: number): string | undefined {
  if (typeof value !== "string") return undefined;
  // deno-lint-ignore no-control-regex -- these are what must not come through
  const text = value.toWellFormed().replaceAll(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, " ")
    .trim();
  return text === "" || text.length > most ? undefined : text;
}

/** Whether it may name a task or an alarm. A name is compared, not shown: it stays as it is. */
function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MOST.name;
}

/** A request for the run from JSON; undefined if it is none. */
export function parseControl(value: unknown): ControlRequest | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const given: Readonly<Record<string, unknown>> = { ...value };
  const who = textOf(given["who"], MOST.who);
  const by = who === undefined ? {} : { who };
  switch (given["action"]) {
    case "note": {
      const text = textOf(given["text"], MOST.text);
      return text === undefined ? undefined : { action: "note", text, ...by };
    }
    case "pause":
    case "resume": {
      const { task, action } = given;
      return isName(task) ? { action, task, ...by } : undefined;
    }
    case "acknowledge": {
      const { alarm, action } = given;
      return isName(alarm) ? { action, alarm, ...by } : undefined;
    }
    case "stop":
      return { action: "stop", ...by };
    default:
      return undefined;
  }
}
