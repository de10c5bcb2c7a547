/**
 * Messages in the forms that chats and push services take.
 *
 * @module
 */

import type { Delivery } from "../session/outbox/types.ts";
import type { Level } from "../session/store/types.ts";

/** Services that a webhook speaks the language of; `"json"` is our own. */
export type WebhookPreset = "json" | "slack" | "mattermost" | "discord" | "ntfy";

/** What is sent. */
export interface WebhookCall {
  /** Where to. */
  readonly url: string;
  /** As JSON. */
  readonly body: object;
}

/** Text cut to so many characters, at the end of one. */
function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).toWellFormed()}…`;
}

const MARKS: Readonly<Record<Level, string>> = {
  debug: "",
  info: "",
  warning: "⚠️ ",
  error: "🚨 ",
};

/** Slack's three special characters; see https://api.slack.com/reference/surfaces/formatting. */
function slackText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Priorities of ntfy, 1 to 5; see https://docs.ntfy.sh/publish/. */
const PRIORITIES: Readonly<Record<Level, number>> = { debug: 2, info: 3, warning: 4, error: 5 };

/** ntfy takes JSON at its root, with the topic in it: the last part of the address. */
function ntfy(url: string, { subject, text, level }: Delivery): WebhookCall {
  const target = new URL(url);
  const parts = target.pathname.split("/").filter((part) => part !== "");
  const topic = decodeURIComponent(parts.pop() ?? "");
  target.pathname = `/${parts.join("/")}`;
  const body = { topic, title: subject, message: cut(text, 3_500), priority: PRIORITIES[level] };
  return { url: target.href, body };
}

/** How each service is told; limits are those that the services document. */
export const PRESETS: Readonly<
  Record<WebhookPreset, (url: string, delivery: Delivery) => WebhookCall>
> = {
  json: (url, { id, kind, level, session, created, standsFor, subject, text }) => ({
    url,
    body: { id, kind, level, session, created, standsFor, subject, text },
  }),
  slack: (url, { subject, text, level }) => ({
    url,
    body: {
      text: cut(`${MARKS[level]}*${slackText(subject)}*\n${slackText(text)}`, 39_000),
      // Addresses in the text are not for Slack to fetch.
      unfurl_links: false,
    },
  }),
  mattermost: (url, { subject, text, level }) => ({
    url,
    // As a block of code, so that nothing in it is taken for a mention or a heading.
    body: {
      text: `${MARKS[level]}**${subject}**\n\`\`\`\n${
        cut(text, 15_000).replaceAll("```", "'''")
      }\n\`\`\``,
    },
  }),
  discord: (url, { subject, text, level }) => ({
    url,
    body: {
      content: cut(`${MARKS[level]}**${subject}**\n${text}`, 2_000),
      // An "@everyone" in a text wakes nobody.
      allowed_mentions: { parse: [] },
    },
  }),
  ntfy,
};
