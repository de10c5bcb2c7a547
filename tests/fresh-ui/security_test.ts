import assert from "node:assert/strict";
import { Guesses } from "../../fresh-ui/security/guesses.ts";
import { randomToken, TokenGuard } from "../../fresh-ui/security/token.ts";
import { get, watched } from "./_page.ts";

const TOKEN = "a-token-of-22-letters!".replace("!", "x");

type Headers = Record<string, string>;

Deno.test("every answer forbids what is not the page's own", async () => {
  await using it = watched();
  const paths = [
    "/",
    "/api/sessions",
    "/static/page.css",
    "/nothing",
    "/api/sessions/memory/stream",
  ];
  for (const path of paths) {
    const response = await get(it.page, path);
    const { headers } = response;
    assert.match(headers.get("content-security-policy") ?? "", /^default-src 'none'; /, path);
    assert.doesNotMatch(headers.get("content-security-policy") ?? "", /unsafe|\*|https?:/);
    assert.match(headers.get("content-security-policy") ?? "", /frame-ancestors 'none'/);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    assert.equal(headers.get("access-control-allow-origin"), null);
    await response.body?.cancel();
  }
});

Deno.test("a request under another host's name is refused, unless the name is given or a token asked for", async () => {
  await using plain = watched();
  await using named = watched({ hosts: ["rig.lab"] });
  await using guarded = watched({ token: TOKEN });
  const bearer = { authorization: `Bearer ${TOKEN}` };
  const cases: [typeof plain, string, Headers, number][] = [
    [plain, "localhost:6913", {}, 200],
    [plain, "127.0.0.1", {}, 200],
    [plain, "127.1.2.3:80", {}, 200],
    [plain, "[::1]:6913", {}, 200],
    [plain, "a.localhost", {}, 200],
    [plain, "evil.example", {}, 421],
    [plain, "localhost.evil.example", {}, 421],
    [plain, "127.0.0.1.evil.example", {}, 421],
    [plain, "192.168.0.7", {}, 421],
    [plain, "rig.lab", {}, 421],
    [plain, "a b", {}, 400],
    [named, "rig.lab:6913", {}, 200],
    [named, "evil.example", {}, 421],
    [guarded, "rig.lab", bearer, 200],
    [guarded, "rig.lab", {}, 401],
  ];
  for (const [{ page }, host, headers, status] of cases) {
    const response = await get(page, "/api/sessions", { headers: { ...headers, host } });
    assert.equal(response.status, status, host);
  }
});

Deno.test("another site's page gets nothing, but its links may be followed", async () => {
  await using it = watched();
  const navigate = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  const cases: [Headers, number][] = [
    [{}, 200],
    [{ "sec-fetch-site": "same-origin" }, 200],
    [{ "sec-fetch-site": "none", ...navigate }, 200],
    [{ "sec-fetch-site": "cross-site" }, 403],
    [{ "sec-fetch-site": "same-site" }, 403],
    [{ "sec-fetch-site": "cross-site", ...navigate }, 200],
    [{ "sec-fetch-site": "cross-site", ...navigate, "sec-fetch-dest": "iframe" }, 403],
  ];
  for (const [headers, status] of cases) {
    const response = await get(it.page, "/", { headers });
    assert.equal(response.status, status, JSON.stringify(headers));
  }
});

Deno.test("control is refused where it is off, and from another site where it is on", async () => {
  const asked: unknown[] = [];
  await using off = watched();
  await using on = watched({
    control: (request, who) => {
      asked.push([request, who]);
      return Promise.resolve({ done: true });
    },
  });
  const json = { "content-type": "application/json" };
  const stop = JSON.stringify({ action: "stop" });
  const cases: [typeof on, Headers, string, number][] = [
    [off, json, stop, 403],
    [on, json, stop, 200],
    [on, { ...json, origin: "http://localhost" }, stop, 200],
    [on, { ...json, origin: "https://localhost" }, stop, 200],
    [on, { ...json, origin: "http://evil.example" }, stop, 403],
    [on, { ...json, origin: "null" }, stop, 403],
    [on, { ...json, "sec-fetch-site": "cross-site" }, stop, 403],
    [on, { "content-type": "text/plain" }, stop, 415],
    [on, { "content-type": "application/x-www-form-urlencoded" }, stop, 415],
    [on, {}, stop, 415],
    [on, json, "{", 400],
    [on, json, "null", 400],
    [on, json, `{"action":"reboot"}`, 400],
    [on, json, `{"action":"note"}`, 400],
    [on, json, `{"action":"note","text":" "}`, 400],
    [on, json, `{"action":"pause"}`, 400],
    [on, json, " ".repeat(65_537), 413],
  ];
  for (const [{ page }, headers, body, status] of cases) {
    const path = "/api/sessions/memory/control";
    const response = await get(page, path, { method: "POST", headers, body });
    assert.equal(response.status, status, `${JSON.stringify(headers)} ${body.slice(0, 80)}`);
    await response.body?.cancel();
  }
  assert.deepEqual(
    asked,
    new Array(3).fill([{ action: "stop" }, "somebody at an unknown address"]),
  );
  assert.equal((await get(on.page, "/api/sessions/memory/control")).status, 404);
  assert.equal(
    (await get(on.page, "/", { method: "POST", headers: json, body: stop })).status,
    404,
  );
});

Deno.test("what is asked is passed on with who asks, and what comes of it is told", async () => {
  const asked: unknown[] = [];
  await using it = watched({
    control: (request, who) => {
      asked.push([request, who]);
      return Promise.resolve({ done: false, reason: "no such task" });
    },
  });
  const body = JSON.stringify({
    action: "pause",
    task: "a\u0000b",
    who: "Ada\u001b[31m\n",
    more: 1,
  });
  const request = new Request("http://localhost/api/sessions/memory/control", {
    method: "POST",
    headers: { "content-type": "application/json; charset=utf-8" },
    body,
  });
  const remoteAddr = { transport: "tcp", hostname: "192.0.2.7", port: 4 } as const;
  const response = await it.page.fetch(request, { remoteAddr });
  assert.equal(response.status, 409);
  assert.deepEqual(await response.json(), { done: false, reason: "no such task" });
  assert.deepEqual(asked, [
    [{ action: "pause", task: "a\u0000b", who: "Ada [31m" }, "Ada [31m at 192.0.2.7"],
  ]);
});

Deno.test("a token in the address is exchanged for a cookie, once", async () => {
  await using it = watched({ token: TOKEN, base: "/lab" });
  const first = await get(it.page, `/lab/?plot=a&token=${TOKEN}`);
  assert.equal(first.status, 303);
  assert.equal(first.headers.get("location"), "/lab/?plot=a");
  const cookie = first.headers.get("set-cookie") ?? "";
  assert.match(cookie, /; HttpOnly; SameSite=Strict; Path=\/lab\/;/);
  const pair = cookie.split(";")[0] ?? "";
  const other = `other=1; ${pair}; x=y`;
  assert.equal((await get(it.page, "/lab/", { headers: { cookie: other } })).status, 200);
  // A link in a mail: a redirect would come without the cookie.
  const linked = await get(it.page, `/lab/?token=${TOKEN}`, {
    headers: {
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    },
  });
  assert.equal(linked.status, 200);
  assert.match(await linked.text(), /http-equiv="refresh" content="0;url=\/lab\/"/);
  assert.equal(linked.headers.get("set-cookie"), cookie);
});

Deno.test("a page with a token shows nothing to those who do not know it", async () => {
  await using it = watched({ token: TOKEN });
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });
  const cases: [string, Headers, number][] = [
    ["", {}, 401],
    ["", { cookie: `stripchart=${TOKEN}` }, 401],
    ["", { authorization: TOKEN }, 401],
    ["", { authorization: `Bearer ${TOKEN}` }, 200],
    ["", { authorization: `bearer ${TOKEN}` }, 200],
    ["", { authorization: `Bearer ${TOKEN}x` }, 401],
    ["", { authorization: "Bearer " }, 401],
    ["", basic(`x:${TOKEN}`), 200],
    ["", basic(TOKEN), 401],
    ["", { authorization: "Basic ???" }, 401],
    [`?token=${TOKEN}`, {}, 303],
    [`?token=${TOKEN.toUpperCase()}`, {}, 401],
    ["?token=", {}, 401],
  ];
  for (const [query, headers, status] of cases) {
    for (const path of ["/", "/api/sessions", "/static/page.css"]) {
      await it.clock.advance(60_000);
      const response = await get(it.page, `${path}${query}`, { headers });
      assert.equal(response.status, status, `${path}${query} ${JSON.stringify(headers)}`);
      assert.equal(response.headers.get("set-cookie") === null, status !== 303);
    }
  }
  const asked = await get(it.page, "/", { headers: { accept: "text/html" } });
  assert.match(asked.headers.get("content-type") ?? "", /^text\/html/);
});

Deno.test("wrong tokens are counted by address, and soon not looked at any more", async () => {
  await using it = watched({ token: TOKEN });
  const from = (hostname: string, token: string | undefined) =>
    it.page.fetch(
      new Request("http://rig.lab/api/sessions", {
        headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
      }),
      { remoteAddr: { hostname } },
    );
  for (let i = 0; i < 10; i++) assert.equal((await from("192.0.2.1", `guess-${i}`)).status, 401);
  const refused = await from("192.0.2.1", "guess");
  assert.equal(refused.status, 429);
  assert.equal(refused.headers.get("retry-after"), "6");
  // Even the right one, as the answer would tell; but neither others nor those who do not guess.
  assert.equal((await from("192.0.2.1", TOKEN)).status, 429);
  assert.equal((await from("192.0.2.1", undefined)).status, 401);
  assert.equal((await from("192.0.2.2", TOKEN)).status, 200);
  await it.clock.advance(6_000);
  assert.equal((await from("192.0.2.1", TOKEN)).status, 200);
  assert.equal((await from("192.0.2.1", "guess")).status, 401);
  assert.equal((await from("192.0.2.1", "guess")).status, 429);
});

Deno.test("Guesses remembers a bounded number of addresses", () => {
  let now = 0;
  const guesses = new Guesses(() => now);
  for (let i = 0; i < 10; i++) guesses.wrong("first");
  assert.ok(guesses.wait("first") > 0);
  for (let i = 0; i < 2_000; i++) guesses.wrong(`address ${i}`);
  assert.equal(guesses.wait("first"), 0);
  for (let i = 0; i < 11; i++) guesses.wrong("address 1999");
  assert.equal(guesses.wait("address 1999"), 3 * 6_000);
  now += 18_000;
  assert.equal(guesses.wait("address 1999"), 0);
});

Deno.test("randomToken() has 192 bits and needs no escaping", () => {
  const tokens = new Set(Array.from({ length: 100 }, randomToken));
  assert.equal(tokens.size, 100);
  for (const token of tokens) {
    assert.match(token, /^[\w-]{32}$/);
    new TokenGuard(token, "/", () => 0);
  }
  for (const bad of ["", "short", `${TOKEN};`, `${TOKEN} `, `${TOKEN}é`]) {
    assert.throws(() => new TokenGuard(bad, "/", () => 0), RangeError, bad);
  }
});
