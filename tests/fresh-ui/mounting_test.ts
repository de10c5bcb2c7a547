import assert from "node:assert/strict";
import { Hono } from "hono";
import type { LivePage } from "../../fresh-ui/driven_page.ts";
import { StreamReader, watched } from "./_page.ts";

/** Answers a request, as something that a page is mounted in does. */
type Handler = (request: Request) => Response | Promise<Response>;

/** Where a page may be, and how it is put there. */
const MOUNTS: Readonly<Record<string, { base: string; mount: (page: LivePage) => Handler }>> = {
  "at the root": { base: "", mount: (page) => page.fetch },
  "under /lab": { base: "/lab", mount: (page) => page.fetch },
  "under /a/b/": { base: "/a/b/", mount: (page) => page.fetch },
  "in a Hono app, behind a middleware that looks at everything": {
    base: "/lab",
    mount(page): Handler {
      const app = new Hono();
      app.use(async (c, next) => {
        await next();
        c.res.headers.set("x-foreign", "1");
      });
      app.get("/", (c) => c.text("the house"));
      app.all("/lab", (c) => page.fetch(c.req.raw));
      app.all("/lab/*", (c) => page.fetch(c.req.raw));
      return (request) => app.fetch(request);
    },
  },
  "in an app shaped as Fresh's": {
    base: "/lab",
    mount(page): Handler {
      const handlers: Record<string, (ctx: { req: Request }) => Promise<Response>> = {
        "/lab": (ctx) => page.fetch(ctx.req),
        "/lab/*": (ctx) => page.fetch(ctx.req),
      };
      return (req) => {
        const { pathname } = new URL(req.url);
        return handlers[pathname === "/lab" ? "/lab" : "/lab/*"]?.({ req }) ??
          new Response(null, { status: 404 });
      };
    },
  },
};

for (const [where, { base, mount }] of Object.entries(MOUNTS)) {
  Deno.test(`a page works ${where}`, async () => {
    const asked: unknown[] = [];
    await using it = watched({
      base,
      control: (request) => {
        asked.push(request);
        return Promise.resolve({ done: true });
      },
    });
    await it.session.addEntry({ a: 1 });
    const handle = mount(it.page);
    const path = base.replace(/\/$/, "");
    const ask = async (rest: string, init: RequestInit = {}): Promise<Response> =>
      await handle(new Request(`http://localhost${path}${rest}`, init));
    const html = await (await ask("/")).text();
    const links = [...html.matchAll(/<(?:link|script|img)\b[^>]*?\b(?:src|href)="([^"]*)"/g)].map((
      [, link],
    ) => link ?? "");
    assert.ok(links.length > 0);
    for (const link of links) {
      assert.ok(link.startsWith(`${path}/static/`), link);
      assert.equal((await handle(new Request(`http://localhost${link}`))).status, 200);
    }
    assert.ok(html.includes(`"base":"${path}"`));
    const { sessions } = await (await ask("/api/sessions")).json();
    assert.equal(sessions[0].id, "memory");
    assert.equal((await ask("/sessions/memory")).status, 200);
    assert.equal((await ask("/api/sessions/memory/tiles?name=a")).status, 200);
    assert.equal((await ask("/api/nothing")).status, 404);
    const control = await ask("/api/sessions/memory/control", {
      method: "POST",
      headers: { "content-type": "application/json", "origin": "http://localhost" },
      body: `{"action":"stop"}`,
    });
    assert.equal(control.status, 200);
    assert.deepEqual(asked, [{ action: "stop" }]);
    await using stream = new StreamReader(await ask("/api/sessions/memory/stream?since=0"));
    const events = (await stream.arrived()).map(({ event }) => event);
    assert.deepEqual(events, ["session", "events", "entries"]);
    if (path !== "") {
      const bare = await ask("?a=b");
      assert.equal(bare.status, 308);
      assert.equal(bare.headers.get("location"), `${path}/?a=b`);
    }
  });
}

Deno.test("a page under /lab leaves what is beside it alone", async () => {
  await using it = watched({ base: "/lab" });
  for (const path of ["/", "/laboratory", "/api/sessions", "/lab2/"]) {
    const response = await it.page.fetch(new Request(`http://localhost${path}`));
    assert.equal(response.status, 404, path);
  }
});
