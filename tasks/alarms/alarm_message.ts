/**
 * What people are told of an alarm.
 *
 * @module
 */

import type { OutgoingMessage } from "../../session/outbox/types.ts";
import type { Level } from "../../session/store/types.ts";
import { formatDuration } from "../../time/duration.ts";
import { type AlarmDefinition, conditionInWords } from "./definition.ts";

/** What is done while the alarm is raised, in sentences. */
function reactions({ stops, pauses, calls, latched }: AlarmDefinition): string[] {
  return [
    ...stops ? ["The run is stopped."] : [],
    ...pauses.map(({ tasks, settle }) => {
      const longer = settle > 0 ? `, and ${formatDuration(settle)} longer` : "";
      return `Paused until it clears${longer}: ${tasks.join(", ")}.`;
    }),
    ...calls.length > 0 ? ["What the experiment does about it has been called."] : [],
    ...latched ? ["It stays raised until somebody acknowledges it."] : [],
  ];
}

/**
 * The message of what became of an alarm. Those of one alarm that could not be delivered yet become one, the latest.
 *
 * @param definition The alarm.
 * @param message What became of it.
 * @param level How grave that is.
 * @param t When, integer microseconds since 1970.
 * @param raised Whether it is raised now.
 */
export function alarmMessage(
  definition: AlarmDefinition,
  message: string,
  level: Level,
  t: number,
  raised: boolean,
): OutgoingMessage {
  const { name, condition, hold } = definition;
  const held = hold > 0 ? `, for ${formatDuration(hold)}` : "";
  const at = new Date(t / 1e3).toISOString().replace(/\.\d+Z$/, "Z");
  return {
    kind: "alarm",
    level,
    subject: `${name}: ${message}`,
    text: [
      `The alarm ${JSON.stringify(name)}: ${message}.`,
      "",
      ...raised ? reactions(definition) : [],
      `It watches for: ${conditionInWords(condition)}${held}.`,
      `This was at ${at}.`,
    ].join("\n"),
    coalesce: `alarm ${name}`,
  };
}
