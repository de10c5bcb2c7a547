/**
 * The session: the file, and what runs while it is open.
 *
 * @module
 */

import type { Clock } from "../time/clock.ts";
import { type DurationInput, milliseconds } from "../time/duration.ts";
import { ifStillRunningAfter, systemClock } from "../time/system_clock.ts";
import { alarmsOf } from "./alarm_board.ts";
import { Countdown } from "./countdown.ts";
import { Coalescer } from "./coalescer.ts";
import type { DatasetInput } from "./dataset.ts";
import { errorDetails, type EventListener, EventLog } from "./events.ts";
import { fieldsOf } from "./fields.ts";
import { fileFor } from "./file_name.ts";
import { Interrupts, type Urgency } from "./interrupts.ts";
import { type Moment, toMicroseconds, toSeconds } from "./moment.ts";
import { Monitor } from "./monitor.ts";
import { type Outcome, OutcomeKeeper } from "./outcome.ts";
import { Outbox } from "./outbox/outbox.ts";
import type { Channel, ChannelOptions, Notifier, OutgoingMessage } from "./outbox/types.ts";
import { collectProvenance } from "./provenance.ts";
import { pulse } from "./pulse.ts";
import { readFrom } from "./reader_of.ts";
import { Readings } from "./readings.ts";
import { type EntryListener, Recorder } from "./recorder.ts";
import { RunFile } from "./run_file.ts";
import { Scope } from "./scope.ts";
import type { RunSummary, SessionOptions, TaskLike } from "./session_types.ts";
import {
  figuresOf,
  formatSummary,
  readStanding,
  readStatus,
  type RunStanding,
} from "./session_status.ts";
import { remoteEntries, type RemoteRecording } from "./remote_recording.ts";
import { StatusLine } from "./status_line.ts";
import { isStopped, Stopped } from "./stopped.ts";
import { markFailed } from "./store/mark_failed.ts";
import type { Store } from "./store/store.ts";
import type { Json, Level, VariableInfo } from "./store/types.ts";
import type { Task } from "./task.ts";
import { repeated } from "./repeated.ts";
import { standardError } from "./terminal.ts";
import { UnhandledErrors } from "./unhandled.ts";

/** How often the tasks' figures are written, in beats of the pulse. */
const FIGURES_EVERY = 10;
/** How long an emergency stop may take for each of its two steps, in milliseconds. */
const EMERGENCY = 500;
/** How long the program may go on after a run that left something behind, in milliseconds. */
const LINGER = 5_000;

/**
 * A session: one file, with a run that begins here and ends when the session is closed. Open it with
 * `await using`, so that it is closed on every way out.
 *
 * @example
 * ```ts
 * import { Session } from "@stripchart/stripchart";
 * import assert from "node:assert/strict";
 *
 * class Cooling extends Session {
 *   #temperature = 80;
 *
 *   async monitoringTask(): Promise<void> {
 *     this.addEntry({ temperature: this.#temperature-- });
 *     if (this.#temperature < 78) this.askExit("cold enough");
 *     await this.sleep("10ms");
 *   }
 * }
 *
 * await using session = new Cooling(null, { quiet: true });
 * await session.monitor(session.monitoringTask);
 * await session.flush();
 * const [, temperature] = session.loggedVariable("temperature");
 * assert.deepEqual([...temperature], [80, 79, 78]);
 * ```
 */
export class Session extends Readings implements AsyncDisposable, Notifier {
  /** Sessions that are open in this program: an error that nothing caught is theirs. */
  static #open = 0;
  /** What listens for errors after the session that was closed last. */
  static #afterwards: Disposable | undefined;
  /** The session's name; empty for one in memory. */
  readonly name: string;
  /** Path of its file, or `":memory:"`. */
  readonly file: string;
  /** The clock that everything in it takes its time from. */
  readonly clock: Clock;
  readonly #store: Store;
  readonly #scope: Scope;
  /** What is done once the outcome is known. */
  readonly #ending: Scope;
  readonly #outbox: Outbox;
  readonly #farewell: number;
  readonly #countdown: Countdown;
  readonly #events: EventLog;
  readonly #outcome = new OutcomeKeeper();
  readonly #recorder: Recorder;
  readonly #monitor: Monitor;
  readonly #line: StatusLine | undefined;
  readonly #repeats: Coalescer;
  readonly #started: number;
  readonly #runFile: RunFile;
  readonly #exitCode: boolean;
  readonly #quiet: boolean;
  readonly #resources = new DisposableStack();
  readonly #stopPulse = new AbortController();
  readonly #unhandled: UnhandledErrors;
  #monitoring = 0;
  #leaving = false;
  #closes = false;
  #closing: Promise<RunSummary> | undefined;
  #summary: RunSummary | undefined;

  /**
   * Opens the file, or makes it, and begins a run.
   *
   * @param name Names the session and, unless `options.file` says otherwise, its file: `NAME.db` in the
   *   working directory. Without a name the session is in memory.
   * @throws {Error} If the file is in use, is no session, is newer than this version or can't be written.
   */
  constructor(name?: string | null, options: SessionOptions = {}) {
    super();
    this.name = name ?? "";
    this.clock = options.clock ?? systemClock;
    this.file = options.file ?? (name === undefined || name === null ? ":memory:" : fileFor(name));
    this.#exitCode = options.exitCode ?? true;
    this.#quiet = options.quiet ?? false;
    // Whatever can be refused is refused before the file is opened.
    const grace = milliseconds(options.grace ?? "30s");
    this.#farewell = milliseconds(options.farewell ?? "30s");
    this.#runFile = new RunFile(this.file, options.store ?? {}, this.#outcome, (message) => {
      this.#outcome.end("nothing more can be stored");
      this.#scope.stop(new Stopped(message));
    });
    this.#store = this.#runFile.store;
    const terminal = options.terminal === undefined ? standardError() : options.terminal;
    this.#line = terminal === null ? undefined : new StatusLine(terminal);
    this.#events = new EventLog(this.clock, this.#store, this.#line, this.#quiet);
    this.#repeats = new Coalescer(this.clock);
    this.#recorder = new Recorder(this.clock, this.#store);
    this.#countdown = new Countdown(this.clock);
    this.#scope = new Scope(this.name === "" ? "the session" : this.name, this.clock);
    this.#ending = new Scope("the end", this.clock);
    this.#outbox = new Outbox({
      clock: this.clock,
      store: this.#store,
      reader: () => this.#runFile.reader,
      session: this.name,
      report: (level, message, source) => this.event("notification", level, message, source),
      print: (message) => this.print(message),
    });
    this.#monitor = new Monitor({
      session: this,
      clock: this.clock,
      countdown: this.#countdown,
      events: this.#events,
      outcome: this.#outcome,
      scope: this.#scope,
      grace,
    });
    readFrom(this, () => this.#runFile.reader, () => this.clock.wall());
    this.#started = this.clock.monotonic();
    const provenance = options.provenance === undefined ? collectProvenance() : options.provenance;
    this.#runFile.begin(this.clock.wall(), this.name, provenance as Json, this.#events);
    this.#events.record("start", "debug", "the run begins");
    Session.#open++;
    Session.#afterwards?.[Symbol.dispose]();
    this.#unhandled = new UnhandledErrors((error) => this.#onUnhandled(error));
    if (options.signals ?? true) {
      this.#resources.use(
        new Interrupts(this.clock, (urgency, signal) => this.#onInterrupt(urgency, signal)),
      );
    }
    if (options.pulse ?? !this.clock.virtual) {
      void pulse(this.clock, this.#events, (beat) => this.#beat(beat), this.#stopPulse.signal);
    }
  }

  /** False once a stop was asked for. */
  get running(): boolean {
    return !this.#scope.stopping.aborted;
  }

  /** Aborts when a stop is asked for: nothing new should begin. */
  get stopping(): AbortSignal {
    return this.#scope.stopping;
  }

  /** Aborts when what runs is to be dropped at once. */
  get signal(): AbortSignal {
    return this.#scope.signal;
  }

  /** The value of each variable that was recorded last in this run. */
  get latest(): Readonly<Record<string, number>> {
    return this.#recorder.latest;
  }

  /**
   * Runs tasks side by side until the run is over: all of them are done, a sweep among them is, a stop is
   * asked for. A plain function is repeated and paces itself with {@linkcode Session.sleep}.
   *
   * @param tasks Functions, called with the session as `this` and as argument, and ready-made tasks.
   */
  async monitor(...tasks: readonly TaskLike[]): Promise<void> {
    if (tasks.length === 0) throw new TypeError("Cannot monitor, as no task was given");
    const ready: Task[] = tasks.map((task) => typeof task === "function" ? repeated(task) : task);
    this.#monitoring++;
    try {
      await this.#monitor.run(ready);
    } finally {
      this.#monitoring--;
      this.#writeFigures();
    }
  }

  /** How the run stands: its tasks, how much is done, when it will be over. */
  standing(): RunStanding {
    return readStanding(this.clock, this.#monitor, {
      running: this.running,
      outcome: this.#closes ? this.#outcome.outcome : undefined,
    });
  }

  /**
   * Pauses a task: its present step ends, and no further one begins until whoever paused it resumes it.
   * Tasks that repeat steps can be paused: those of `every`, `repeat`, `sweep` and plain functions.
   *
   * @param task The task's name.
   * @param by Who pauses it. Several may; it goes on when all of them have resumed it.
   * @throws {RangeError} If no task of that name runs.
   * @throws {TypeError} If it has no steps to wait between.
   */
  pause(task: string, by = "the program"): void {
    this.#monitor.pausable(task).pause(by, this.clock, this.#events);
  }

  /**
   * Resumes a task. Periodic tasks go on on their grid; how long it was paused is recorded as a gap.
   *
   * @param task The task's name.
   * @param by Who paused it.
   * @throws {RangeError} If no task of that name runs.
   */
  resume(task: string, by = "the program"): void {
    this.#monitor.pausable(task).resume(by, this.clock, this.#events);
  }

  /**
   * Says that somebody has seen an alarm: it is not told of again, and one that is latched clears once its
   * condition is over.
   *
   * @param alarm The alarm's name.
   * @param by Who has seen it.
   * @throws {RangeError} If no alarm of that name is watched for, or it is not raised.
   */
  acknowledge(alarm: string, by = "the program"): void {
    alarmsOf(this).acknowledge(alarm, by);
  }

  /**
   * Waits, exactly, and not a moment longer than the run lasts; a long wait is counted down on the terminal.
   *
   * @throws {Stopped} When a stop is asked for before the time is over.
   */
  sleep(duration: DurationInput): Promise<void> {
    return this.#countdown.sleep(milliseconds(duration), this.#scope.stopping);
  }

  /** Asks the run to end: the present steps finish, nothing new begins. */
  askExit(reason = "the program asked for it"): void {
    if (!this.running) return;
    this.#outcome.end(reason);
    this.#events.record("stop-asked", "info", `stopping: ${reason}`);
    this.#scope.stop(new Stopped(reason));
  }

  /**
   * Says that something failed for good: the run will end as failed. It goes on nevertheless; call
   * {@linkcode Session.askExit} to end it.
   */
  fail(error: unknown, source?: string): void {
    const { message, data } = errorDetails(error);
    this.#outcome.fail(source === undefined ? message : `${source}: ${message}`);
    this.#events.record("failure", "error", message, {
      data,
      ...(source === undefined ? {} : { source }),
    });
  }

  /**
   * Has something done when the session closes: the last that was deferred comes first, each has a limit of
   * time, and none keeps another from being done.
   *
   * @param name Names it in the file if it fails.
   * @param finaliser What to do; its signal aborts when the time is over.
   * @param options `timeout`: how long it may take, 10 s if absent. `safe`: it makes something safe and is
   *   tried even when the program is told to leave at once.
   */
  defer(
    name: string,
    finaliser: (signal: AbortSignal) => unknown,
    options: { readonly timeout?: DurationInput; readonly safe?: boolean } = {},
  ): void {
    this.#scope.defer(name, finaliser, {
      safe: options.safe ?? false,
      ...(options.timeout === undefined ? {} : { timeout: milliseconds(options.timeout) }),
    });
  }

  /**
   * Records an entry: numbers by name, under one timestamp.
   *
   * @param values At least one; NaN and the infinities are numbers.
   * @param options `at`: the moment it belongs to, if that is not now.
   * @returns Resolves when the entry is on disk. It need not be awaited: what can't be stored is said loudly.
   * @throws {TypeError} At once, if the entry is empty, has a value that is no number or a name that can't
   *   be used.
   */
  addEntry(
    values: Readonly<Record<string, number>>,
    options: { readonly at?: Moment } = {},
  ): Promise<void> {
    if (options.at === undefined) return this.#recorder.entry(values);
    return this.#recorder.entry(values, toMicroseconds(options.at));
  }

  /**
   * Stores an array, or a JSON value, under a name and a timestamp.
   *
   * @param name The dataset's name; there may be many of one name.
   * @param value A typed array, `{ data, shape }` for one of more axes, nested arrays of numbers, or JSON.
   * @returns Resolves when it is on disk.
   * @throws {TypeError} At once, if the value can't be stored without loss.
   */
  addDataset(
    name: string,
    value: DatasetInput,
    options: { readonly at?: Moment } = {},
  ): Promise<void> {
    if (options.at === undefined) return this.#recorder.dataset(name, value);
    return this.#recorder.dataset(name, value, toMicroseconds(options.at));
  }

  /**
   * Records what another session recorded meanwhile, as a `RemoteObserver` of
   * `@stripchart/stripchart/live` fetched it: its series as entries at their own times, its parameters as parameters.
   *
   * @param recording What `stopRecording()` gave.
   * @param options `prefix`: stands before each name, such as `"rig."`, to tell it from one's own.
   * @returns Resolves when all of it is on disk.
   */
  async saveRemoteData(
    recording: RemoteRecording,
    options: { readonly prefix?: string } = {},
  ): Promise<void> {
    const { prefix = "" } = options;
    const stored = remoteEntries(recording, prefix).map(({ at, values }) =>
      this.addEntry(values, { at })
    );
    const parameters = Object.entries(recording.parameters).map(([name, value]) =>
      [`${prefix}${name}`, value] as const
    );
    if (parameters.length > 0) stored.push(this.saveParameters(Object.fromEntries(parameters)));
    this.#events.record("remote", "info", `took over what ${recording.source} recorded`, {
      data: { source: recording.source, from: recording.from, to: recording.to },
    });
    await Promise.all(stored);
  }

  /** Saves a parameter: one number that holds until it is saved again. */
  saveParameter(name: string, value: number): Promise<void> {
    return this.saveParameters({ [name]: value });
  }

  /** Saves parameters, all of them or none. */
  saveParameters(values: Readonly<Record<string, number>>): Promise<void> {
    return this.#recorder.parameters(values);
  }

  /** Saves texts by name, all of them or none. */
  saveMetadata(values: Readonly<Record<string, string>>): Promise<void> {
    return this.#recorder.metadata(values);
  }

  /** Sets a variable's unit, label and description. */
  declareVariable(name: string, info: VariableInfo): Promise<void> {
    return this.#recorder.variable(name, info);
  }

  /** Writes a line into the file's log and, from level `"info"` on, onto the terminal. */
  log(level: Level, message: string, data?: Json): void {
    this.#events.record("log", level, message, data === undefined ? {} : { data });
  }

  /** Prints a line onto the terminal and nowhere else: for what must not be kept, such as an address with a token. */
  print(message: string): void {
    this.#events.print("info", message);
  }

  /** Records something that happened; for tasks and devices. */
  event(kind: string, level: Level, message: string, source?: string, data?: Json): void {
    this.#events.record(kind, level, message, {
      ...(source === undefined ? {} : { source }),
      ...(data === undefined ? {} : { data }),
    });
  }

  /**
   * Records something that may happen very often: at once the first time, then once a minute with how often.
   *
   * @param describe Gives the sentence for that many happenings.
   * @param data Facts, an object; `count`, how often it happened, is added to them.
   */
  repeatedEvent(
    kind: string,
    level: Level,
    source: string,
    count: number,
    describe: (count: number) => string,
    data?: Json,
  ): void {
    this.#repeats.report(
      `${kind}\u0000${source}`,
      count,
      (total) =>
        this.event(kind, level, describe(total), source, { ...fieldsOf(data), count: total }),
    );
  }

  /** Has `listener` told of every entry as it is recorded, until the result is disposed. */
  onEntry(listener: EntryListener): Disposable {
    return this.#recorder.listen(listener);
  }

  /** Has `listener` told of every event as it is recorded, until the result is disposed. */
  onEvent(listener: EventListener): Disposable {
    return this.#events.listen(listener);
  }

  /**
   * Has something done when it is known how the run went: after everything that {@linkcode Session.defer} was given,
   * while entries can still be recorded and messages sent.
   *
   * @param name Names it in the file if it fails.
   * @param act What to do.
   * @param options `timeout`: how long it may take, 10 s if absent.
   */
  onEnd(
    name: string,
    act: (outcome: Outcome, signal: AbortSignal) => unknown,
    options: { readonly timeout?: DurationInput } = {},
  ): void {
    this.#ending.defer(name, (signal) => act(this.#outcome.outcome, signal), {
      ...(options.timeout === undefined ? {} : { timeout: milliseconds(options.timeout) }),
    });
  }

  /**
   * Has messages delivered by a channel from now on, and those that an earlier run left waiting for a channel of its
   * name.
   *
   * @param channel Such as one of `mail()`, `webhook()`, `command()`.
   * @param options `kinds`: what it is told of without being named; everything, if absent.
   * @returns Resolves when the channel is ready, as when a password was typed.
   * @throws {TypeError} If there is a channel of that name.
   */
  addChannel(channel: Channel, options: ChannelOptions = {}): Promise<void> {
    // A password in the script was not known as one when the script's text was kept.
    this.#runFile.hideSecrets(this.clock.wall());
    return this.#outbox.addChannel(channel, options);
  }

  /** Whether there is a channel of that name. */
  hasChannel(name: string): boolean {
    return this.#outbox.has(name);
  }

  /**
   * Queues a message for delivery. It is sent beside the measurement, tried again until it expires, and goes out at
   * the next run of the file if this one ends before. Without any channel it goes nowhere.
   *
   * @param message The message.
   * @param channels Names of channels; all that are told of its kind, if absent.
   * @returns Resolves when it is on disk. It need not be awaited.
   * @throws {TypeError} At once, if the message can't be sent as it is.
   * @throws {RangeError} At once, if there is no channel of a name, or the message is too large.
   */
  notify(message: OutgoingMessage, channels?: readonly string[]): Promise<void> {
    return this.#outbox.notify(message, channels);
  }

  /** Resolves when all that was recorded so far is on disk. */
  flush(): Promise<void> {
    return this.#store.flush();
  }

  /** Copies the file as it is now to `path`, while recording goes on. */
  backup(path: string): Promise<void> {
    return this.#store.backup(path);
  }

  /** Ends the run: runs the finalisers, stores the outcome, closes the file, sets the exit code. */
  close(): Promise<RunSummary> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Ends the run. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<RunSummary> {
    this.#closes = true;
    for (const error of await this.#scope.close()) this.fail(error, "closing");
    for (const error of await this.#ending.close()) this.fail(error, "the end");
    await this.#outbox.close(this.#farewell, this.#scope.signal);
    this.#stopPulse.abort();
    this.#repeats.flush();
    this.#writeFigures();
    const summary = await this.#finishRun();
    if (!this.#quiet) this.#line?.print(formatSummary(summary, this.#started, this.clock));
    this.#line?.clear();
    this.#resources.dispose();
    Session.#open--;
    Session.#afterwards?.[Symbol.dispose]();
    Session.#afterwards = this.#unhandled;
    if (this.#exitCode && summary.exitCode !== 0) Deno.exitCode = summary.exitCode;
    // A step that would not end must not keep the program from ending.
    if (this.#monitor.abandoned && this.#exitCode) {
      ifStillRunningAfter(LINGER, () => Deno.exit(summary.exitCode));
    }
    return summary;
  }

  async #finishRun(): Promise<RunSummary> {
    const t = this.clock.wall();
    const startedAt = toSeconds(t) - (this.clock.monotonic() - this.#started) / 1e3;
    const run = await this.#runFile.finish(t, this.#events);
    this.#summary = {
      ...this.#outcome.outcome,
      run,
      file: this.file,
      entries: this.#recorder.entries,
      tasks: this.#monitor.tasks.map(({ statistics }) => statistics.snapshot()),
      startedAt,
      endedAt: toSeconds(t),
    };
    return this.#summary;
  }

  #writeFigures(): void {
    const figures = this.#monitor.tasks.map(figuresOf);
    if (figures.length > 0) void this.#store.statistics(figures);
  }

  #beat(count: number): void {
    this.#store.heartbeat();
    this.#repeats.flush(false);
    this.#monitor.reportHung();
    if (count % FIGURES_EVERY === FIGURES_EVERY - 1) this.#writeFigures();
    if (this.#line === undefined || this.#quiet) return;
    if (this.#monitoring === 0 && this.#countdown.nextAt === undefined) return;
    this.#line.draw(readStatus(this.clock.monotonic(), this.#started, this.latest, this.#monitor, {
      running: this.running,
      waitsUntil: this.#countdown.nextAt,
    }));
  }

  #onInterrupt(urgency: Urgency, signal: string): void {
    this.#outcome.interrupt(signal);
    const stopped = new Stopped(`interrupted by ${signal}`);
    if (urgency === 1) {
      const message = `${signal}: finishing the present steps; once more drops them`;
      this.#events.record("interrupt", "info", message, { data: { urgency } });
      this.#scope.stop(stopped);
    } else if (urgency === 2) {
      const message = `${signal} again: dropping what waits; once more leaves at once`;
      this.#events.record("interrupt", "warning", message, { data: { urgency } });
      this.#scope.abort(stopped);
      this.#ending.abort(stopped);
      // Code outside any task that does not look at `running` is not waited for.
      if (this.#monitoring === 0) void this.close();
    } else {
      void this.#leaveAtOnce(signal);
    }
  }

  async #leaveAtOnce(signal: string): Promise<void> {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#events.record("interrupt", "error", `${signal} once more: leaving at once`, {
      data: { urgency: 3 },
    });
    await this.#scope.emergency(EMERGENCY);
    const marked = this.#runFile.mark(this.clock.wall()).catch(() => {});
    await Promise.race([marked, this.clock.sleepUntil(this.clock.monotonic() + EMERGENCY)]);
    this.#line?.clear();
    Deno.exit(this.#outcome.outcome.exitCode);
  }
  /** Whether the program may go on after an error that nothing caught. */
  #onUnhandled(error: unknown): boolean {
    if (this.#summary !== undefined) {
      if (Session.#open > 0) return false;
      // The program fails after its run was closed, as when `main()` throws: the run did not complete.
      this.#unhandled[Symbol.dispose]();
      if (this.file !== ":memory:") {
        markFailed(this.file, this.#summary.run, errorDetails(error).message, this.clock.wall());
      }
      return false;
    }
    this.fail(error, "unhandled");
    // With no task that could go on, nobody is left who would close the session.
    if (this.#monitoring === 0 && !isStopped(error)) void this.close();
    return true;
  }
}
