import assert from "node:assert/strict";
import { RemoteObserver } from "../../fresh-ui/remote_observer.ts";
import { parsePythonJson } from "../../fresh-ui/remote/pymanip.ts";
import { serveLive, serveView } from "../../fresh-ui/serve.ts";
import { Session } from "../../session/session.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { join } from "node:path";
import { temporaryFolder } from "../_child.ts";
import { APART } from "../session/_session.ts";

const HARD = [1 / 3, -0, NaN, Infinity, -Infinity, 5e-324, 1.7976931348623157e308, 2 ** 53];

Deno.test("RemoteObserver gives what was recorded meanwhile, number by number", async () => {
  await using session = new Session(null, APART);
  await session.addEntry({ before: 1 });
  await session.saveParameters({ gain: 2, ["__proto__"]: Infinity });
  await using server = await serveLive({ file: ":memory:", session, port: 0, base: "/lab" });
  const rig = new RemoteObserver(server.url);
  await assert.rejects(rig.stopRecording(), /it was not started/);
  await rig.startRecording();
  assert.equal(rig.server, "stripchart");
  const names = ["a", 'b, "b"\r\n', "__proto__"];
  for (const value of HARD) {
    await session.addEntry(Object.fromEntries(names.map((name) => [name, value])));
    await session.addEntry({ alone: value });
  }
  const [t] = session.loggedVariable("a");
  const { series, parameters, from, to, source } = await rig.stopRecording();
  assert.deepEqual(Object.keys(series).sort(), [...names, "alone"].sort());
  for (const name of [...names, "alone"]) {
    assert.deepEqual(series[name]?.values, Float64Array.from(HARD), name);
  }
  assert.deepEqual(series["a"]?.t, t);
  assert.ok(from <= (t[0] ?? 0) && to >= (t.at(-1) ?? Infinity));
  assert.equal(source, server.url);
  assert.deepEqual(Object.entries(parameters), [["gain", 2], ["__proto__", Infinity]]);
  const last = await rig.getLastValues();
  assert.deepEqual(Object.keys(last), ["before", ...names, "alone"]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(last, "__proto__")?.value, 2 ** 53);
  await assert.rejects(rig.stopRecording(), /it was not started/);
});

Deno.test("RemoteObserver chooses among sessions, and names them if there is no such one", async () => {
  using folder = temporaryFolder();
  for (const [name, value] of [["one", 1], ["two", 2]] as const) {
    await using session = new Session(name, { ...APART, file: join(folder.path, `${name}.db`) });
    await session.addEntry({ a: value });
  }
  await using server = await serveView(folder.path, { port: 0 });
  assert.equal((await new RemoteObserver(server.url).getLastValues())["a"], 2);
  const one = new RemoteObserver(server.url, { session: "one.db" });
  assert.equal((await one.getLastValues())["a"], 1);
  const none = new RemoteObserver(server.url, { session: "three.db" });
  await assert.rejects(none.getLastValues(), /"three.db", as http.* has "two.db", "one.db"/);
});

Deno.test("RemoteObserver sends the token that it was given, or that is in the address", async () => {
  const token = "0123456789abcdefghijkl";
  await using session = new Session(null, APART);
  await session.addEntry({ a: 1 });
  await using server = await serveLive({ file: ":memory:", session, port: 0, token });
  const bare = new URL("/", server.url);
  assert.equal((await new RemoteObserver(server.url).getLastValues())["a"], 1);
  assert.equal((await new RemoteObserver(bare, { token }).getLastValues())["a"], 1);
  await assert.rejects(
    new RemoteObserver(bare).getLastValues(),
    /answered 401: .*without its token/,
  );
});

/** A server that speaks pymanip's API as pymanip does. */
function pymanip() {
  const asked: unknown[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const answers: Record<string, string> = {
      "/api/server_current_ts": `{"now": 1000.5}`,
      "/api/logged_last_values":
        `[{"name": "T \\"NaN\\"", "value": Infinity, "datestr": "x"}, {"name": "U", "value": null, "datestr": "y"}]`,
      "/api/get_parameters": `{"gain": -Infinity, "n": 3}`,
    };
    const { pathname } = new URL(request.url);
    if (pathname === "/api/data_from_ts") {
      const body = await request.json();
      asked.push(body);
      return new Response(body.name === "U" ? "[]" : "[[1001.25, 1.5], [1002.0, NaN]]");
    }
    return new Response(answers[pathname] ?? "404", { status: pathname in answers ? 200 : 404 });
  });
  return { server, asked, url: `127.0.0.1:${server.addr.port}` };
}

Deno.test("RemoteObserver speaks to pymanip's server too", async () => {
  const { server, asked, url } = pymanip();
  await using _ = { [Symbol.asyncDispose]: () => server.shutdown() };
  const rig = new RemoteObserver(url);
  assert.deepEqual({ ...await rig.getLastValues() }, { 'T "NaN"': Infinity, U: NaN });
  assert.equal(rig.server, "pymanip");
  assert.deepEqual({ ...await rig.getParameters() }, { gain: -Infinity, n: 3 });
  await rig.startRecording();
  const { series, from, to } = await rig.stopRecording();
  assert.deepEqual([from, to], [1000.5, 1000.5]);
  assert.deepEqual(asked, [{ name: 'T "NaN"', last_ts: 1000.5 }, { name: "U", last_ts: 1000.5 }]);
  assert.deepEqual({ ...series }, {
    'T "NaN"': { t: Float64Array.of(1001.25, 1002), values: Float64Array.of(1.5, NaN) },
  });
});

Deno.test("parsePythonJson() reads what Python writes", () => {
  const cases: [string, unknown][] = [
    [`[NaN, Infinity, -Infinity, 1e5]`, ["NaN", "Infinity", "-Infinity", 1e5]],
    [`{"NaN": "NaN, \\"Infinity", "b": -Infinity}`, { NaN: `NaN, "Infinity`, b: "-Infinity" }],
    [`"\\\\"`, "\\"],
    [`null`, null],
  ];
  for (const [text, expected] of cases) assert.deepEqual(parsePythonJson(text), expected, text);
  assert.throws(() => parsePythonJson("<html>"), SyntaxError);
});

Deno.test("RemoteObserver takes addresses as people write them", async () => {
  const requested: string[] = [];
  const real = globalThis.fetch;
  globalThis.fetch = (input) => {
    requested.push(String(input));
    return Promise.reject(new TypeError("refused"));
  };
  try {
    const cases: [string | URL, string][] = [
      ["rig", "http://rig:6913/api/sessions"],
      ["rig.lab:80", "http://rig.lab/api/sessions"],
      ["rig.lab:7000", "http://rig.lab:7000/api/sessions"],
      ["rig.lab/lab", "http://rig.lab:6913/lab/api/sessions"],
      ["http://rig.lab/lab/?x=1#y", "http://rig.lab/lab/api/sessions"],
      [new URL("https://rig.lab"), "https://rig.lab/api/sessions"],
      ["[::1]:7000", "http://[::1]:7000/api/sessions"],
    ];
    for (const [address, expected] of cases) {
      await assert.rejects(
        new RemoteObserver(address).getLastValues(),
        /Cannot read from .*, as refused\. Is the experiment running there\?/,
      );
      assert.equal(requested.at(-1), expected);
    }
  } finally {
    globalThis.fetch = real;
  }
  assert.throws(() => new RemoteObserver("a b"), /it is no address/);
});

Deno.test("RemoteObserver gives up a server that is silent, and ends when it is told to", async () => {
  const clock = new VirtualClock({ automatic: false });
  const parts: ReadableStreamDefaultController<Uint8Array>[] = [];
  let silent = true;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    const stream = new ReadableStream<Uint8Array>({ start: (one) => void parts.push(one) });
    return silent ? new Promise<Response>(() => {}) : new Response(stream);
  });
  const address = `127.0.0.1:${server.addr.port}`;
  const rig = new RemoteObserver(address, { clock, timeout: 5_000 });
  const first = assert.rejects(rig.getLastValues(), /as nothing came for 5000 ms/);
  await clock.advance(5_000);
  await first;
  const controller = new AbortController();
  const second = assert.rejects(rig.getLastValues(controller.signal), /enough/);
  controller.abort(new Error("enough"));
  await second;
  silent = false;
  const third = assert.rejects(rig.getLastValues(), /as nothing came for 5000 ms/);
  while (parts.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  parts[0]?.enqueue(new TextEncoder().encode(`{"sessions": [`));
  while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  // The head and the first part came in time; the second does not.
  await new Promise((resolve) => setTimeout(resolve, 50));
  await clock.advance(5_000);
  await third;
  await server.shutdown();
});
