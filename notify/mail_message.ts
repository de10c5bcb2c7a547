/**
 * What the main thread and the Worker that sends mail say to each other.
 *
 * @module
 */

/** A mailbox. */
export interface Mailbox {
  /** Whose it is; empty if it was not said. */
  readonly name: string;
  /** Such as `you@lab.org`. */
  readonly address: string;
}

/** The server and how it is spoken to. */
export interface SmtpServer {
  /** Its name or address. */
  readonly host: string;
  /** Its port. */
  readonly port: number;
  /** Encrypted from the start. */
  readonly secure: boolean;
  /** Encrypted before anything is told. */
  readonly requireTLS: boolean;
  /** Never encrypted. */
  readonly ignoreTLS: boolean;
  /** Who sends. */
  readonly auth?: { readonly user: string; readonly pass: string };
  /** Certificates that are trusted beside the system's, as PEM. */
  readonly ca?: string;
  /** Milliseconds for the connection, for the greeting, and for each answer. */
  readonly timeout: number;
}

/** A mail. */
export interface MailMessage {
  /** With its angle brackets. */
  readonly messageId: string;
  /** Unix milliseconds. */
  readonly date: number;
  /** Who it is from. */
  readonly from: Mailbox;
  /** To whom. */
  readonly to: readonly Mailbox[];
  /** To whom as well. */
  readonly cc: readonly Mailbox[];
  /** To whom without the others being told. */
  readonly bcc: readonly Mailbox[];
  /** Where answers go. */
  readonly replyTo?: Mailbox;
  /** One line. */
  readonly subject: string;
  /** Whether it is marked as urgent. */
  readonly urgent: boolean;
  /** In plain text. */
  readonly text: string;
  /** In HTML. */
  readonly html?: string;
  /** Files. */
  readonly attachments: readonly {
    readonly name: string;
    readonly type: string;
    readonly bytes: Uint8Array;
    readonly cid?: string;
  }[];
}

/** A mail and where it goes. */
export interface MailTask {
  /** The server. */
  readonly server: SmtpServer;
  /** The mail. */
  readonly message: MailMessage;
}

/** To the Worker. */
export type ToMailWorker =
  | { readonly kind: "send"; readonly number: number; readonly task: MailTask }
  /** Nobody waits for that one any more: its connection is dropped. */
  | { readonly kind: "drop"; readonly task: number };

/** What came of a mail. */
export type MailAnswer =
  | {
    readonly kind: "accepted";
    /** Recipients that were refused though others were not, and why. */
    readonly refused: readonly { readonly recipient: string; readonly why: string }[];
  }
  | {
    readonly kind: "refused";
    /** What the server or the network said. */
    readonly why: string;
    /** nodemailer's word for it, such as `"EAUTH"`. */
    readonly code: string;
    /** Whether another attempt is of no use. */
    readonly permanent: boolean;
  };

/** From the Worker. */
export type FromMailWorker = MailAnswer & {
  /** The number of what it is about. */
  readonly task: number;
};
