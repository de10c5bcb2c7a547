/**
 * The alarms of a session by their names.
 *
 * @module
 */

import type { Session } from "./session.ts";

/** An alarm that is being watched. */
export interface WatchedAlarm {
  /**
   * Somebody has seen that it is raised.
   *
   * @throws {RangeError} If it is not raised.
   */
  acknowledge(who: string): void;
}

/** Who answers to which alarm's name. */
export class AlarmBoard {
  readonly #alarms = new Map<string, WatchedAlarm>();

  /**
   * Puts an alarm up until the result is disposed.
   *
   * @throws {RangeError} If there is one of that name.
   */
  add(name: string, alarm: WatchedAlarm): Disposable {
    if (this.#alarms.has(name)) {
      throw new RangeError(
        `Cannot watch for two alarms of one name: ${JSON.stringify(name)}. Name one of them anew.`,
      );
    }
    this.#alarms.set(name, alarm);
    return { [Symbol.dispose]: (): void => void this.#alarms.delete(name) };
  }

  /**
   * Somebody has seen an alarm.
   *
   * @throws {RangeError} If there is none of that name, or it is not raised.
   */
  acknowledge(name: string, who: string): void {
    const alarm = this.#alarms.get(name);
    if (alarm === undefined) {
      const names = [...this.#alarms.keys()].map((one) => JSON.stringify(one)).join(", ");
      throw new RangeError(
        `Cannot acknowledge an alarm that is not watched for: ${JSON.stringify(name)}. ` +
          `There are: ${names || "none"}.`,
      );
    }
    alarm.acknowledge(who);
  }
}

const boards = new WeakMap<Session, AlarmBoard>();

/** The alarms of a session. */
export function alarmsOf(session: Session): AlarmBoard {
  let board = boards.get(session);
  if (board === undefined) boards.set(session, board = new AlarmBoard());
  return board;
}
