/**
 * Sessions: recording, running tasks, reading back.
 *
 * @module
 */

export type { PictureLookOptions } from "../pictures/look.ts";
export type {
  HeatmapDefinition,
  PlotDefinition,
  TimePlotDefinition,
  TracePlotDefinition,
  XyPlotDefinition,
} from "../plots/definition.ts";
export type { ThemeName } from "../plots/theme.ts";
export type { Dataset, DatasetInput, NestedNumbers, NumericArray } from "./dataset.ts";
export type { FigureOptions, SessionFigure } from "./figures/session_figure.ts";
export type { PictureOptions } from "./figures/renderer.ts";
export type { OverrunPolicy } from "./grid.ts";
export type { Moment } from "./moment.ts";
export { openSession, SavedSession } from "./open_session.ts";
export type { Outcome } from "./outcome.ts";
export type { EventListener } from "./events.ts";
export type { OutboxEntry } from "./outbox/entry.ts";
export type {
  Channel,
  ChannelOptions,
  ChannelPermissions,
  Delivery,
  DeliveryLimits,
  DeliveryReceipt,
  MessageKind,
  Notifier,
  OutgoingAttachment,
  OutgoingMessage,
} from "./outbox/types.ts";
export { DeliveryError } from "./outbox/types.ts";
export { type Buckets, type EventFilter, type Reading, Readings } from "./readings.ts";
export type { Series, Window } from "./readings.ts";
export type { EntryListener } from "./recorder.ts";
export { Session } from "./session.ts";
export type { RunStanding } from "./session_status.ts";
export type { RunSummary, SessionOptions, TaskFunction, TaskLike } from "./session_types.ts";
export type { RemoteRecording } from "./remote_recording.ts";
export type { StepContext, StepOptions, StepResult } from "./step.ts";
export { Stopped } from "./stopped.ts";
export type { OutboxState, OutboxTotals } from "./store/outbox_types.ts";
export type { StoreOptions } from "./store/store.ts";
export type { TaskState, TaskStatisticsRecorder } from "./statistics.ts";
export type {
  Dtype,
  EventRecord,
  Json,
  Level,
  RunInfo,
  RunStatus,
  StoredEvent,
  StoreTrouble,
  TaskStatistics,
  VariableInfo,
} from "./store/types.ts";
export type { RunEndTime, Task, TaskContext, TaskProgress } from "./task.ts";
export type { Terminal } from "./terminal.ts";
export { VERSION } from "./version.ts";
