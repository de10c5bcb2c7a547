import assert from "node:assert/strict";
import fc from "fast-check";
import { readRetryAfter, webhook, type WebhookOptions } from "../../notify/webhook.ts";
import type { WebhookPreset } from "../../notify/webhook_presets.ts";
import { DeliveryError } from "../../session/outbox/types.ts";
import { temporaryFolder } from "../_child.ts";
import { closedPort, delivery, limits } from "./_smtp.ts";

interface Call {
  readonly path: string;
  readonly authorization: string | null;
  // deno-lint-ignore no-explicit-any -- what each service takes
  readonly body: any;
}

/** A web server that answers as it is told and keeps what it was told. */
function service(answer: (call: Call) => Response | Promise<Response> = () => new Response("ok")) {
  const calls: Call[] = [];
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, async (request) => {
    const call = {
      path: new URL(request.url).pathname,
      authorization: request.headers.get("authorization"),
      body: await request.json(),
    };
    calls.push(call);
    return await answer(call);
  });
  const { port } = server.addr as Deno.NetAddr;
  return {
    calls,
    port,
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function refusal(sending: Promise<unknown>): Promise<DeliveryError> {
  try {
    await sending;
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error));
    return error;
  }
  throw new Error("it was accepted");
}

const message = delivery({
  kind: "alarm",
  level: "error",
  subject: "too hot <80 °C> & rising",
  text: "T = 81 °C @everyone ```",
});

const forms: [WebhookPreset, path: string, body: object][] = [
  ["json", "/hook/abcdefgh", {
    id: message.id,
    kind: "alarm",
    level: "error",
    session: "cooling",
    created: message.created,
    standsFor: 1,
    subject: message.subject,
    text: message.text,
  }],
  ["slack", "/hook/abcdefgh", {
    text: "🚨 *too hot &lt;80 °C&gt; &amp; rising*\nT = 81 °C @everyone ```",
    unfurl_links: false,
  }],
  ["mattermost", "/hook/abcdefgh", {
    text: "🚨 **too hot <80 °C> & rising**\n```\nT = 81 °C @everyone '''\n```",
  }],
  ["discord", "/hook/abcdefgh", {
    content: "🚨 **too hot <80 °C> & rising**\nT = 81 °C @everyone ```",
    allowed_mentions: { parse: [] },
  }],
  ["ntfy", "/hook", {
    topic: "abcdefgh",
    title: "too hot <80 °C> & rising",
    message: "T = 81 °C @everyone ```",
    priority: 5,
  }],
];

for (const [preset, path, body] of forms) {
  Deno.test(`webhook() posts what ${preset} takes`, async () => {
    await using server = service();
    await webhook({ url: `${server.url}/hook/abcdefgh`, preset }).send(message, limits());
    assert.deepEqual(server.calls, [{ path, authorization: null, body }]);
  });
}

Deno.test("webhook() cuts a text that is too long for the service, within no character", async () => {
  await using server = service();
  const text = "🌡".repeat(3000);
  await webhook({ url: server.url, preset: "discord" }).send(delivery({ text }), limits());
  const content: string = server.calls[0]?.body.content;
  assert.ok(content.length <= 2000 && content.isWellFormed() && content.endsWith("…"));
});

Deno.test("webhook() takes the secret part of the address and a token from files", async () => {
  using folder = temporaryFolder();
  const [keyFile, tokenFile] = [`${folder.path}/key`, `${folder.path}/token`];
  Deno.writeTextFileSync(keyFile, "T0/B0/sEcReT-kEy\n");
  Deno.writeTextFileSync(tokenFile, "tk_sEcReT");
  await using server = service();
  const channel = webhook({ url: `${server.url}/services/`, keyFile, tokenFile, preset: "slack" });
  assert.deepEqual(channel.permissions, {
    net: [`127.0.0.1:${server.port}`],
    read: [keyFile, tokenFile],
  });
  await channel.prepare?.();
  await channel.send(message, limits());
  assert.equal(server.calls[0]?.path, "/services/T0/B0/sEcReT-kEy");
  assert.equal(server.calls[0]?.authorization, "Bearer tk_sEcReT");
  assert.doesNotMatch(JSON.stringify(channel.settings), /sEcReT/);
  Deno.writeTextFileSync(keyFile, "two\nlines\n");
  await assert.rejects(
    async () => await channel.prepare?.(),
    /it must hold one line and nothing else/,
  );
  Deno.removeSync(keyFile);
  await assert.rejects(async () => await channel.prepare?.(), /Cannot read the key from .*key: /);
});

const answers: [status: number, permanent: boolean][] = [
  [301, true],
  [400, true],
  [401, true],
  [404, true],
  [408, false],
  [410, true],
  [429, false],
  [500, false],
  [503, false],
];

for (const [status, permanent] of answers) {
  Deno.test(`webhook() says ${permanent ? "that no attempt would help" : "to try again"} when the answer is ${status}`, async () => {
    await using server = service(() =>
      new Response("no_such_hook".repeat(100), {
        status,
        headers: status === 301 ? { location: "http://127.0.0.1:1/" } : {},
      })
    );
    const url = `${server.url}/services/T0/B0/hush-hush-1`;
    const error = await refusal(webhook({ url }).send(message, limits()));
    assert.equal(error.permanent, permanent);
    assert.match(
      error.message,
      new RegExp(`^127\\.0\\.0\\.1:${server.port} answered ${status}: no_such`),
    );
    assert.ok(error.message.length < 300);
    assert.equal(error.retryAfter, undefined);
  });
}

Deno.test("webhook() hands on when the service wants to be asked again", async () => {
  await using server = service(() =>
    new Response("slow down", { status: 429, headers: { "retry-after": "37" } })
  );
  assert.equal(
    (await refusal(webhook({ url: server.url }).send(message, limits()))).retryAfter,
    37_000,
  );
});

Deno.test("readRetryAfter() reads seconds and dates, and nothing else", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(readRetryAfter(null, now), undefined);
  assert.equal(readRetryAfter("120", now), 120_000);
  assert.equal(readRetryAfter("0.5", now), 500);
  assert.equal(readRetryAfter("soon", now), undefined);
  assert.equal(readRetryAfter("Thu, 01 Jan 2026 00:01:00 GMT", now), 60_000);
  assert.equal(readRetryAfter("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  fc.assert(fc.property(fc.string(), (text) => {
    const wait = readRetryAfter(text, now);
    assert.ok(wait === undefined || wait >= 0);
  }));
});

Deno.test("webhook() tells nobody its address when the server can't be reached", async () => {
  const url = `http://127.0.0.1:${closedPort()}/services/T0/B0/hush-hush-2`;
  const error = await refusal(webhook({ url }).send(message, limits()));
  assert.equal(error.permanent, false);
  assert.match(error.message, /can't be reached/);
  assert.doesNotMatch(error.message, /hush/);
});

Deno.test("webhook() ends at once when it is told to, though the server hangs", async () => {
  const answer = Promise.withResolvers<Response>();
  const asked = Promise.withResolvers<void>();
  {
    await using server = service(() => {
      asked.resolve();
      return answer.promise;
    });
    const controller = new AbortController();
    const sending = webhook({ url: server.url }).send(message, limits(controller.signal));
    await asked.promise;
    controller.abort(new Error("enough"));
    await assert.rejects(sending, /enough/);
    answer.resolve(new Response());
  }
});

const wrong: [what: string, options: object, says: RegExp][] = [
  ["there is no url", {}, /its url must be one of a web server/],
  ["the url is of no web server", { url: "ftp://lab.org/hush-hush-3" }, /its url must be one of/],
  ["the url is none", { url: "hush-hush-3" }, /its url must be one of/],
  [
    "the preset is unknown",
    { url: "http://a", preset: "teams" },
    /its preset is none of json, slack/,
  ],
  ["an option is unknown", { url: "http://a", topic: "x" }, /no such option .*"topic"/],
  ["the name is empty", { url: "http://a", name: "" }, /name must be a text that is not empty/],
  ["the key's file is none", { url: "http://a", keyFile: 3 }, /keyFile must be a text/],
];

for (const [what, options, says] of wrong) {
  Deno.test(`webhook() refuses its options when ${what}`, () => {
    assert.throws(() => webhook(options as WebhookOptions), (error) => {
      assert.ok(error instanceof TypeError);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /hush/);
      return true;
    });
  });
}

Deno.test("webhook() needs the port of its scheme, and is called after its preset", () => {
  const { name, permissions, settings } = webhook({ url: "https://ntfy.sh/lab-7", preset: "ntfy" });
  assert.deepEqual([name, permissions, settings], [
    "ntfy",
    { net: ["ntfy.sh:443"] },
    { host: "ntfy.sh", preset: "ntfy" },
  ]);
  assert.equal(webhook({ url: "http://a" }).permissions?.net?.[0], "a:80");
  assert.equal(webhook({ url: "http://a" }).name, "webhook");
});
