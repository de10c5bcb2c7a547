import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import type { RunOptions } from "../../dsl/run.ts";
import { compile } from "../../dsl/program.ts";
import type { Node } from "../../dsl/verb.ts";
import { VERBS } from "../../dsl/registry.ts";
import type { SessionInfo } from "../../fresh-ui/protocol.ts";
import { paper } from "../session/_session.ts";

const flagsOf = (...words: string[]): Record<string, string | true> =>
  Object.fromEntries(words.map((word) => {
    const [name = "", value = true] = word.slice(2).split("=");
    return [name, value] as const;
  }));

/** What a plan needs from the network, and whether it serves a page. */
function page(nodes: readonly Node[], ...words: string[]): string | false {
  const flags = flagsOf(...words);
  const all = [{ kind: "task", task: () => {}, options: {} }, ...nodes];
  const served = compile(all, flags).beginnings.length > 0;
  const net = VERBS.flatMap((verb) => verb.permissionsOfAll?.(all, flags).net ?? []);
  assert.equal(net.length, served ? 1 : 0);
  return net[0] ?? false;
}

const PLOT = { kind: "plot", plot: { kind: "time", left: ["a"] } };

Deno.test("the page is served where there is a plot, or it was asked for, and nowhere else", () => {
  const live = (options: unknown): Node => ({ kind: "live", options }) as Node;
  const rows: readonly (readonly [readonly Node[], readonly string[], string | false])[] = [
    [[], [], false],
    [[PLOT], [], "127.0.0.1"],
    [[PLOT], ["--port=7000"], "127.0.0.1:7000"],
    [[PLOT], ["--no-live"], false],
    [[PLOT, live(false)], [], false],
    [[PLOT, live(false)], ["--port=7000"], "127.0.0.1:7000"],
    [[PLOT, live({ port: 8080 })], [], "127.0.0.1:8080"],
    [[PLOT, live({ port: 8080 })], ["--port=7000"], "127.0.0.1:7000"],
    [[live({ host: "0.0.0.0", port: 8080 })], [], "0.0.0.0:8080"],
    [[live({ host: "::1" })], [], "[::1]"],
    [[live({ port: 8080 })], ["--no-live"], false],
    [[], ["--port=7000"], "127.0.0.1:7000"],
  ];
  for (const [nodes, words, expected] of rows) {
    assert.equal(page(nodes, ...words), expected, `${JSON.stringify(nodes)} ${words}`);
  }
  assert.throws(() => page([PLOT], "--port=many"), /--port needs a number from 0 to 65535: many/);
});

Deno.test("live() refuses what can't be meant, and tells no token", () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [true, /TypeError: .*its options must be an object, or false: true/],
    [{ prt: 1 }, /TypeError: .*no option "prt"\. There are: port, host, control, token, base/],
    [{ port: "80" }, /TypeError: .*port must be a number: "80"/],
    [{ port: 70_000 }, /RangeError: .*its port must be 0 to 65535: 70000/],
    [{ token: "secret" }, /RangeError: .*its token must be 22 or more letters(?!.*secret)/],
  ];
  for (const [options, message] of refused) {
    assert.throws(() => experiment().live(options as false), (error) => {
      assert.match(String(error), message);
      return true;
    });
  }
  assert.throws(() => experiment().live({}).live({}), /was done before/);
  const token = "abcdefghijklmnopqrstuvwxyz";
  const told = experiment().live({ token });
  assert.ok(!JSON.stringify(told.plan()).includes(token));
  assert.ok(!told.describe().includes(token));
});

/** Runs an experiment with a page and gives what it printed. */
async function run(
  file: string | null,
  work: (url: string, token: () => string) => Promise<void>,
  options: Parameters<ReturnType<typeof experiment>["live"]>[0],
): Promise<{ text: string; status: string; reason: string }> {
  const terminal = paper();
  const session: RunOptions["session"] = { terminal, signals: false, exitCode: false };
  const { status, reason } = await experiment("watched")
    .task(async ({ session }) => {
      session.addEntry({ a: 1 });
      await session.flush();
      const url = /the live page is at (\S+)/.exec(terminal.text)?.[1] ?? "";
      await work(url, () => terminal.text);
      return { b: 2 };
    })
    .variable("a")
    .alarm("high", ({ a }) => a > 0)
    .plot(["b"])
    .live(options)
    .run({ args: [], file, session });
  return { text: terminal.text, status, reason };
}

async function info(url: string): Promise<SessionInfo> {
  const { current } = await (await fetch(new URL("api/sessions", url))).json();
  return await (await fetch(new URL(`api/sessions/${current}`, url))).json();
}

for (const where of ["a file", "memory"]) {
  Deno.test(`an experiment whose session is in ${where} serves its page while it runs`, async () => {
    const folder = Deno.makeTempDirSync();
    const file = where === "memory" ? null : `${folder}/watched.db`;
    try {
      let seen: SessionInfo | undefined;
      let address = "";
      const { status } = await run(file, async (url) => {
        address = url;
        seen = await info(url);
      }, { port: 0 });
      assert.equal(status, "completed");
      assert.deepEqual(seen?.plots, [{ kind: "time", left: ["b"] }]);
      assert.equal(seen?.status.state, "running");
      assert.equal(seen?.control, false);
      assert.deepEqual(seen?.variables.map(({ name }) => name), ["a"]);
      await assert.rejects(fetch(address), "the page ends with the run");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  });
}

Deno.test("whoever watches sees how the run ended", async () => {
  let watching: Promise<string> = Promise.resolve("");
  const begun = Promise.withResolvers<void>();
  await run(null, async (url) => {
    const { current } = await (await fetch(new URL("api/sessions", url))).json();
    const response = await fetch(new URL(`api/sessions/${current}/stream`, url));
    watching = (async () => {
      let text = "";
      for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += part;
        begun.resolve();
      }
      return text;
    })();
    await begun.promise;
  }, { port: 0 });
  const told = [...(await watching).matchAll(/^event: status\ndata: (.*)$/gm)];
  assert.equal(JSON.parse(told.at(-1)?.[1] ?? "{}").state, "completed");
});

Deno.test("the page may note, pause and stop where that is allowed, and each use is kept with who it was", async () => {
  const folder = Deno.makeTempDirSync();
  const file = `${folder}/watched.db`;
  try {
    const { status, reason, text } = await run(file, async (url) => {
      const post = async (body: unknown): Promise<unknown> => {
        const response = await fetch(new URL("api/sessions/watched.db/control", url), {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        });
        return await response.json();
      };
      assert.deepEqual(await post({ action: "note", text: "smells", who: "Anna" }), { done: true });
      const paused = await post({ action: "pause", task: "nothing", who: "Anna" });
      assert.match(JSON.stringify(paused), /"done":false.*does not run/);
      const acknowledged = await post({ action: "acknowledge", alarm: "hot", who: "Anna" });
      assert.match(JSON.stringify(acknowledged), /"done":false.*"hot\\"\. There are: \\"high\\"/);
      assert.deepEqual(await post({ action: "acknowledge", alarm: "high", who: "Anna" }), {
        done: true,
      });
      assert.deepEqual(await post({ action: "stop", who: "Anna" }), { done: true });
    }, { port: 0, control: true });
    assert.equal(status, "completed");
    assert.match(reason, /Anna at 127\.0\.0\.1 asked for it on the page/);
    assert.match(text, /smells/);
    const { openSession } = await import("../../session/open_session.ts");
    using saved = openSession(file);
    const [note] = saved.events({ kinds: ["note"] });
    assert.equal(note?.message, "smells");
    assert.deepEqual(note?.data, { by: "Anna at 127.0.0.1" });
    const alarms = saved.events({ kinds: ["alarm"] }).map(({ message }) => message);
    assert.ok(alarms.includes("acknowledged by Anna at 127.0.0.1"), alarms.join());
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a port that is asked for and taken is refused before any device opens", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  let opened = false;
  const { status, reason } = await experiment("watched")
    .device("bath", () => {
      opened = true;
      return { temperature: () => 20 };
    })
    .every("1s", ({ bath }) => ({ t: bath.temperature() }))
    .live({ port: taken.addr.port })
    .run({
      args: [],
      file: null,
      quiet: true,
      session: { terminal: null, signals: false, exitCode: false },
    });
  assert.equal(status, "failed");
  assert.match(reason, /that port is in use/);
  assert.equal(opened, false);
});

Deno.test("a token is asked for anywhere but on loopback, and is kept nowhere", async () => {
  const folder = Deno.makeTempDirSync();
  const file = `${folder}/watched.db`;
  try {
    let token = "";
    await run(file, async (url) => {
      token = new URL(url).searchParams.get("token") ?? "";
      const { port } = new URL(url);
      const unknown = await fetch(`http://127.0.0.1:${port}/`);
      assert.equal(unknown.status, 401);
      await unknown.body?.cancel();
      const headers = { authorization: `Bearer ${token}` };
      const known = await fetch(`http://127.0.0.1:${port}/api/sessions`, { headers });
      assert.equal(known.status, 200);
      await known.body?.cancel();
    }, { port: 0, host: "0.0.0.0" });
    assert.ok(token.length >= 22);
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(file));
    assert.ok(!text.includes(token));
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
