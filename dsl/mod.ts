/**
 * The builder.
 *
 * @module
 */

export type { CompileError } from "./compile_error.ts";
export { type DryRun, type DryRunOptions, formatDryRun } from "./dry_run.ts";
export { type Estimate, formatEstimate } from "./estimate.ts";
export { type Experiment, experiment } from "./experiment.ts";
export { UsageError } from "../command_line/flags.ts";
export { hashPlan, type Plan, type PlanFunction, type PlanNode } from "./plan.ts";
export type { RunOptions } from "./run.ts";
export type {
  AnyNamed,
  Context,
  ExperimentContext,
  Named,
  NewDeviceName,
  NotNumbers,
  Recorded,
  ReservedName,
  Returned,
  Values,
  VariablesOf,
} from "./types.ts";
export type { AlarmConditionOf, AlarmVerb } from "./verbs/alarm.ts";
export type { DeviceSource, DeviceVerb, DeviceVerbOptions } from "./verbs/device.ts";
export type { LiveVerb } from "./verbs/live.ts";
export type { NotifyVerb } from "./verbs/notify.ts";
export type { PlottableOf, PlotVerb } from "./verbs/plot.ts";
export type { EmailVerb } from "./verbs/email.ts";
export type { Sample } from "./verb.ts";
export type { EndVerbs } from "./verbs/ends.ts";
export type { EveryVerb } from "./verbs/every.ts";
export type { HeartbeatVerb } from "./verbs/heartbeat.ts";
export type { HookVerbs } from "./verbs/hooks.ts";
export type { MonitorVerb } from "./verbs/monitor.ts";
export type { NotesVerbs } from "./verbs/notes.ts";
export type { AxesOf, PointOf, SweepTarget, SweepVerb, SweepVerbOptions } from "./verbs/sweep.ts";
export type { TaskVerb } from "./verbs/task.ts";
export type { VariableVerb } from "./verbs/variable.ts";
