/**
 * An alarm while a run goes on.
 *
 * @module
 */

import { alarmsOf } from "../../session/alarm_board.ts";
import { errorDetails } from "../../session/events.ts";
import type { Session } from "../../session/session.ts";
import type { Json, Level } from "../../session/store/types.ts";
import { formatDuration } from "../../time/duration.ts";
import { alarmMessage } from "./alarm_message.ts";
import { type AlarmChange, AlarmState } from "./alarm_state.ts";
import { type ConditionWatch, watchCondition } from "./condition_watch.ts";
import { type AlarmDefinition, conditionInWords } from "./definition.ts";
import { DueTimer } from "./due_timer.ts";
import { Reactions } from "./reactions.ts";

/** The changes that people are told of in messages. */
const TOLD: readonly string[] = ["raised", "cleared", "again", "failing"];

/**
 * Watches for an alarm from its making until {@linkcode AlarmWatcher.end}: it looks with every entry, and when something
 * is due. Whatever changes is an event of kind `"alarm"`.
 */
export class AlarmWatcher {
  readonly #definition: AlarmDefinition;
  readonly #session: Session;
  readonly #watch: ConditionWatch;
  readonly #state: AlarmState;
  readonly #reactions: Reactions;
  readonly #timer: DueTimer;
  readonly #resources = new DisposableStack();
  #failing = false;

  /**
   * Begins to watch, and looks at what is known already.
   *
   * @throws {RangeError} If an alarm of that name is watched for already.
   */
  constructor(definition: AlarmDefinition, session: Session) {
    const { clock, latest } = session;
    const now = clock.monotonic();
    const { condition, clear } = definition;
    this.#definition = definition;
    this.#session = session;
    this.#watch = watchCondition(condition, clear, latest, now);
    this.#state = new AlarmState(definition, now);
    this.#reactions = new Reactions(definition, session);
    const board = alarmsOf(session);
    this.#resources.use(
      board.add(definition.name, { acknowledge: (who) => this.#acknowledge(who) }),
    );
    this.#timer = this.#resources.use(new DueTimer(clock, () => this.#look()));
    this.#resources.use(session.onEntry((values) => {
      this.#watch.seen(values, clock.monotonic());
      this.#look();
    }));
    this.#record("watched", "debug", `it is watched for: ${conditionInWords(condition)}`);
    this.#look();
  }

  /** Watches no more, and waits for what is being done. */
  async end(): Promise<void> {
    this.#resources.dispose();
    await this.#reactions.end();
  }

  #look(): void {
    const now = this.#session.clock.monotonic();
    const lasted = now - this.#state.since;
    this.#changed(this.#state.judge(this.#verdict(now), now), now, lasted);
    this.#reactions.settle(now);
    // A condition that held from some moment on by itself does so still.
    const ahead = this.#watch.due > now ? this.#watch.due : Infinity;
    this.#timer.at(Math.min(this.#state.due, this.#reactions.due, ahead));
  }

  #verdict(now: number): ReturnType<ConditionWatch["look"]> {
    try {
      const verdict = this.#watch.look(now);
      if (this.#failing) {
        this.#failing = false;
        this.#record("working", "info", "its condition can be told again");
      }
      return verdict;
    } catch (error) {
      if (!this.#failing) {
        this.#failing = true;
        const { message, data } = errorDetails(error);
        const text = `its condition can't be told, and it stays as it is: ${message}`;
        this.#record("failing", this.#grave, text, { error: data });
      }
      return "neither";
    }
  }

  #changed(change: AlarmChange | undefined, now: number, lasted: number): void {
    const { severity } = this.#definition;
    switch (change) {
      case "raised": {
        const why = this.#why();
        this.#record("raised", severity, `raised: ${why}`, this.#values());
        return this.#reactions.raised(why);
      }
      case "cleared": {
        const message = `clear after ${inWords(lasted)}${this.#readings(": ")}`;
        this.#record("cleared", "info", message, this.#values());
        return this.#reactions.cleared(now);
      }
      case "again": {
        const message = `still raised after ${inWords(lasted)}: ${this.#why()}`;
        return this.#record("again", severity, message, this.#values());
      }
    }
  }

  #acknowledge(who: string): void {
    if (!this.#state.raised) {
      throw new RangeError(
        `Cannot acknowledge an alarm that is not raised: ${JSON.stringify(this.#definition.name)}`,
      );
    }
    if (!this.#state.acknowledge(who)) return;
    this.#record("acknowledged", "info", `acknowledged by ${who}`, { by: who });
    this.#look();
  }

  /** That it can't be told is grave, whatever the alarm is. */
  get #grave(): Level {
    return this.#definition.severity === "error" ? "error" : "warning";
  }

  /** Why it is raised, in words. */
  #why(): string {
    const { condition } = this.#definition;
    if (condition.kind === "stale") {
      const { variable, after } = condition;
      const last = this.#watch.values[variable];
      return last === undefined
        ? `nothing was ever recorded of ${variable}, for ${formatDuration(after)}`
        : `nothing was recorded of ${variable} for ${formatDuration(after)}, the last was ${
          short(last)
        }`;
    }
    const readings = this.#readings("");
    if (condition.kind === "function") return readings === "" ? "its condition holds" : readings;
    const value = this.#watch.values[condition.variable] ?? NaN;
    if (value > condition.above) return `${readings}, above ${condition.above}`;
    if (value < condition.below) return `${readings}, below ${condition.below}`;
    return readings;
  }

  #readings(before: string): string {
    const values = Object.entries(this.#watch.values);
    if (values.length === 0) return "";
    const parts = values.map(([name, value]) => `${name} is ${short(value)}`);
    return before + parts.join(", ");
  }

  /** The values that it is about, as JSON can tell them. */
  #values(): { readonly values: Json } {
    const values = Object.entries(this.#watch.values).map(([name, value]) =>
      [name, Number.isFinite(value) ? value : String(value)] as const
    );
    return { values: Object.fromEntries(values) };
  }

  #record(
    change: AlarmChange | "watched" | "acknowledged" | "failing" | "working",
    level: Level,
    message: string,
    data: { readonly [field: string]: Json } = {},
  ): void {
    const { name, severity } = this.#definition;
    const { raised } = this.#state;
    this.#session.event("alarm", level, message, name, { name, raised, change, severity, ...data });
    if (TOLD.includes(change)) this.#tell(message, level, raised);
  }

  #tell(message: string, level: Level, raised: boolean): void {
    const { clock } = this.#session;
    try {
      const told = alarmMessage(this.#definition, message, level, clock.wall(), raised);
      this.#session.notify(told, this.#definition.channels).catch(() => {});
    } catch (error) {
      // Whoever records an entry is not to suffer from it.
      this.#session.fail(error, `telling of the alarm ${JSON.stringify(this.#definition.name)}`);
    }
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

/** A length of time for people, who do not count its milliseconds. */
function inWords(ms: number): string {
  return formatDuration(ms < 10_000 ? Math.round(ms) : Math.round(ms / 1e3) * 1e3);
}
