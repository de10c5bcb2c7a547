/**
 * Chats and push services that are told by a request.
 *
 * @module
 */

import {
  type Channel,
  type Delivery,
  DeliveryError,
  type DeliveryLimits,
} from "../session/outbox/types.ts";
import { keepSecret, withoutSecrets } from "../session/secrets.ts";
import { checkedLine, refuse } from "./addresses.ts";
import { secretFromFile } from "./password.ts";
import { PRESETS, type WebhookPreset } from "./webhook_presets.ts";

/** What a webhook is called with. */
export interface WebhookOptions {
  /**
   * The address. Whoever knows that of a chat's webhook can write to it, so everything behind the host counts as a
   * secret; better keep the secret part of it in a file.
   */
  readonly url: string;
  /** Path of a file whose one line is put behind `url`. */
  readonly keyFile?: string;
  /** Path of a file whose one line is sent as a bearer token. */
  readonly tokenFile?: string;
  /** The service's language. @default "json", with all that a message says but its files */
  readonly preset?: WebhookPreset;
  /** Names the channel. @default the preset, or "webhook" */
  readonly name?: string;
}

const WHAT = "the webhook";
const FIELDS = ["url", "keyFile", "tokenFile", "preset", "name"];
/** Characters of an answer that are kept of one that says no. */
const MOST_SAID = 200;
/** What comes of asking again later. */
const TEMPORARY = [408, 425, 429];

class WebhookChannel implements Channel {
  readonly kind = "webhook";
  readonly name: string;
  readonly settings;
  readonly permissions;
  readonly #url: string;
  readonly #preset: WebhookPreset;
  readonly #keyFile: string | undefined;
  readonly #tokenFile: string | undefined;
  #ready: { readonly url: string; readonly token: string | undefined } | undefined;

  constructor(options: WebhookOptions) {
    if (typeof options !== "object" || options === null) {
      throw refuse(WHAT, "its options must be an object with a url", options);
    }
    const unknown = Object.keys(options).find((field) => !FIELDS.includes(field));
    if (unknown !== undefined) {
      throw refuse(WHAT, `it has no such option (there are ${FIELDS.join(", ")})`, unknown);
    }
    const { url, preset = "json", keyFile, tokenFile } = options;
    if (!Object.hasOwn(PRESETS, preset)) {
      throw refuse(WHAT, `its preset is none of ${Object.keys(PRESETS).join(", ")}`, preset);
    }
    const target = typeof url === "string" && URL.canParse(url) ? new URL(url) : undefined;
    // The address itself is not repeated: it may be a secret.
    if (target === undefined || !["http:", "https:"].includes(target.protocol)) {
      throw new TypeError(
        'Cannot set the webhook up, as its url must be one of a web server, such as "https://ntfy.sh/lab-7"',
      );
    }
    // With a file for the key, what stands in the script is the part that everybody knows.
    if (keyFile === undefined) keepAddress(target);
    for (const [field, path] of Object.entries({ keyFile, tokenFile })) {
      if (path !== undefined) checkedLine(WHAT, field, path);
    }
    this.name = checkedLine(
      WHAT,
      "name",
      options.name ?? (preset === "json" ? "webhook" : preset),
    );
    this.#url = target.href;
    this.#preset = preset;
    this.#keyFile = keyFile;
    this.#tokenFile = tokenFile;
    this.settings = { host: target.host, preset };
    const port = target.port || (target.protocol === "https:" ? "443" : "80");
    const read = [keyFile, tokenFile].filter((path) => path !== undefined);
    this.permissions = {
      net: [`${target.hostname}:${port}`],
      ...read.length === 0 ? {} : { read },
    };
  }

  async prepare(): Promise<void> {
    const key = this.#keyFile === undefined ? "" : await secretFromFile(this.#keyFile, "the key");
    const token = this.#tokenFile === undefined
      ? undefined
      : await secretFromFile(this.#tokenFile, "the token");
    const url = new URL(`${this.#url}${key}`);
    if (url.host !== new URL(this.#url).host) {
      throw new TypeError(
        `Cannot set the webhook up, as what ${this.#keyFile} holds changes its host`,
      );
    }
    for (const secret of [key, token ?? ""]) keepSecret(secret);
    if (key !== "") keepAddress(url);
    this.#ready = { url: url.href, token };
  }

  async send(delivery: Delivery, { signal, clock }: DeliveryLimits): Promise<void> {
    if (this.#ready === undefined) await this.prepare();
    const { url: target, token } = this.#ready ?? { url: this.#url, token: undefined };
    const { url, body } = PRESETS[this.#preset](target, delivery);
    // No connection is kept: the next message may come in a week.
    using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    let response: Response;
    let said: string;
    try {
      response = await fetch(url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...token === undefined ? {} : { authorization: `Bearer ${token}` },
        },
        body: JSON.stringify(body),
        // What is followed would learn the message, and the token.
        redirect: "manual",
        signal,
        client,
      });
      said = await beginning(response);
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw new DeliveryError(
        `${this.settings.host} can't be reached: ${withoutSecrets(whyOf(error))}`,
      );
    }
    const { status } = response;
    if (status >= 200 && status < 300) return;
    const retryAfter = readRetryAfter(response.headers.get("retry-after"), clock.wall() / 1e3);
    const text = withoutSecrets(said.trim());
    throw new DeliveryError(
      `${this.settings.host} answered ${status}${text === "" ? "" : `: ${text}`}`,
      {
        permanent: status < 500 && !TEMPORARY.includes(status),
        ...retryAfter === undefined ? {} : { retryAfter },
      },
    );
  }
}

/** What an error and its cause say: `fetch` alone says only that it failed. */
function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

/** Keeps all of an address but its host from being shown. */
function keepAddress({ href, pathname, search, username, password }: URL): void {
  for (const part of [pathname + search, pathname.slice(1), username, password]) {
    if (part.length >= 8) keepSecret(part);
  }
  if (pathname.length + search.length >= 8) keepSecret(href);
}

/** The beginning of an answer; the rest is not read. */
async function beginning({ body }: Response): Promise<string> {
  if (body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of body) {
    text += decoder.decode(part, { stream: true });
    if (text.length >= MOST_SAID) break;
  }
  return text.slice(0, MOST_SAID).toWellFormed();
}

/**
 * How long to wait by `Retry-After`: seconds or a date (RFC 9110, 10.2.3).
 *
 * @param now Unix milliseconds.
 * @returns Milliseconds; undefined if it does not say.
 */
export function readRetryAfter(value: string | null, now: number): number | undefined {
  if (value === null) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(value.trim())) return Number(value) * 1e3;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}

/**
 * A channel that posts a message as JSON: to Slack, Mattermost, Discord or ntfy in their own form, or to a server of
 * one's own. Files are left out.
 *
 * It needs `--allow-net=HOST:PORT`, and `--allow-read` of the files that it is told of.
 *
 * @param options Where to, and in which form.
 * @throws {TypeError} If an option has the wrong shape.
 *
 * @example
 * ```ts
 * import { experiment, webhook } from "@stripchart/stripchart";
 *
 * experiment("cooling")
 *   .every("1min", () => ({ random: Math.random() }))
 *   .notify(webhook({ preset: "ntfy", url: "https://ntfy.sh/lab-7-cooling" }))
 *   .notify(
 *     webhook({ preset: "slack", url: "https://hooks.slack.com/services/", keyFile: "slack.key" }),
 *     { on: ["alarm"] },
 *   );
 * ```
 */
export function webhook(options: WebhookOptions): Channel {
  return new WebhookChannel(options);
}
