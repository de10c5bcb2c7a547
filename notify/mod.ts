/**
 * Channels that messages go out by: mail, chats and push services, a program.
 *
 * @module
 */

export type { NotifyOptions, Occasion } from "./announce.ts";
export { command, type CommandOptions } from "./command.ts";
export { mail } from "./mail.ts";
export type { MailOptions, SmtpOptions } from "./mail_options.ts";
export { webhook, type WebhookOptions } from "./webhook.ts";
export type { WebhookPreset } from "./webhook_presets.ts";
