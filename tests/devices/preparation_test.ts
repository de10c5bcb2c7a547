import assert from "node:assert/strict";
import type { DeviceEvent } from "../../devices/device.ts";
import type { MessageSession } from "../../devices/message_session.ts";
import { open } from "../../devices/open.ts";
import { serveHislip } from "../../devices/transports/hislip/mod.ts";
import { socket, visa, type VisaOptions } from "../../devices/visa.ts";
import { systemClock } from "../../time/system_clock.ts";
import { named, tcpInstrument } from "./_tcp_instrument.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes).trim();

/** An instrument with a setting that each connection has anew, and a name that may change. */
class Meter implements AsyncDisposable {
  /** What each connection was told, in order. */
  readonly heard: string[][] = [];
  /** What it says it is, connection by connection; the last goes on. Silent if undefined. */
  names: (string | undefined)[] = ["ACME,DMM,1,1.0"];
  readonly #server = tcpInstrument(async (peer) => {
    const heard: string[] = [];
    this.heard.push(heard);
    const name = this.names.length > 1 ? this.names.shift() : this.names[0];
    let range = "none";
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      heard.push(line);
      if (line === "*IDN?" && name !== undefined) await peer.send(`${name}\n`);
      else if (line.startsWith("RANGE ")) range = line.slice(6);
      else if (line === "RANGE?") await peer.send(`${range}\n`);
      else if (line === "POWER") return;
    }
  });

  get port(): number {
    return this.#server.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server[Symbol.asyncDispose]();
  }
}

async function loseAndAsk(session: MessageSession): Promise<string> {
  await assert.rejects(session.query("POWER"), named("LinkError"));
  return await session.query("RANGE?");
}

Deno.test("setup is done at the opening, and again on each link that takes a lost one's place", async () => {
  await using meter = new Meter();
  const options: VisaOptions = { setup: (session) => session.write("RANGE 10") };
  await using session = await open(socket("127.0.0.1", meter.port, options));
  assert.equal(await session.query("RANGE?"), "10");
  assert.equal(await loseAndAsk(session), "10");
  assert.deepEqual(meter.heard, [["RANGE 10", "RANGE?", "POWER"], ["RANGE 10", "RANGE?"]]);
});

Deno.test("setup is done again on a new connection that was made after a time-out", async () => {
  await using meter = new Meter();
  const options: VisaOptions = { setup: (session) => session.write("RANGE 10") };
  await using session = await open(socket("127.0.0.1", meter.port, options));
  await assert.rejects(session.query("SILENT?", { timeout: "20ms" }), named("TimeoutError"));
  assert.equal(await session.query("RANGE?"), "10");
  assert.deepEqual(meter.heard, [["RANGE 10", "SILENT?"], ["RANGE 10", "RANGE?"]]);
});

Deno.test("a set-up that fails is told at the opening, and tried again on a link that came back", async () => {
  await using meter = new Meter();
  let failures = 1;
  let late: MessageSession | undefined;
  const definition = socket("127.0.0.1", meter.port, {
    async setup(session) {
      late = session;
      if (failures-- > 0) throw new RangeError("Cannot set the range.");
      await session.write("RANGE 10");
    },
  });
  await assert.rejects(open(definition), named("RangeError", /set the range/));
  const events: DeviceEvent[] = [];
  await using session = await open(definition, { report: (event) => events.push(event) });
  failures = 2;
  assert.equal(await loseAndAsk(session), "10");
  assert.deepEqual(
    events.map(({ kind }) => kind),
    ["lost", "note", "reopened", "gap"],
    "the failure is told once",
  );
  assert.match(events[1]?.message ?? "", /Cannot set the range/);
  await assert.rejects(late?.query("RANGE?") ?? Promise.resolve(), named("LinkError", /closed/));
});

Deno.test("setup leaves nothing of a late answer to the tasks", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      if (line !== "SILENT?") await peer.send(`${line} of ${peer.number}\n`);
      else if (peer.number === 1) await peer.send("la");
    }
  });
  const definition = socket("127.0.0.1", instrument.port, {
    async setup(session) {
      await session.query("SILENT?", { timeout: "20ms" }).catch(() => {});
    },
  });
  await using session = await open(definition);
  assert.equal(session.state, "open");
  assert.match(await session.query("A?"), /^A\? of [23]$/, "the link was put in order");
});

Deno.test("another instrument in the place of a lost one is not used", async () => {
  const table: readonly (readonly [VisaOptions["identify"], (string | undefined)[], RegExp])[] = [
    [true, ["ACME,DMM,1,1.0", "ACME,DMM,2,1.0", "ACME,DMM,1,1.1"], /ACME,DMM,2 instead of .*,1\./],
    ["*IDN?", ["a", "b", "a"], /another instrument is there: b instead of a/],
    [(session) => session.query("*IDN?"), ["a", "b", "a"], /b instead of a/],
  ];
  for (const [identify, names, message] of table) {
    await using meter = new Meter();
    meter.names = names;
    const events: DeviceEvent[] = [];
    const definition = socket("127.0.0.1", meter.port, {
      ...(identify === undefined ? {} : { identify }),
    });
    await using session = await open(definition, { report: (event) => events.push(event) });
    assert.equal(await loseAndAsk(session), "none");
    assert.equal(meter.heard.length, 3);
    assert.match(events[1]?.message ?? "", message);
  }
});

Deno.test("an instrument that must say what it is fails to open without", async () => {
  await using meter = new Meter();
  meter.names = [undefined];
  const identify = true;
  await assert.rejects(
    open(socket("127.0.0.1", meter.port, { identify, timeout: "20ms" })),
    named("TimeoutError"),
  );
});

Deno.test("*IDN? is asked unasked where the bus's standard demands an answer, and only there", async () => {
  for (
    const [answer, identify, asked] of [
      ["ACME,DMM,1,0\n", undefined, true],
      ["1.5\n", undefined, true],
      [undefined, undefined, true],
      ["ACME,DMM,1,0\n", false, false],
    ] as const
  ) {
    const heard: string[] = [];
    await using server = await serveHislip(() => ({
      receive(message) {
        const text = decode(message);
        heard.push(text);
        if (text !== "*IDN?") return encode("5\n");
        return answer === undefined ? undefined : encode(answer);
      },
    }), { port: 0 });
    const name = `TCPIP::127.0.0.1::hislip0,${server.port}::INSTR`;
    await using session = await open(
      visa(name, { timeout: "100ms", ...(identify === undefined ? {} : { identify }) }),
    );
    assert.equal(await session.query("VOLT?", { timeout: "20s" }), "5");
    assert.deepEqual(heard, asked ? ["*IDN?", "VOLT?"] : ["VOLT?"]);
  }
  await using meter = new Meter();
  await using session = await open(socket("127.0.0.1", meter.port));
  assert.equal(await session.query("RANGE?"), "none");
  assert.deepEqual(meter.heard, [["RANGE?"]]);
});

Deno.test("the opening's signal ends a set-up", async () => {
  await using meter = new Meter();
  const stop = new AbortController();
  const definition = socket("127.0.0.1", meter.port, {
    async setup(session) {
      queueMicrotask(() => stop.abort(new Error("enough")));
      await session.query("SILENT?", { timeout: "60s" });
    },
  });
  await assert.rejects(open(definition, { signal: stop.signal }), /enough/);
});

Deno.test("a dry run does the set-up on what stands in", async () => {
  const heard: string[] = [];
  const definition = socket("10.0.0.5", 5025, {
    setup: (session) => session.write("RANGE 10"),
    simulate: { receive: (message) => void heard.push(decode(message)) },
  });
  const { simulate } = definition;
  assert.ok(simulate !== undefined);
  const context = {
    name: "dmm",
    clock: systemClock,
    signal: new AbortController().signal,
    report: () => {},
  };
  await using _session = await simulate(context);
  assert.deepEqual(heard, ["RANGE 10"]);
});

Deno.test("socket() refuses durations and sizes that are none before anything is opened", () => {
  const bad: unknown[] = [
    { openTimeout: "10 parsecs" },
    { reopen: { wait: "soon" } },
    { reopen: { longestPause: "-" } },
    { log: { most: -1 } },
  ];
  for (const options of bad) {
    assert.throws(
      () => socket("h", 1, options as VisaOptions),
      (error) => error instanceof Error && /^Cannot /.test(error.message),
      JSON.stringify(options),
    );
  }
});
