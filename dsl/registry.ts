/**
 * The verbs of the builder.
 *
 * @module
 */

import type { Node, Verb } from "./verb.ts";
import { alarmVerb } from "./verbs/alarm.ts";
import { deviceVerb } from "./verbs/device.ts";
import { emailVerb } from "./verbs/email.ts";
import { forVerb, untilVerb } from "./verbs/ends.ts";
import { everyVerb } from "./verbs/every.ts";
import { heartbeatVerb } from "./verbs/heartbeat.ts";
import { onStartVerb, onStopVerb } from "./verbs/hooks.ts";
import { liveVerb } from "./verbs/live.ts";
import { monitorVerb } from "./verbs/monitor.ts";
import { metadataVerb, parametersVerb } from "./verbs/notes.ts";
import { notifyVerb } from "./verbs/notify.ts";
import { plotVerb } from "./verbs/plot.ts";
import { sweepVerb } from "./verbs/sweep.ts";
import { taskVerb } from "./verbs/task.ts";
import { variableVerb } from "./verbs/variable.ts";

/** Every verb there is; a new one is a file, a line here and a line in {@linkcode Experiment}. */
export const VERBS: readonly Verb[] = [
  deviceVerb,
  variableVerb,
  parametersVerb,
  metadataVerb,
  onStartVerb,
  everyVerb,
  monitorVerb,
  taskVerb,
  sweepVerb,
  plotVerb,
  liveVerb,
  alarmVerb,
  heartbeatVerb,
  notifyVerb,
  emailVerb,
  forVerb,
  untilVerb,
  onStopVerb,
];

const byKind = new Map(VERBS.map((verb) => [verb.kind, verb]));

/** The verb that made a node. */
export function verbOf(node: Node): Verb {
  const verb = byKind.get(node.kind);
  if (verb === undefined) throw new TypeError(`Cannot use a node of an unknown kind: ${node.kind}`);
  return verb;
}
