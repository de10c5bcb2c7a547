/**
 * What mail is sent with.
 *
 * @module
 */

import { type DurationInput, milliseconds } from "../time/duration.ts";
import { checkedLine, refuse } from "./addresses.ts";
import type { SmtpServer } from "./mail_message.ts";

/** The server that takes mail, and how it is spoken to. */
export interface SmtpOptions {
  /** Its name or address. */
  readonly host: string;
  /** Its port. @default 465 with "tls", 587 with a user, 25 otherwise */
  readonly port?: number;
  /**
   * `"starttls"`: encrypted before anything is told, or not at all. `"tls"`: encrypted from the start. `"auto"`:
   * encrypted if the server offers it, which it must where a password is sent. `"none"`: never.
   * @default "auto"
   */
  readonly security?: "auto" | "starttls" | "tls" | "none";
  /** Who logs in. @default nobody */
  readonly user?: string;
  /** Password. A script that holds it is not for others' eyes; better name a file. @default asked for on the terminal */
  readonly password?: string;
  /** Path of a file with the password on its one line. */
  readonly passwordFile?: string;
  /** Whether the password may be sent though anybody on the way can read it. @default false */
  readonly allowInsecureAuth?: boolean;
  /** Path of a file with certificates (PEM) to trust beside those of the system, for a server with its own. */
  readonly caFile?: string;
  /** How long to wait for the connection and for each answer. @default "30s" */
  readonly timeout?: DurationInput;
}

/** What mail is sent with. */
export interface MailOptions {
  /** Who it is from: `"rig@lab.org"` or `"The rig <rig@lab.org>"`. */
  readonly from: string;
  /** To whom. */
  readonly to: string | readonly string[];
  /** To whom as well. */
  readonly cc?: string | readonly string[];
  /** To whom without the others being told. */
  readonly bcc?: string | readonly string[];
  /** Where answers go. @default from */
  readonly replyTo?: string;
  /** What each subject begins with, such as `"[rig 3]"`. */
  readonly prefix?: string;
  /** The server. */
  readonly smtp: SmtpOptions;
  /** Names the channel. @default "mail" */
  readonly name?: string;
}

/** What errors call it. */
export const WHAT = "mail";
/** What {@linkcode MailOptions} has. */
export const FIELDS = ["from", "to", "cc", "bcc", "replyTo", "prefix", "smtp", "name"];
const SMTP_FIELDS = [
  "host",
  "port",
  "security",
  "user",
  "password",
  "passwordFile",
  "allowInsecureAuth",
  "caFile",
  "timeout",
];
const SECURITIES: readonly unknown[] = ["auto", "starttls", "tls", "none"];
const HOST = /^[\p{L}\p{N}.:_-]+$/u;

/** Refuses an option that there is not. */
export function checkFields(given: object, known: readonly string[], where: string): void {
  const unknown = Object.keys(given).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    throw new TypeError(
      `Cannot set mail up, as ${where} has no option ${JSON.stringify(unknown)}. ` +
        `There are: ${known.join(", ")}`,
    );
  }
}

/**
 * The server, if it can be meant and no password goes out in clear.
 *
 * @throws {TypeError} If an option has the wrong shape.
 * @throws {RangeError} If the port is none.
 */
export function checkedSmtp(given: unknown): SmtpOptions {
  if (typeof given !== "object" || given === null) {
    throw refuse(WHAT, "smtp must be an object with a host", given);
  }
  checkFields(given, SMTP_FIELDS, "smtp");
  const smtp = given as SmtpOptions;
  const { host, port, security = "auto", user, password, passwordFile, caFile } = smtp;
  if (!HOST.test(checkedLine(WHAT, "smtp.host", host))) {
    throw refuse(WHAT, "smtp.host must be a name or an address", host);
  }
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port <= 65_535)) {
    throw new RangeError(`Cannot set mail up, as its port must be 1 to 65535: ${port}`);
  }
  if (!SECURITIES.includes(security)) {
    throw refuse(WHAT, `smtp.security is none of ${SECURITIES.join(", ")}`, security);
  }
  if (user !== undefined) checkedLine(WHAT, "smtp.user", user);
  if (caFile !== undefined) checkedLine(WHAT, "smtp.caFile", caFile);
  if (passwordFile !== undefined) checkedLine(WHAT, "smtp.passwordFile", passwordFile);
  // The password itself is never repeated: an error ends in logs.
  if (password !== undefined && (typeof password !== "string" || password === "")) {
    throw new TypeError("Cannot set mail up, as smtp.password must be a text that is not empty");
  }
  if (password !== undefined && passwordFile !== undefined) {
    throw new TypeError(
      "Cannot set mail up, as it has both a password and a passwordFile. Give one.",
    );
  }
  if (user === undefined && (password ?? passwordFile) !== undefined) {
    throw new TypeError("Cannot set mail up, as it has a password but no user. Give smtp.user.");
  }
  if (user !== undefined && security === "none" && smtp.allowInsecureAuth !== true) {
    throw new TypeError(
      'Cannot set mail up, as security "none" would send the password for anybody on the way to read. ' +
        "Leave security out, or set allowInsecureAuth: true if you know the way.",
    );
  }
  milliseconds(smtp.timeout ?? "30s");
  return smtp;
}

/** The server's part that is known before the password is. */
export function serverOf(smtp: SmtpOptions): Omit<SmtpServer, "auth" | "ca"> {
  const { host, security = "auto", user, allowInsecureAuth = false } = smtp;
  const usual = security === "tls" ? 465 : user === undefined ? 25 : 587;
  const secret = user !== undefined && !allowInsecureAuth;
  return {
    host,
    port: smtp.port ?? usual,
    secure: security === "tls",
    requireTLS: security === "starttls" || (security === "auto" && secret),
    ignoreTLS: security === "none",
    timeout: milliseconds(smtp.timeout ?? "30s"),
  };
}
