/**
 * Messages to people and the channels that carry them.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { DurationInput } from "../../time/duration.ts";
import type { Moment } from "../moment.ts";
import type { Json, Level } from "../store/types.ts";

/**
 * What a message is about: a regular report, an alarm, the run's failure, its end, lines of the log, or
 * anything else. It decides how long the message is worth delivering and which of many are given up first.
 */
export type MessageKind = "report" | "alarm" | "failure" | "end" | "log" | "note";

/** A file that goes with a message. */
export interface OutgoingAttachment {
  /** Its name, such as `"temperature.png"`. */
  readonly name: string;
  /** Its media type, such as `"image/png"`. */
  readonly type: string;
  /** What it holds. It is copied before the call returns. */
  readonly bytes: Uint8Array;
  /** Shows it in the HTML, where `<img src="cid:…">` names it so. Letters, digits and `.@_-`. */
  readonly cid?: string;
}

/** A message as it is handed over. */
export interface OutgoingMessage {
  /** What it is about. */
  readonly kind: MessageKind;
  /** One line; a line break becomes a space. */
  readonly subject: string;
  /** The message in plain text. It says all there is to say: not every channel shows more. */
  readonly text: string;
  /** The same in HTML, for channels that show it. */
  readonly html?: string;
  /** Files, for channels that carry them. */
  readonly attachments?: readonly OutgoingAttachment[];
  /** How grave it is. @default "error" for alarms and failures, "info" for the rest */
  readonly level?: Level;
  /** It is not sent earlier. @default at once */
  readonly notBefore?: Moment;
  /** How long it is worth delivering. @default "1d" for reports and log lines, "7d" for the rest */
  readonly expires?: DurationInput;
  /**
   * Messages of one name that wait for the same channel become one, the newest, which says for how many it
   * stands; null to deliver each by itself. @default "report" for reports, null for the rest
   */
  readonly coalesce?: string | null;
}

/** A message as a channel is to deliver it. */
export interface Delivery {
  /** The message's own: the same at every attempt, so that whoever receives it twice can tell. */
  readonly id: string;
  /** What it is about. */
  readonly kind: MessageKind;
  /** How grave it is. */
  readonly level: Level;
  /** The name of the session that it comes from. */
  readonly session: string;
  /** When it was handed over, Unix seconds. */
  readonly created: number;
  /** How many messages it stands for, itself among them. The subject and the text say so already. */
  readonly standsFor: number;
  /** One line. */
  readonly subject: string;
  /** The message in plain text. */
  readonly text: string;
  /** The same in HTML. */
  readonly html?: string;
  /** Files. */
  readonly attachments: readonly OutgoingAttachment[];
}

/** What a delivery may take. */
export interface DeliveryLimits {
  /** Aborts when the delivery is to be given up. */
  readonly signal: AbortSignal;
  /** When it is given up, monotonic milliseconds of `clock`. */
  readonly deadline: number;
  /** The session's clock. */
  readonly clock: Clock;
}

/** What a delivery that succeeded has to say. */
export interface DeliveryReceipt {
  /** What went wrong nevertheless, such as a recipient that was refused, in sentences. */
  readonly warnings: readonly string[];
}

/** A way to tell people something: mail, a chat, a program. */
export interface Channel {
  /** Names it in the experiment and in its file: what waits for it is delivered by the channel of that name in a later run. */
  readonly name: string;
  /** What it is: `"mail"`, `"webhook"`, `"command"`. */
  readonly kind: string;
  /** Where it leads, for people to see. It is kept in the file and holds no secret. */
  readonly settings: Json;
  /** What it needs from Deno: values of `--allow-net`, `--allow-read` and so on. */
  readonly permissions?: ChannelPermissions;
  /**
   * Gets ready before the run begins, as by asking for a password on the terminal. What can be refused is
   * refused here.
   */
  prepare?(): Promise<void> | void;
  /**
   * Delivers a message.
   *
   * @returns When it was accepted.
   * @throws {DeliveryError} If it was not; it says whether another attempt is of use. After any other error there
   *   is another attempt.
   */
  send(message: Delivery, limits: DeliveryLimits): Promise<DeliveryReceipt | void>;
  /** Lets go of what it holds. */
  close?(): Promise<void> | void;
}

/** What a channel needs from Deno. */
export interface ChannelPermissions {
  /** Hosts, with their ports. */
  readonly net?: readonly string[];
  /** Paths it reads. */
  readonly read?: readonly string[];
  /** Programs it runs. */
  readonly run?: readonly string[];
  /** Kinds of facts about the system. */
  readonly sys?: readonly string[];
}

/** What a channel is told that nobody sent to it by its name. */
export interface ChannelOptions {
  /** Only messages about these. @default all */
  readonly kinds?: readonly MessageKind[];
}

/** What sends messages: a session does. */
export interface Notifier {
  /**
   * Has messages delivered by a channel from now on, and those that an earlier run left waiting for a channel of its
   * name.
   *
   * @returns Resolves when the channel is ready, as when a password was typed.
   * @throws {TypeError} If there is a channel of that name.
   */
  addChannel(channel: Channel, options?: ChannelOptions): Promise<void>;
  /**
   * Queues a message for delivery. It is sent beside the measurement, tried again until it expires, and goes out at
   * the next run of the file if this one ends before. Without any channel it goes nowhere.
   *
   * @param message The message.
   * @param channels Names of channels. @default all that are told of its kind
   * @returns Resolves when it is on disk. It need not be awaited.
   * @throws {TypeError} At once, if the message can't be sent as it is.
   * @throws {RangeError} At once, if there is no channel of a name, or the message is too large.
   */
  notify(message: OutgoingMessage, channels?: readonly string[]): Promise<void>;
}

/** Why a message was not delivered. */
export class DeliveryError extends Error {
  /** Always `"DeliveryError"`. */
  override readonly name = "DeliveryError";
  /** Whether it is of no use to try again. */
  readonly permanent: boolean;
  /** Milliseconds before which another attempt is of no use, if the other side said. */
  readonly retryAfter: number | undefined;

  /**
   * Says why.
   *
   * @param message What, why, what next. It is kept in the file and holds no secret.
   * @param options `permanent`: no further attempt. `retryAfter`: milliseconds to wait at least.
   */
  constructor(
    message: string,
    options: ErrorOptions & { readonly permanent?: boolean; readonly retryAfter?: number } = {},
  ) {
    super(message, options);
    this.permanent = options.permanent ?? false;
    this.retryAfter = options.retryAfter;
  }
}
