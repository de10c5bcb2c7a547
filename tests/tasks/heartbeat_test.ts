import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import { Session } from "../../session/session.ts";
import type { SessionOptions } from "../../session/session_types.ts";
import { every } from "../../tasks/every.ts";
import { heartbeat } from "../../tasks/heartbeat.ts";
import type { HeartbeatOptions } from "../../tasks/heartbeats/options.ts";
import { lasting } from "../../tasks/lasting.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { APART, START } from "../session/_session.ts";
import { commandLine, gather } from "../../command_line/permissions.ts";
import { VERBS } from "../../dsl/registry.ts";

/** A service that counts beats. What it answers can be changed. */
class Service implements AsyncDisposable {
  /** What was asked: method, path and body. */
  readonly asked: string[] = [];
  /** How many answers have come to whoever asked. */
  answered = 0;
  /** How it answers. */
  answer: () => Response | Promise<Response> = () => new Response("OK");
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #hanging: (() => void)[] = [];
  readonly #restore: () => void;

  constructor() {
    const { fetch } = globalThis;
    globalThis.fetch = async (...args) => {
      const response = await fetch(...args);
      this.answered++;
      return response;
    };
    this.#restore = () => {
      globalThis.fetch = fetch;
    };
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen: () => {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        this.asked.push(`${request.method} ${pathname} ${await request.text()}`.trim());
        return await this.answer();
      },
    );
  }

  /** Its host and port. */
  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** Where beats go. */
  get url(): string {
    return `http://${this.host}/secret`;
  }

  /** An answer that does not come before the end. */
  hang = (): Promise<Response> =>
    new Promise((resolve) => this.#hanging.push(() => resolve(new Response())));

  async [Symbol.asyncDispose](): Promise<void> {
    this.#restore();
    for (const release of this.#hanging) release();
    await this.#server.shutdown();
  }
}

/** Lets what is real, such as the network, happen until something is so. Time stands still meanwhile. */
async function until(what: string, holds: () => boolean): Promise<void> {
  for (let tries = 0; !holds(); tries++) {
    assert.ok(tries < 1_000, `it never became so: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** A run whose time moves when it is told to. */
function rig(
  options: HeartbeatOptions,
  step: () => Record<string, number> | void,
  make: (options: SessionOptions) => Session = (others) => new Session(null, others),
) {
  const clock = new VirtualClock({ start: START * 1e6, automatic: false });
  const session = make({ ...APART, clock });
  const over = session.monitor(every("10s", step, { name: "bath" }), heartbeat(options));
  const told = (): string[] =>
    session.events({ kinds: ["heartbeat"] }).map(({ level, message }) => `${level}: ${message}`);
  return {
    clock,
    session,
    told,
    /** Ends the run. */
    async end(): Promise<void> {
      session.askExit("enough");
      await over;
      await session.close();
    },
  };
}

Deno.test("heartbeat() asks an address at its interval, and says at the end how it went", async () => {
  await using service = new Service();
  const { url } = service;
  const { clock, session, end } = rig(
    { url, every: "1min", end: "{url}/0", fail: "{url}/fail" },
    () => ({ a: 1 }),
  );
  for (let minute = 0; minute < 3; minute++) {
    await clock.advance(minute === 0 ? 0 : 60_000);
    await until("a beat", () => service.answered === minute + 1);
  }
  await end();
  assert.deepEqual(service.asked, ["GET /secret", "GET /secret", "GET /secret", "GET /secret/0"]);
  void session;
});

Deno.test("heartbeat() tells of a run that failed at its own address, and POSTs what a beat says", async () => {
  await using service = new Service();
  const { clock, session, end } = rig(
    { url: service.url, method: "POST", fail: `http://${service.host}/failed` },
    () => ({ a: 1 }),
  );
  await clock.advance(0);
  await until("a beat", () => service.answered === 1);
  session.fail(new Error("broken"));
  await end();
  const [first = "", last = ""] = service.asked;
  const { state, time, seq } = JSON.parse(first.replace("POST /secret ", ""));
  assert.deepEqual([state, time], ["running", "2026-01-01T00:00:00.000Z"]);
  assert.ok(seq > 0);
  assert.match(last, /^POST \/failed \{"state":"failed",/);
});

Deno.test("heartbeat() says nothing at the end where there is no place for it", async () => {
  await using service = new Service();
  const { clock, end } = rig({ url: service.url, fail: "{url}/fail" }, () => ({ a: 1 }));
  await clock.advance(0);
  await until("a beat", () => service.answered === 1);
  await end();
  await clock.advance(600_000);
  assert.equal(service.asked.length, 1);
});

Deno.test("heartbeat() goes on until the session is over, and beats once where tasks run again", async () => {
  await using service = new Service();
  const clock = new VirtualClock({ start: START * 1e6, automatic: false });
  const session = new Session(null, { ...APART, clock });
  const tasks = () => [every("10s", () => ({ a: 1 })), heartbeat({ url: service.url })];
  for (let round = 0; round < 3; round++) {
    const over = session.monitor(...tasks(), lasting("15s"));
    await clock.advance(0);
    await until("the first beat", () => service.answered >= 1);
    for (let step = 0; step < 4; step++) await clock.advance(5_000);
    await over;
  }
  await until("the second beat, after a minute", () => service.answered >= 2);
  await session.close();
  assert.equal(service.asked.length, 2);
});

Deno.test("a service that hangs delays nothing, and what did not get through is told once", async () => {
  await using service = new Service();
  const entries: number[] = [];
  const { clock, told, end } = rig({ url: service.url, every: "20s", timeout: "5s" }, () => {
    entries.push(clock.monotonic() / 1e3);
    return { a: 1 };
  });
  await clock.advance(0);
  await until("a beat", () => service.answered === 1);
  service.answer = service.hang;
  for (let beat = 1; beat <= 3; beat++) {
    await clock.advance(beat === 1 ? 20_000 : 15_000);
    await until("a beat that hangs", () => service.asked.length === beat + 1);
    await clock.advance(5_000);
  }
  service.answer = () => new Response("OK");
  await clock.advance(15_000);
  await until("a beat", () => service.asked.length === 5);
  await until("that it is told", () => told().length === 2);
  assert.deepEqual(told(), [
    "warning: no beat: it did not get through within 5s",
    "info: it beats again; 3 beats were left out",
  ]);
  assert.deepEqual(entries, [0, 10, 20, 30, 40, 50, 60, 70, 80]);
  await end();
});

Deno.test("what a service refuses, and one that is not there, is told without the address", async () => {
  await using service = new Service();
  service.answer = () => new Response("no", { status: 500 });
  const { clock, told, end } = rig({ url: service.url, every: "20s" }, () => ({ a: 1 }));
  await clock.advance(0);
  await until("that it is told", () => told().length === 1);
  await clock.advance(20_000);
  await until("another beat", () => service.asked.length === 2);
  assert.deepEqual(told(), [`warning: no beat: ${service.host} answered 500`]);
  await end();

  const gone = new Service();
  const { url, host } = gone;
  await gone[Symbol.asyncDispose]();
  const other = rig({ url, every: "20s" }, () => ({ a: 1 }));
  await other.clock.advance(0);
  await until("that it is told", () => other.told().length === 1);
  assert.match(other.told()[0] ?? "", new RegExp(`^warning: no beat: ${host} cannot be reached: `));
  assert.ok(!(other.told()[0] ?? "").includes("secret"));
  await other.end();
});

Deno.test("heartbeat() does not beat while what was recorded is not on disk", async () => {
  await using service = new Service();
  class Stuck extends Session {
    stuck = false;
    flushes = 0;
    override flush(): Promise<void> {
      this.flushes++;
      return this.stuck ? new Promise(() => {}) : super.flush();
    }
  }
  let stuck: Stuck | undefined;
  const { clock, told, end } = rig(
    { url: service.url, every: "20s", timeout: "5s" },
    () => ({ a: 1 }),
    (options) => stuck = new Stuck(null, options),
  );
  await clock.advance(0);
  await until("a beat", () => service.answered === 1);
  assert.ok(stuck !== undefined);
  stuck.stuck = true;
  for (let beat = 0; beat < 4; beat++) await clock.advance(20_000);
  assert.equal(service.asked.length, 1);
  assert.equal(stuck.flushes, 2, "of one that does not end no second one is begun");
  assert.deepEqual(told(), ["warning: no beat: what was recorded is not on disk within 5s"]);
  await end();
});

Deno.test("heartbeat() does not beat when nothing is recorded any more, and beats again when it is", async () => {
  await using service = new Service();
  let recording = true;
  const { clock, told, end } = rig(
    { url: service.url, every: "20s" },
    () => recording ? { a: 1 } : undefined,
  );
  const beats = async (count: number): Promise<void> => {
    await until(`${count} beats`, () => service.answered === count);
  };
  await clock.advance(0);
  await beats(1);
  recording = false;
  // Three times the interval of beats, which is the longer one, may pass.
  for (let beat = 2; beat <= 4; beat++) {
    await clock.advance(20_000);
    await beats(beat);
  }
  for (let beat = 0; beat < 5; beat++) await clock.advance(20_000);
  assert.equal(service.asked.length, 4);
  recording = true;
  await clock.advance(10_000);
  await clock.advance(10_000);
  await beats(5);
  await until("that it is told", () => told().length === 2);
  assert.deepEqual(told(), [
    "warning: no beat: nothing was recorded for longer than 1min",
    "info: it beats again; 5 beats were left out",
  ]);
  await end();
});

Deno.test("heartbeat() takes a longer silence where a task is slow, or as it is told", async () => {
  const rows: readonly (readonly [silence: "15min" | undefined, left: number])[] = [
    [undefined, 31],
    ["15min", 16],
  ];
  for (const [silence, beats] of rows) {
    await using service = new Service();
    const clock = new VirtualClock({ start: START * 1e6, automatic: false });
    const session = new Session(null, { ...APART, clock });
    let n = 0;
    const over = session.monitor(
      every("10min", () => n++ === 0 ? { a: 1 } : undefined, { name: "slow" }),
      heartbeat({ url: service.url, ...silence === undefined ? {} : { silence } }),
    );
    for (let minute = 0; minute < 40; minute++) {
      await clock.advance(minute === 0 ? 0 : 60_000);
      const expected = Math.min(minute + 1, beats);
      await until(`beat ${expected}`, () => service.answered === expected);
    }
    session.askExit("enough");
    await over;
    await session.close();
  }
});

Deno.test("heartbeat() writes a file, in one piece, with the time and how far all is on disk", async () => {
  const folder = Deno.makeTempDirSync();
  const file = `${folder}/alive`;
  try {
    const { clock, end } = rig({ file, every: "20s" }, () => ({ a: 1 }));
    const read = (): { state: string; time: string; seq: number } =>
      JSON.parse(Deno.readTextFileSync(file));
    const beatAt = async (time: string): Promise<void> => {
      await until(`a beat at ${time}`, () => {
        try {
          return read().time === time;
        } catch (error) {
          if (error instanceof Deno.errors.NotFound) return false;
          throw error;
        }
      });
      // The file is there a moment before the program knows.
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    await clock.advance(0);
    await beatAt("2026-01-01T00:00:00.000Z");
    const { seq } = read();
    await clock.advance(20_000);
    await beatAt("2026-01-01T00:00:20.000Z");
    assert.equal(read().state, "running");
    assert.ok(read().seq > seq);
    await end();
    assert.equal(read().state, "completed");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["alive"]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("a file that can't be written is told, and the run goes on", async () => {
  const { clock, told, end, session } = rig(
    { file: "/nonexistent/alive", every: "20s" },
    () => ({ a: 1 }),
  );
  await clock.advance(0);
  await until("that it is told", () => told().length === 1);
  assert.match(told()[0] ?? "", /^warning: no beat: No such file or directory/);
  await end();
  assert.equal((await session.close()).status, "completed");
});

Deno.test("heartbeat() refuses what can't be meant, and repeats no address", () => {
  const rows: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^TypeError: .*must be an object with url or file$/],
    [{}, /^TypeError: .*needs either url or file$/],
    [{ url: "https://a.b", file: "x" }, /^TypeError: .*needs either url or file$/],
    [{ url: "hc-ping.com/secret" }, /^TypeError: .*url must be an address that begins with https:/],
    [{ url: "ftp://secret" }, /^TypeError: .*url must be an address/],
    [{ url: "https://a.b", fail: "/secret" }, /^TypeError: .*fail must be an address/],
    [{ url: "https://a.b", end: 7 }, /^TypeError: .*end must be an address/],
    [{ url: "https://a.b", method: "PUT" }, /^TypeError: .*method must be "GET" or "POST": "PUT"$/],
    [{ file: "" }, /^TypeError: .*file must be a path: ""$/],
    [{ file: "x", end: "y" }, /^TypeError: .*no option "end"\. There are: file, every, silence/],
    [{ file: "x", every: 7 }, /^TypeError: Cannot set the heartbeat up: .*bare number 7/],
    [{ file: "x", every: "0s" }, /^RangeError: .*every must be longer than nothing$/],
    [{ file: "x", timeout: "0s" }, /^RangeError: .*timeout must be longer than nothing$/],
    [{ file: "x", silence: "0s" }, /^RangeError: .*silence must be longer than nothing$/],
  ];
  for (const [options, message] of rows) {
    for (const attempt of [heartbeat, (given: HeartbeatOptions) => experiment().heartbeat(given)]) {
      assert.throws(() => attempt(options as HeartbeatOptions), (error) => {
        assert.match(String(error), message);
        assert.ok(!String(error).includes("secret"));
        return true;
      });
    }
  }
});

Deno.test("an experiment's heartbeat needs exactly its hosts and files, and its plan tells no secret", () => {
  const made = experiment("x")
    .every("1s", () => ({ a: 1 }))
    .heartbeat({
      url: "https://hc-ping.com/secret",
      end: "{url}/0",
      fail: "http://other.example:8000/secret",
    })
    .heartbeat({ file: "x.alive" });
  const text = JSON.stringify(made.plan()) + made.describe();
  assert.ok(!text.includes("secret"), text);
  const verb = VERBS.find(({ kind }) => kind === "heartbeat");
  const nodes = [
    ["url", { url: "https://hc-ping.com/s", end: "{url}/0", fail: "http://other.example:8000/s" }],
    ["file", { file: "x.alive" }],
  ] as const;
  const needed = nodes.map(([, options]) => {
    const node = verb?.node([options], []);
    return node === undefined ? {} : verb?.permissions?.(node, {}) ?? {};
  });
  assert.equal(
    commandLine("x.ts", gather(needed), []),
    "deno run --allow-read=x.alive.new --allow-write=x.alive,x.alive.new " +
      "--allow-net=hc-ping.com:443,other.example:8000 x.ts",
  );
});

Deno.test("an experiment's heartbeat goes on until its devices are closed, and a dry run gives none", async () => {
  await using service = new Service();
  const asked: number[] = [];
  const made = experiment("x")
    .device("bath", () => ({
      temperature: () => 20,
      [Symbol.asyncDispose]: async () => {
        const { length } = service.asked;
        await until("a beat while it closes", () => service.asked.length > length);
        asked.push(service.asked.length);
      },
    }), { simulate: { temperature: () => 20 } })
    .every("10ms", ({ bath }) => ({ t: bath.temperature() }))
    .heartbeat({ url: service.url, every: "20ms", end: "{url}/0" })
    .for("50ms");
  await made.dryRun();
  assert.equal(service.asked.length, 0);
  const { status } = await made.run({
    args: [],
    file: null,
    quiet: true,
    session: { terminal: null, signals: false, exitCode: false },
  });
  assert.equal(status, "completed");
  assert.equal(asked.length, 1);
  assert.equal(service.asked.at(-1), "GET /secret/0");
});
