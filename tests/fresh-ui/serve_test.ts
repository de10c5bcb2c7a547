import assert from "node:assert/strict";
import { join } from "node:path";
import type { ControlRequest, Status } from "../../fresh-ui/protocol.ts";
import { serveLive, serveView } from "../../fresh-ui/serve.ts";
import { Session } from "../../session/session.ts";
import { temporaryFolder } from "../_child.ts";
import { APART } from "../session/_session.ts";
import { until } from "./_page.ts";

/** Looks the session's file up on a server and asks for more of it. */
async function api<T>(url: string, path: string): Promise<T> {
  const response = await fetch(new URL(path, url));
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return await response.json();
}

function status(change: Partial<Status>): Status {
  return {
    now: 0,
    state: "running",
    tasks: [],
    devices: [],
    alarms: [],
    entries: 0,
    ...change,
  };
}

Deno.test("serveLive() shows in a Worker what is recorded, how the run stands, and passes on what is asked", async () => {
  using folder = temporaryFolder();
  await using session = new Session("a", { ...APART, file: join(folder.path, "a b.db") });
  await session.addEntry({ temperature: 20.5 });
  const asked: [ControlRequest, string][] = [];
  let present = status({ fraction: 0.25 });
  await using server = await serveLive({
    file: session.file,
    port: 0,
    status: () => present,
    control(request, who) {
      asked.push([request, who]);
      if (request.action === "stop") throw new Error("not now");
      return Promise.resolve({ done: true });
    },
  });
  assert.match(server.url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  assert.equal(server.token, undefined);
  const path = `api/sessions/${encodeURIComponent("a b.db")}`;
  const info = await api<{ variables: { last: { value: number } }[]; control: boolean }>(
    server.url,
    path,
  );
  assert.equal(info.variables[0]?.last.value, 20.5);
  assert.equal(info.control, true);
  await until(async () => {
    const { status } = await api<{ status: Status }>(server.url, path);
    return status.fraction === 0.25;
  });
  present = status({ fraction: 0.5 });
  await until(async () => {
    const { status } = await api<{ status: Status }>(server.url, path);
    return status.fraction === 0.5;
  });
  for (const [action, done] of [["pause", true], ["stop", false]] as const) {
    const response = await fetch(new URL(`${path}/control`, server.url), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ action, task: "t", who: "Ada" }),
    });
    assert.deepEqual(await response.json(), done ? { done } : { done, reason: "not now" });
  }
  assert.deepEqual(asked, [
    [{ action: "pause", task: "t", who: "Ada" }, "Ada at 127.0.0.1"],
    [{ action: "stop", who: "Ada" }, "Ada at 127.0.0.1"],
  ]);
});

Deno.test("serveLive() streams over a socket and ends the stream when it closes", async () => {
  using folder = temporaryFolder();
  await using session = new Session("a", { ...APART, file: join(folder.path, "a.db") });
  await session.addEntry({ a: 0 });
  const server = await serveLive({ file: session.file, port: 0 });
  const response = await fetch(new URL("api/sessions/a.db/stream", server.url));
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  let text = "";
  const reading = (async () => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
  })();
  await until(() => text.includes("event: session"));
  await session.addEntry({ a: 42 });
  await until(() => text.includes("[[42]]"));
  await server[Symbol.asyncDispose]();
  await reading;
});

Deno.test("serveLive() reads a session in memory in this thread", async () => {
  await using session = new Session(null, APART);
  await session.addEntry({ a: 1 });
  await using server = await serveLive({
    file: ":memory:",
    session,
    port: 0,
    base: "lab",
    status: () => status({ fraction: 0.5 }),
  });
  const { sessions } = await api<{ sessions: { entries: number }[] }>(server.url, "api/sessions");
  assert.equal(sessions[0]?.entries, 1);
  await until(async () => {
    const info = await api<{ status: Status }>(server.url, "api/sessions/memory");
    return info.status.fraction === 0.5;
  });
  await assert.rejects(serveLive({ file: ":memory:", port: 0 }), /without the session itself/);
});

Deno.test("serveLive() says which port is taken, and looks for another one only if none was asked for", async () => {
  using folder = temporaryFolder();
  await using session = new Session("a", { ...APART, file: join(folder.path, "a.db") });
  await session.flush();
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const asked = serveLive({ file: session.file, port });
  await assert.rejects(asked, new RegExp(`at 127.0.0.1:${port}, as that port is in use`));
  const memory = serveLive({ file: ":memory:", session, port });
  await assert.rejects(memory, new RegExp(`at 127.0.0.1:${port}, as that port is in use`));
  // Other programs of this computer may have some of the ports.
  await using one = await serveLive({ file: session.file });
  await using two = await serveLive({ file: session.file });
  assert.ok(one.addr.port >= 6913 && two.addr.port > one.addr.port && two.addr.port <= 6922);
});

Deno.test("serveLive() refuses what cannot be served before it begins", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "none.db");
  await assert.rejects(serveLive({ file, port: 0 }), /Cannot open .*none\.db/);
  for (const port of [-1, 1.5, 65_536, NaN]) {
    await assert.rejects(serveLive({ file, port }), RangeError);
  }
  await assert.rejects(serveLive({ file, port: 0, token: "short" }), /Cannot use the token/);
  await assert.rejects(serveLive({ file, port: 0, base: "a b" }), /Cannot mount/);
  await assert.rejects(serveView(file, { port: 0 }), /Cannot open/);
});

Deno.test("a page at any other address than this computer's own asks for a token that its URL has", async () => {
  using folder = temporaryFolder();
  await using session = new Session("a", { ...APART, file: join(folder.path, "a.db") });
  await session.addEntry({ a: 1 });
  await using server = await serveLive({ file: session.file, host: "0.0.0.0", port: 0 });
  const { url, token, addr } = server;
  assert.match(token ?? "", /^[\w-]{32}$/);
  assert.ok(url.endsWith(`/?token=${token}`));
  const here = `http://127.0.0.1:${addr.port}/`;
  const refused = await fetch(here);
  assert.equal(refused.status, 401);
  await refused.body?.cancel();
  const welcome = await fetch(`${here}?token=${token}`, { redirect: "manual" });
  assert.equal(welcome.status, 303);
  await welcome.body?.cancel();
  const cookie = welcome.headers.get("set-cookie")?.split(";")[0] ?? "";
  const shown = await fetch(here, { headers: { cookie } });
  assert.equal(shown.status, 200);
  await shown.body?.cancel();
});

Deno.test("serveView() shows the sessions of a folder, and why a file is none", async () => {
  using folder = temporaryFolder();
  for (const name of ["one", "two"]) {
    await using session = new Session(name, {
      ...APART,
      file: join(folder.path, `${name}.db`),
    });
    await session.addEntry({ [name]: 1 });
  }
  Deno.writeTextFileSync(
    join(folder.path, "notes.db"),
    "not a database, but long enough".repeat(50),
  );
  Deno.writeTextFileSync(join(folder.path, "secret.txt"), "x");
  await using server = await serveView(folder.path, { port: 0 });
  const { sessions, current } = await api<{
    sessions: { id: string; variables: string[]; trouble?: string }[];
    current: string;
  }>(server.url, "api/sessions");
  assert.deepEqual(sessions.map(({ id }) => id), ["two.db", "one.db", "notes.db"]);
  assert.equal(current, "two.db");
  assert.deepEqual(sessions.map(({ variables }) => variables), [["two"], ["one"], []]);
  assert.match(sessions[2]?.trouble ?? "", /it is no SQLite database/);
  for (const id of ["one.db", "two.db"]) await api(server.url, `api/sessions/${id}`);
  for (
    const id of ["secret.txt", "..%2f..%2fetc%2fpasswd", "%2fetc%2fpasswd", "..", "none.db", "."]
  ) {
    const response = await fetch(`${server.url}api/sessions/${id}`);
    const text = await response.text();
    assert.ok(response.status === 404 || id === "." || id === "..", `${id} ${text}`);
  }
});

Deno.test("a file of a folder that another one takes the name of is opened anew", async () => {
  using folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  const write = async (value: number): Promise<void> => {
    await using session = new Session("a", { ...APART, file });
    await session.addEntry({ a: value });
  };
  const last = async (url: string): Promise<number | undefined> => {
    type Info = { variables: { last: { value: number } }[] };
    return (await api<Info>(url, "api/sessions/a.db")).variables[0]?.last.value;
  };
  await write(1);
  await using server = await serveView(folder.path, { port: 0 });
  assert.equal(await last(server.url), 1);
  Deno.renameSync(file, join(folder.path, "old.db"));
  await write(2);
  assert.equal(await last(server.url), 2);
});
