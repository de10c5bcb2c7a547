/**
 * The Worker that sends mail. It is bundled to `mail_worker.bundle.js` and started from a blob, so that putting
 * a mail with pictures together, a slow name server or a server that hangs holds nothing up.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { connect, type Socket } from "node:net";
import { createTransport } from "nodemailer";
import type { SMTPTransportOptions } from "nodemailer/lib/smtp-transport";
import type {
  FromMailWorker,
  MailAnswer,
  Mailbox,
  MailTask,
  ToMailWorker,
} from "./mail_message.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToMailWorker>) => void) | null;
  postMessage(message: FromMailWorker): void;
};

/** What nodemailer's errors carry. */
interface SendingError {
  readonly message?: string;
  readonly code?: string;
  readonly responseCode?: number;
  readonly rejectedErrors?: readonly SendingError[];
  readonly recipient?: string;
}

/** Where a reply of 500 to 599 is about this very mail or who sends it, not about how the server is at present. */
const FINAL = ["EAUTH", "EENVELOPE", "EMESSAGE"];

function isFinal(error: SendingError): boolean {
  const { code = "", responseCode } = error;
  if (!FINAL.includes(code)) return false;
  if (error.rejectedErrors !== undefined && error.rejectedErrors.length > 0) {
    return error.rejectedErrors.every(({ responseCode = 0 }) => responseCode >= 500);
  }
  // Without a reply, what is wrong is what it was asked to send.
  return responseCode === undefined || responseCode >= 500;
}

function box({ name, address }: Mailbox): { name: string; address: string } {
  return { name, address };
}

/**
 * Connects. Deno resolves the name then under --allow-net=HOST:PORT; nodemailer would ask the name server itself, which
 * needs more.
 */
function connected(socket: Socket): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (thrown: Error & { readonly code?: string }): void => {
      socket.destroy();
      // Where several addresses were tried, the first says what is wrong with all.
      const first: unknown = thrown instanceof AggregateError ? thrown.errors[0] : thrown;
      const message = first instanceof Error && first.message !== "" ? first.message : thrown.code;
      const lost = thrown.code === "ENOTFOUND" || thrown.code === "EAI_AGAIN";
      reject(Object.assign(new Error(message), { code: lost ? "EDNS" : "ESOCKET" }));
    };
    const late = (): void => fail(new Error("there was no connection in time"));
    socket.once("timeout", late);
    socket.once("error", fail);
    socket.once("connect", () => {
      socket.off("timeout", late);
      socket.off("error", fail);
      resolve();
    });
  });
}

function refused(thrown: unknown): MailAnswer {
  const error = (thrown ?? {}) as SendingError;
  return {
    kind: "refused",
    why: error.message ?? String(thrown),
    code: error.code ?? "",
    permanent: isFinal(error),
  };
}

async function sendOver(
  connection: Socket,
  { server, message }: MailTask,
): Promise<MailAnswer> {
  const { timeout, auth, ca, ...rest } = server;
  const options: SMTPTransportOptions = {
    ...rest,
    connection,
    // The computer's name would need --allow-sys=hostname; servers take this from who has none.
    name: "[127.0.0.1]",
    ...auth === undefined ? {} : { auth: { user: auth.user, pass: auth.pass } },
    ...ca === undefined ? {} : { tls: { ca } },
    greetingTimeout: timeout,
    socketTimeout: timeout,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  const transport = createTransport(options);
  try {
    const { attachments, urgent, replyTo, html, date, to, cc, bcc, from, ...texts } = message;
    const info = await transport.sendMail({
      ...texts,
      date: new Date(date),
      from: box(from),
      to: to.map(box),
      cc: cc.map(box),
      bcc: bcc.map(box),
      ...replyTo === undefined ? {} : { replyTo: box(replyTo) },
      ...html === undefined ? {} : { html },
      ...urgent ? { priority: "high" as const } : {},
      // No vacation notice answers what a machine sent (RFC 3834).
      headers: { "Auto-Submitted": "auto-generated" },
      attachments: attachments.map(({ name, type, bytes, cid }) => ({
        filename: name,
        contentType: type,
        content: Buffer.from(bytes),
        ...cid === undefined ? {} : { cid, contentDisposition: "inline" as const },
      })),
    });
    const errors = (info.rejectedErrors ?? []) as readonly SendingError[];
    return {
      kind: "accepted",
      refused: errors.map(({ recipient = "?", message = "" }) => ({ recipient, why: message })),
    };
  } catch (error) {
    return refused(error);
  } finally {
    transport.close();
  }
}

const sockets = new Map<number, Socket>();

async function send(number: number, task: MailTask): Promise<MailAnswer> {
  const { host, port, timeout } = task.server;
  const socket = connect({ host, port, timeout });
  sockets.set(number, socket);
  // What goes wrong between two listeners is told to the next one by the socket being closed.
  socket.on("error", () => {});
  try {
    await connected(socket);
    return await sendOver(socket, task);
  } catch (error) {
    return refused(error);
  } finally {
    sockets.delete(number);
    socket.destroy();
  }
}

scope.onmessage = ({ data }) => {
  if (data.kind === "drop") {
    sockets.get(data.task)?.destroy(new Error("the delivery was given up"));
    return;
  }
  const { number, task } = data;
  void send(number, task).then((answer) => scope.postMessage({ ...answer, task: number }));
};
