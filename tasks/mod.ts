/**
 * The ready-made tasks, for sessions with and without the builder.
 *
 * @module
 */

export { alarm } from "./alarm.ts";
export type {
  AlarmAction,
  AlarmCondition,
  AlarmOptions,
  AlarmPause,
  AlarmSeverity,
  LimitCondition,
  StaleCondition,
} from "./alarms/options.ts";
export { sendEmail } from "./email.ts";
export type { EmailOptions, ReportOccasion } from "./email/options.ts";
export type { PlotChoice } from "../reports/desk.ts";
export { every, type EveryOptions } from "./every.ts";
export { heartbeat } from "./heartbeat.ts";
export type {
  Beat,
  FileHeartbeat,
  HeartbeatOptions,
  HeartbeatTiming,
  UrlHeartbeat,
} from "./heartbeats/options.ts";
export { lasting } from "./lasting.ts";
export { live, type LiveOptions } from "./live.ts";
export { notify } from "./notify.ts";
export { once, type OnceOptions } from "./once.ts";
export { plot } from "./plot.ts";
export type { AxisDefinition, AxisScale } from "../plots/definition.ts";
export type {
  Heatmap,
  PlotOptions,
  Plottable,
  TimePlotOptions,
  TracePlot,
  XyPlot,
} from "../plots/define.ts";
export { repeat, type RepeatOptions } from "./repeat.ts";
export { sweep, type SweepOptions, type SweepStep } from "./sweep.ts";
export type { SweepAxes, SweepOrder } from "./sweep_points.ts";
export {
  arange,
  geomspace,
  linspace,
  logspace,
  type LogspaceOptions,
  type SpacingOptions,
} from "./spacing.ts";
export { type LatestValues, until, type UntilOptions } from "./until.ts";
