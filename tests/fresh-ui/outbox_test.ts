import assert from "node:assert/strict";
import { h } from "preact";
import { render } from "preact-render-to-string";
import { Notifications } from "../../fresh-ui/components/lists.tsx";
import type { SessionInfo } from "../../fresh-ui/protocol.ts";
import { DeliveryError } from "../../session/outbox/types.ts";
import { alarm, recording } from "../session/outbox/_channels.ts";
import { get, getJson, watched } from "./_page.ts";

const SESSION = "/api/sessions/memory";

Deno.test("GET api/sessions/:file tells how messages stand once there is one, and the page shows it", async () => {
  await using it = watched();
  const { session, page, clock } = it;
  const id = (await getJson<{ sessions: { id: string }[] }>(page, "/api/sessions")).sessions[0]?.id;
  const status = async () =>
    (await getJson<SessionInfo>(page, `/api/sessions/${id ?? SESSION}`)).status.outbox;
  assert.equal(await status(), undefined);
  assert.doesNotMatch(await (await get(page, "/")).text(), /aria-label="Notifications"/);
  let why: Error | undefined = new Error("no route <to> host");
  await session.addChannel(recording("mail", () => {
    if (why !== undefined) throw why;
  }));
  await session.notify(alarm("one"));
  await clock.advance(0);
  assert.deepEqual(await status(), {
    waiting: 1,
    sent: 0,
    failed: 0,
    lastError: "no route <to> host",
  });
  assert.match(
    await (await get(page, "/")).text(),
    /aria-label="Notifications".*no route &lt;to/s,
  );
  why = new DeliveryError("refused", { permanent: true });
  await session.notify(alarm("two"));
  await clock.advance(0);
  assert.deepEqual(await status(), { waiting: 1, sent: 0, failed: 1, lastError: "refused" });
  why = undefined;
  await clock.advance(60_000);
  assert.deepEqual(await status(), { waiting: 0, sent: 1, failed: 1 });
});

Deno.test("Notifications() shows the figures and why the latest attempt failed", () => {
  const outbox = { waiting: 2, sent: 1234, failed: 1, lastError: "down" };
  const text = render(h(Notifications, { outbox }));
  assert.match(text, /Sent<\/td><td class="right">1,?\s?234</);
  assert.match(text, /Given up<\/td><td class="right alert">1</);
  assert.match(text, /<td class="soft" colspan="2">down<\/td>/);
});
