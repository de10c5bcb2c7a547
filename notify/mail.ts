/**
 * Mail by SMTP.
 *
 * @module
 */

import {
  type Channel,
  type Delivery,
  DeliveryError,
  type DeliveryLimits,
  type DeliveryReceipt,
} from "../session/outbox/types.ts";
import { keepSecret, withoutSecrets } from "../session/secrets.ts";
import { checkedLine, parseMailbox, parseMailboxes, refuse } from "./addresses.ts";
import type { Mailbox, MailMessage, SmtpServer } from "./mail_message.ts";
import {
  checkedSmtp,
  checkFields,
  FIELDS,
  type MailOptions,
  serverOf,
  WHAT,
} from "./mail_options.ts";
import { MailThread } from "./mail_thread.ts";
import { askPassword, secretFromFile } from "./password.ts";

/** What to do about an error, where that is known. */
const HINTS: Readonly<Record<string, string>> = {
  EAUTH: "Check user and password.",
  ETLS:
    "Check the options security and caFile; for a server without encryption see allowInsecureAuth.",
  EDNS: "Check the host's name.",
  ETIMEDOUT: "It did not answer in time.",
  ESOCKET: "Check host and port, and whether the server is up.",
};

class MailChannel implements Channel {
  readonly kind = "mail";
  readonly name: string;
  readonly settings;
  readonly permissions;
  readonly #options: MailOptions;
  readonly #from: Mailbox;
  readonly #to: readonly Mailbox[];
  readonly #cc: readonly Mailbox[];
  readonly #bcc: readonly Mailbox[];
  readonly #replyTo: Mailbox | undefined;
  readonly #prefix: string;
  readonly #thread = new MailThread();
  readonly #server: Omit<SmtpServer, "auth" | "ca">;
  #password: string | undefined;
  #ca: string | undefined;

  constructor(options: MailOptions) {
    if (typeof options !== "object" || options === null) {
      throw refuse(WHAT, "its options must be an object with from, to and smtp", options);
    }
    checkFields(options, FIELDS, "it");
    const { smtp, replyTo, prefix, name = "mail" } = options;
    this.#from = parseMailbox(WHAT, "from", options.from);
    this.#to = parseMailboxes(WHAT, "to", options.to);
    this.#cc = parseMailboxes(WHAT, "cc", options.cc);
    this.#bcc = parseMailboxes(WHAT, "bcc", options.bcc);
    if (this.#to.length === 0) throw refuse(WHAT, "to must name somebody", options.to);
    this.#replyTo = replyTo === undefined ? undefined : parseMailbox(WHAT, "replyTo", replyTo);
    this.#prefix = prefix === undefined ? "" : `${checkedLine(WHAT, "prefix", prefix)} `;
    this.name = checkedLine(WHAT, "name", name);
    this.#options = { ...options, smtp: { ...checkedSmtp(smtp) } };
    this.#server = serverOf(smtp);
    this.#password = smtp.password;
    if (smtp.password !== undefined) keepSecret(smtp.password);
    const { host, port } = this.#server;
    const list = (boxes: readonly Mailbox[]): string[] => boxes.map(({ address }) => address);
    this.settings = {
      from: this.#from.address,
      to: list(this.#to),
      ...this.#cc.length === 0 ? {} : { cc: list(this.#cc) },
      ...this.#bcc.length === 0 ? {} : { bcc: list(this.#bcc) },
      server: `${host}:${port}`,
      security: smtp.security ?? "auto",
      ...smtp.user === undefined ? {} : { user: smtp.user },
    };
    const read = [smtp.passwordFile, smtp.caFile].filter((path) => path !== undefined);
    const address = host.includes(":") ? `[${host}]` : host;
    this.permissions = { net: [`${address}:${port}`], ...read.length === 0 ? {} : { read } };
  }

  async prepare(): Promise<void> {
    const { user, passwordFile, caFile } = this.#options.smtp;
    if (caFile !== undefined) this.#ca = await Deno.readTextFile(caFile);
    if (user !== undefined && this.#password === undefined) {
      this.#password = passwordFile === undefined
        ? await askPassword(`Password of ${user} at ${this.#server.host}`)
        : await secretFromFile(passwordFile, "the password");
      keepSecret(this.#password);
    }
    // Now, as nothing is measured yet.
    this.#thread.start();
  }

  close(): void {
    this.#thread[Symbol.dispose]();
  }

  async send(delivery: Delivery, { signal }: DeliveryLimits): Promise<DeliveryReceipt> {
    const { user } = this.#options.smtp;
    if (user !== undefined && this.#password === undefined) await this.prepare();
    const server: SmtpServer = {
      ...this.#server,
      ...user === undefined ? {} : { auth: { user, pass: this.#password ?? "" } },
      ...this.#ca === undefined ? {} : { ca: this.#ca },
    };
    const message = this.#message(delivery);
    const answer = await this.#thread.send({ server, message }, signal);
    if (answer.kind === "accepted") {
      return {
        warnings: answer.refused.map(({ recipient, why }) =>
          withoutSecrets(`${recipient} was refused, the others were not: ${why}`)
        ),
      };
    }
    const { why, code, permanent } = answer;
    const hint = HINTS[code];
    const { host, port } = this.#server;
    throw new DeliveryError(
      withoutSecrets(
        `${host}:${port} did not take it: ${why}${hint === undefined ? "" : `. ${hint}`}`,
      ),
      { permanent },
    );
  }

  #message(delivery: Delivery): MailMessage {
    const { id, created, subject, level, text, html, attachments } = delivery;
    const domain = this.#from.address.slice(this.#from.address.lastIndexOf("@") + 1);
    return {
      messageId: `<${id}@${domain}>`,
      date: Math.round(created * 1e3),
      from: this.#from,
      to: this.#to,
      cc: this.#cc,
      bcc: this.#bcc,
      ...this.#replyTo === undefined ? {} : { replyTo: this.#replyTo },
      subject: `${this.#prefix}${checkedLine(WHAT, "a subject", subject || "(no subject)")}`,
      urgent: level === "error",
      text,
      ...html === undefined ? {} : { html },
      attachments,
    };
  }
}

/**
 * A channel that sends mail by SMTP: encrypted as the server offers, with attachments, and with pictures in the text.
 * A thread of its own sends it; nothing that is measured waits for a server.
 *
 * It needs `--allow-net=HOST:PORT`, and `--allow-read` of the files that it is told of. A password is asked for on the
 * terminal when the run starts, or read from a file; it is never kept.
 *
 * @param options Who, to whom, and by which server.
 * @throws {TypeError} If an option has the wrong shape, an address is none, or a password would be sent in clear.
 * @throws {RangeError} If the port is none.
 *
 * @example
 * ```ts
 * import { experiment, mail } from "@stripchart/stripchart";
 *
 * experiment("cooling")
 *   .every("1min", () => ({ random: Math.random() }))
 *   .notify(
 *     mail({
 *       from: "The rig <rig@lab.org>",
 *       to: ["you@lab.org", "night@lab.org"],
 *       smtp: { host: "smtp.lab.org", user: "rig", passwordFile: "smtp.password" },
 *     }),
 *     { on: ["failure", "end"] },
 *   );
 * ```
 */
export function mail(options: MailOptions): Channel {
  return new MailChannel(options);
}
