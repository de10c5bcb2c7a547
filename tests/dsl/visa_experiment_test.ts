import assert from "node:assert/strict";
import {
  type DeviceDefinition,
  type MessageSession,
  serial,
  serveHislip,
  serveVxi11,
  socket,
  visa,
  type VisaOptions,
} from "../../devices/mod.ts";
import { servePrologix } from "../../devices/transports/prologix/simulator.ts";
import { experiment } from "../../dsl/experiment.ts";
import type { RunOptions } from "../../dsl/run.ts";
import { openSession } from "../../session/open_session.ts";
import { sleep } from "../../time/clock.ts";
import { systemClock } from "../../time/system_clock.ts";
import { temporaryFolder } from "../_child.ts";
import { needs } from "../_needs.ts";
import { BUSES, Echo, echoOverTcp } from "../devices/_buses.ts";
import { bridge } from "../devices/transports/serial/_socat.ts";

/** One of an event's facts. */
function fact({ data }: { readonly data?: unknown }, name: string): unknown {
  return typeof data === "object" && data !== null ? Reflect.get(data, name) : undefined;
}

/** A run as a user's, without command line, terminal and signals. */
function quietly(file: string): RunOptions {
  return { file, args: [], session: { exitCode: false, signals: false, terminal: null } };
}

for (const bus of BUSES) {
  Deno.test({
    ignore: bus.ignore,
    name: `${bus.name}: an experiment's tasks measure with one instrument without crosstalk`,
    async fn() {
      await using rig = await bus.start();
      using folder = temporaryFolder();
      const file = `${folder.path}/bus.db`;
      let [a, b] = [0, 0];
      let dmm: MessageSession | undefined;
      const summary = await experiment("bus")
        .device("dmm", rig.definition({ timeout: "60s" }))
        .onStart((scene) => void (dmm = scene.dmm))
        .every("10ms", async ({ dmm }) => ({ a: await dmm.queryNumber(`ECHO? ${a++}`) }))
        .every("7ms", async ({ dmm }) => ({ b: await dmm.queryNumber(`ECHO? ${1e6 + b++}`) }))
        .until((values) => (values.a ?? 0) >= 20 && (values.b ?? 0) >= 1e6 + 20)
        .for("60s")
        .run(quietly(file));
      assert.equal(summary.status, "completed", summary.reason);
      assert.equal(dmm?.state, "closed");
      using saved = openSession(file);
      for (const [name, first] of [["a", 0], ["b", 1e6]] as const) {
        const values = [...saved.loggedVariable(name)[1]];
        assert.ok(values.length > 20);
        assert.deepEqual(values, values.map((_, i) => first + i));
      }
    },
  });
}

/** An instrument that can be pulled out and put back. */
interface Pluggable extends AsyncDisposable {
  definition(options: VisaOptions): DeviceDefinition<MessageSession>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
}

async function pluggableSerial(): Promise<Pluggable> {
  const echo = new Echo();
  const instrument = echoOverTcp(echo);
  const line = await bridge(instrument.port);
  return {
    definition: (options) => serial(line.path, options),
    unplug: () => line.unplug(),
    plug: () => line.plug(),
    async [Symbol.asyncDispose]() {
      for (const part of [line, instrument, echo]) await part[Symbol.asyncDispose]();
    },
  };
}

/** A server that is stopped, and started anew on the same port. */
async function pluggableServer<S extends AsyncDisposable>(
  serve: (echo: Echo, port: number) => S | Promise<S>,
  portOf: (server: S) => number,
  define: (port: number, options: VisaOptions) => DeviceDefinition<MessageSession>,
): Promise<Pluggable> {
  const echo = new Echo();
  let server = await serve(echo, 0);
  const port = portOf(server);
  return {
    definition: (options) => define(port, options),
    unplug: async () => await server[Symbol.asyncDispose](),
    async plug() {
      server = await serve(echo, port);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await echo[Symbol.asyncDispose]();
    },
  };
}

const PLUGGABLE: Readonly<Record<string, () => Promise<Pluggable>>> = {
  SOCKET: () =>
    pluggableServer(
      echoOverTcp,
      ({ port }) => port,
      (port, options) => socket("127.0.0.1", port, options),
    ),
  HiSLIP: () =>
    pluggableServer(
      (echo, port) => serveHislip(() => echo, { port }),
      ({ port }) => port,
      (port, options) => visa(`TCPIP::127.0.0.1::hislip0,${port}::INSTR`, options),
    ),
  "VXI-11": () =>
    pluggableServer(
      (echo, port) => serveVxi11(echo, { port }),
      ({ ports }) => ports.core,
      (port, options) => visa(`TCPIP::127.0.0.1,${port}::inst0::INSTR`, options),
    ),
  "Prologix over TCP": () =>
    pluggableServer(
      (responder, port) => servePrologix([{ address: { primary: 5 }, responder }], { port }),
      ({ port }) => port,
      (port, options) =>
        visa("GPIB::5::INSTR", { adapter: `PRLGX-TCPIP::127.0.0.1::${port}::INTFC`, ...options }),
    ),
  serial: pluggableSerial,
};

for (const [name, start] of Object.entries(PLUGGABLE)) {
  Deno.test({
    ignore: name === "serial" && needs("socat", ["-V"]).ignore,
    name:
      `${name}: an experiment outlives an unplugged instrument, sets it up again and records the gap`,
    async fn() {
      await using rig = await start();
      using folder = temporaryFolder();
      const file = `${folder.path}/unplugged.db`;
      let setUps = 0;
      let count = 0;
      const measured = Promise.withResolvers<void>();
      const running = experiment("unplugged")
        .device(
          "dmm",
          rig.definition({
            async setup(session) {
              setUps++;
              assert.equal(await session.query("ECHO? set up"), "set up");
            },
          }),
        )
        .every("10ms", async ({ dmm }) => {
          const value = await dmm.queryNumber(`ECHO? ${count}`);
          if (++count === 5) measured.resolve();
          return { value };
        })
        .every("10ms", () => ({ beside: 1 }))
        .until(({ value }) => (value ?? 0) >= 10)
        .for("60s")
        .run(quietly(file));
      await measured.promise;
      await rig.unplug();
      await sleep(systemClock, 300);
      await rig.plug();
      const summary = await running;
      assert.equal(summary.status, "completed", summary.reason);
      assert.equal(setUps, 2);

      using saved = openSession(file);
      const values = [...saved.loggedVariable("value")[1]];
      assert.deepEqual(values, values.map((_, i) => i), "nothing is missing and nothing is twice");
      const kinds = saved.events({ kinds: ["device"] })
        .filter((event) => fact(event, "kind") !== "note")
        .map((event) => `${event.source} ${fact(event, "kind")}`);
      assert.deepEqual(kinds, ["dmm lost", "dmm reopened"]);
      const gaps = saved.events({ kinds: ["gap"] }).filter(({ source }) => source === "dmm");
      const [gap, ...more] = gaps;
      assert.ok(gap !== undefined && more.length === 0);
      const [from, to] = [Number(fact(gap, "from")), Number(fact(gap, "to"))];
      const times = [...saved.loggedVariable("value")[0]];
      const without = times.filter((t) => t > from / 1e6 && t < to / 1e6);
      assert.deepEqual(without, [], "nothing came in the gap");
      assert.ok(to - from >= 250_000, `${to - from}`);
    },
  });
}

Deno.test("an experiment stops at once though a task waits for a lost instrument", async () => {
  const echo = new Echo();
  const instrument = echoOverTcp(echo);
  let asked = 0;
  let waited = 0;
  const summary = await experiment("stopped")
    .device("dmm", socket("127.0.0.1", instrument.port))
    .every("10ms", async ({ dmm }) => {
      asked++;
      await dmm.query("ECHO? 1");
    })
    .task(async ({ session, dmm }) => {
      await instrument[Symbol.asyncDispose]();
      while (dmm.state !== "lost") await session.sleep("10ms");
      await session.sleep("50ms");
      waited = systemClock.monotonic();
      session.askExit("enough");
    })
    .for("60s")
    .run({ ...quietly("stopped.db"), file: null });
  assert.match(summary.reason, /enough/);
  assert.ok(asked > 0);
  // Whoever waited for the instrument would have kept the run for half a minute.
  assert.ok(systemClock.monotonic() - waited < 15_000);
});

Deno.test("an experiment keeps what went over a link that is logged, and nothing of others", async () => {
  const echo = new Echo();
  await using instrument = echoOverTcp(echo);
  using folder = temporaryFolder();
  const file = `${folder.path}/logged.db`;
  await experiment("logged")
    .device("a", socket("127.0.0.1", instrument.port, { log: true }))
    .device("b", socket("127.0.0.1", instrument.port))
    .task(async ({ a, b }) => {
      await a.query('ECHO? \u0001"');
      await b.query("ECHO? unlogged");
    })
    .run(quietly(file));
  using saved = openSession(file);
  const traffic = saved.events({ kinds: ["device"] });
  assert.deepEqual(
    traffic.map((event) => [event.source, fact(event, "direction"), fact(event, "bytes")]),
    [
      ["a", "write", 'ECHO? \u0001"\n'],
      ["a", "read", '\u0001"\n'],
    ],
  );
  assert.ok(traffic.every((event) => Number(fact(event, "time")) > 1.7e15));
});
