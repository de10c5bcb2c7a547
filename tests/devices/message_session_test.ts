import assert from "node:assert/strict";
import fc from "fast-check";
import { MessageSession } from "../../devices/message_session.ts";
import type { MessageSessionOptions, Traffic } from "../../devices/message_session/options.ts";
import type { Responder } from "../../devices/transports/responder.ts";
import { openSimulated } from "../../devices/transports/simulated.ts";
import { openSocket } from "../../devices/transports/socket.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { named, type Peer, silentInstrument, tcpInstrument, within } from "./_tcp_instrument.ts";

const encode = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const decode = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** A session with an instrument behind a TCP port, and what it reported. */
async function connect(port: number, options: MessageSessionOptions = {}) {
  const open = (io = within(5000)) => openSocket({ host: "127.0.0.1", port, resource: "TEST" }, io);
  const events: string[] = [];
  const onEvent = ({ kind }: { kind: string }) => events.push(kind);
  const session = new MessageSession(await open(), { onEvent, reopen: open, ...options });
  return { session, events, [Symbol.asyncDispose]: () => session.close() };
}

/** A session with an instrument in process that answers by a table. */
function inProcess(
  answers: Readonly<Record<string, string>> | Responder,
  options: MessageSessionOptions & { readonly latency?: number } = {},
) {
  const received: string[] = [];
  const responder: Responder = "receive" in answers && typeof answers.receive === "function"
    ? answers as Responder
    : {
      receive(message) {
        const text = decode(message);
        received.push(text);
        const answer = Object.entries(answers).find(([query]) => query === text)?.[1];
        return answer === undefined ? undefined : encode(answer);
      },
    };
  const events: string[] = [];
  const transport = openSimulated({
    responder,
    resource: "TEST",
    latency: options.latency ?? 0,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  const onEvent = ({ kind }: { kind: string }) => events.push(kind);
  const session = new MessageSession(transport, { onEvent, ...options });
  return { session, received, events, [Symbol.asyncDispose]: () => session.close() };
}

/** An instrument that answers each line by a function. */
const answering = (answer: (line: string, peer: Peer) => string | undefined) =>
  tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      const text = answer(line, peer);
      if (text !== undefined) await peer.send(text);
    }
  });

Deno.test("query() takes the terminator off, with END and without", async () => {
  await using instrument = answering((line) => `${line.toLowerCase()}\r\n`);
  await using link = await connect(instrument.port);
  assert.equal(await link.session.query("ABC"), "abc");
  assert.equal(await link.session.query(encode("DEF\n")), "def");
  const answers = { "A?": "1\n", "B?": "2\r\n", "C?": "3", "D?": "a\nb\n", "E?": "\n" };
  await using sim = inProcess(answers);
  const got = await Promise.all(Object.keys(answers).map((query) => sim.session.query(query)));
  assert.deepEqual(got, ["1", "2", "3", "a\nb", ""]);
});

Deno.test("terminators and encodings are chosen for each direction", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    while (true) {
      const line = await peer.line();
      if (line === undefined) return;
      await peer.send(`${line.length}\xb0C;;rest;;`);
    }
  });
  await using link = await connect(instrument.port, {
    readTerminator: ";;",
    writeTerminator: "\r\n",
    readEncoding: "latin1",
    writeEncoding: "latin1",
  });
  assert.equal(await link.session.query("5\u00b5s"), "4\u00b0C", "with the carriage return");
  assert.equal(await link.session.read(), "rest");
  await assert.rejects(link.session.write("\u20ac"), named("RangeError", /not in it: "€"/));
  assert.equal(link.session.stale, false, "nothing was sent");
});

Deno.test("query() refuses an answer that is no text in the encoding", async () => {
  for (const readEncoding of ["utf-8", "ascii"] as const) {
    await using sim = inProcess({ "A?": "\xff\xfe\x00", "B?": "ok" }, { readEncoding });
    await assert.rejects(
      sim.session.query("A?"),
      named("ProtocolError", /answer of TEST as .*other bytes in it: "ÿþ\\u0000"/),
    );
    assert.equal(await sim.session.query("B?"), "ok");
  }
});

Deno.test("two tasks with 10,000 queries between them never get each other's answers", async () => {
  await using instrument = answering((line) => `${line}!\n`);
  await using link = await connect(instrument.port);
  const task = async (name: string): Promise<number> => {
    let right = 0;
    for (let i = 0; i < 5000; i++) {
      if (await link.session.query(`${name}${i}`) === `${name}${i}!`) right++;
    }
    return right;
  };
  assert.deepEqual(await Promise.all([task("a"), task("b")]), [5000, 5000]);
  assert.deepEqual(link.events, []);
});

Deno.test("operations run in the order of their calls", async () => {
  await using sim = inProcess({ "A?": "a", "B?": "b", "C?": "c" });
  const done: string[] = [];
  await Promise.all(
    ["C?", "A?", "B?"].map(async (query) => done.push(await sim.session.query(query))),
  );
  assert.deepEqual(done, ["c", "a", "b"]);
});

Deno.test("a late answer is never taken for the next", async () => {
  const late = Promise.withResolvers<void>();
  await using instrument = tcpInstrument(async (peer) => {
    while (true) {
      const line = await peer.line();
      if (line === undefined) return;
      if (line === "SLOW?") await late.promise;
      await peer.send(`${line} answered\n`);
    }
  });
  await using link = await connect(instrument.port);
  await assert.rejects(link.session.query("SLOW?", { timeout: "20ms" }), named("TimeoutError"));
  assert.equal(link.session.stale, true);
  late.resolve();
  assert.equal(await link.session.query("FAST?"), "FAST? answered");
  assert.equal(link.session.stale, false);
  assert.deepEqual(link.events, ["recovered"]);
});

Deno.test("recovery can be turned off", async () => {
  const asked = Promise.withResolvers<void>();
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    await asked.promise;
    await peer.send("late\n");
    await peer.line();
  });
  await using link = await connect(instrument.port, { recover: false, discardUnasked: false });
  await assert.rejects(link.session.query("A?", { timeout: "20ms" }), named("TimeoutError"));
  asked.resolve();
  assert.equal(await link.session.read(), "late");
  assert.deepEqual(link.events, []);
});

Deno.test("half a line is a time-out, and is thrown away", async () => {
  await using instrument = answering((line) => line === "HALF?" ? "1.2" : "3\n");
  await using link = await connect(instrument.port);
  await assert.rejects(link.session.query("HALF?", { timeout: "30ms" }), named("TimeoutError"));
  assert.equal(await link.session.queryNumber("WHOLE?"), 3);
});

Deno.test("what comes unasked is thrown away before a query, and reported", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.send("Welcome to the instrument\n");
    while (await peer.line() !== undefined) await peer.send("42\n43\n");
  });
  await using link = await connect(instrument.port);
  await link.session.write("hello");
  assert.equal(await link.session.read(), "Welcome to the instrument");
  assert.equal(await link.session.queryNumber("A?"), 42);
  assert.equal(await link.session.queryNumber("A?"), 42);
  assert.deepEqual(link.events, ["discarded", "discarded"]);
});

Deno.test("an answer without end is refused before it fills the memory", async () => {
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    while (true) await peer.send("x".repeat(10_000));
  });
  await using link = await connect(instrument.port, { longestMessage: 100_000 });
  await assert.rejects(link.session.query("A?"), named("ProtocolError", /more than 100000 bytes/));
});

Deno.test("long lines come whole, whatever the pieces", async () => {
  const line = "0123456789".repeat(30_000);
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    for (let at = 0; at < line.length; at += 70_001) await peer.send(line.slice(at, at + 70_001));
    await peer.send("\nnext\n");
    await peer.line();
  });
  await using link = await connect(instrument.port);
  assert.equal(await link.session.query("A?") === line, true);
  assert.equal(await link.session.read(), "next");
});

Deno.test("queryNumber() reads numbers as instruments write them", async () => {
  const table: readonly (readonly [string, number])[] = [
    ["+1.25E+00", 1.25],
    [" -3 ", -3],
    [".5", 0.5],
    ["7.", 7],
    ["1E3", 1000],
    ["1.5 E -3", 0.0015],
    ["9.91E37", NaN],
    ["+9.9E+37", Infinity],
    ["-9.90000000E+37", -Infinity],
    ["nan", NaN],
    ["NINF", -Infinity],
    ["#H1F", 31],
    ["#q17", 15],
    ["#B101", 5],
  ];
  for (const [answer, number] of table) {
    await using sim = inProcess({ "A?": answer });
    assert.equal(await sim.session.queryNumber("A?"), number, answer);
  }
  for (const answer of ["", "1.2 V", "0x10", "1,2", "#HG", "1e", "OVLD"]) {
    await using sim = inProcess({ "A?": `${answer}\n`, "B?": "2" });
    await assert.rejects(sim.session.queryNumber("A?"), named("ProtocolError", /as a number/));
    assert.equal(await sim.session.queryNumber("B?"), 2);
    assert.deepEqual(sim.events, [], "the link is in order");
  }
  await using sim = inProcess({ "A?": "9.91E37" }, { numbers: "plain" });
  assert.equal(await sim.session.queryNumber("A?"), 9.91e37);
  assert.equal(await sim.session.queryNumber("A?", { numbers: "scpi" }), NaN);
});

Deno.test("queryNumbers() splits at the separator", async () => {
  await using sim = inProcess({ "A?": "1, 2,9.91E37\n", "B?": "1; 2", "C?": "1 2\t3", "D?": "\n" });
  assert.deepEqual(await sim.session.queryNumbers("A?"), [1, 2, NaN]);
  assert.deepEqual(await sim.session.queryNumbers("B?", { separator: ";" }), [1, 2]);
  assert.deepEqual(await sim.session.queryNumbers("C?", { separator: /\s+/ }), [1, 2, 3]);
  assert.deepEqual(await sim.session.queryNumbers("D?"), []);
});

Deno.test("write() cuts into chunks, and the delay keeps messages apart", async () => {
  const clock = new VirtualClock();
  const times: number[] = [];
  const pieces: string[] = [];
  const responder = {
    receive: () => {
      times.push(clock.monotonic());
      return encode("ok");
    },
  };
  const { session } = inProcess(responder, {
    clock,
    commandDelay: "50ms",
    queryDelay: "10ms",
    writeChunk: 4,
    traffic: ({ direction, bytes }) => pieces.push(`${direction} ${decode(bytes)}`),
  });
  await session.write("ABCDEF");
  await session.read();
  await session.query("G?");
  assert.equal(clock.monotonic(), 60);
  await session.close();
  assert.deepEqual(times, [0, 50]);
  assert.deepEqual(pieces, ["write ABCD", "write EF\n", "read ok", "write G?\n", "read ok"]);
});

Deno.test("traffic is told with direction, bytes and wall time", async () => {
  const clock = new VirtualClock({ start: 1_000_000 });
  const traffic: Traffic[] = [];
  const { session } = inProcess({ "A?": "1\n" }, {
    clock,
    latency: 5,
    traffic: (piece) => traffic.push(piece),
  });
  await session.query("A?");
  await session.close();
  assert.deepEqual(traffic, [
    { direction: "write", bytes: encode("A?\n"), time: 1_000_000 },
    { direction: "read", bytes: encode("1\n"), time: 1_005_000 },
  ]);
});

Deno.test("a session answers the same with and without a log of its traffic, whole or in chunks", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.stringMatching(/^[!-~]{1,100}$/), { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 30 }),
      async (queries, writeChunk) => {
        const outcomes: string[][] = [];
        const logs: string[] = [];
        const log = ({ direction, bytes }: Traffic) => logs.push(direction[0] + decode(bytes));
        for (const traffic of [undefined, log]) {
          for (const chunk of [undefined, writeChunk]) {
            await using instrument = inProcess({
              receive: (message) => encode(`<${decode(message)}>`),
            }, {
              ...(traffic === undefined ? {} : { traffic }),
              ...(chunk === undefined ? {} : { writeChunk: chunk }),
            });
            const { session } = instrument;
            outcomes.push(await Promise.all(queries.map((query) => session.query(query))));
          }
        }
        for (const outcome of outcomes) assert.deepEqual(outcome, outcomes[0]);
        const written = logs.filter((entry) => entry.startsWith("w")).map((entry) =>
          entry.slice(1)
        );
        const sent = queries.map((query) => `${query}\n`).join("");
        assert.equal(written.join(""), sent + sent);
        const read = logs.filter((entry) => entry.startsWith("r")).map((entry) => entry.slice(1));
        assert.ok(read.join("").includes(queries[0] ?? ""));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("a silent instrument is a time-out on the session's clock", async () => {
  const clock = new VirtualClock();
  const { session } = inProcess({}, { clock, timeout: "3s" });
  await assert.rejects(session.query("A?"), named("TimeoutError", /no answer came within 3000 ms/));
  await assert.rejects(session.query("A?", { timeout: "1min" }), named("TimeoutError", /60000 ms/));
  assert.equal(clock.monotonic(), 63_000);
  await session.close();
});

Deno.test("64 silent instruments are given up together, while others answer", async () => {
  await using instrument = silentInstrument();
  await using busy = answering((line) => `${line}\n`);
  await using other = await connect(busy.port);
  const links = await Promise.all(Array.from({ length: 64 }, () => connect(instrument.port)));
  const waits = links.map((link) =>
    assert.rejects(link.session.query("A?", { timeout: "200ms" }), named("TimeoutError"))
  );
  assert.equal(await other.session.query("meanwhile"), "meanwhile");
  assert.equal(typeof await Deno.readTextFile(new URL(import.meta.url)), "string");
  await Promise.all(waits);
  await Promise.all(links.map((link) => link.session.close()));
});

Deno.test("a lost link is opened anew for the next operation, if there is an opener", async () => {
  await using instrument = answering((line, peer) => {
    if (line === "DIE?") peer.close();
    return line === "DIE?" ? undefined : `${peer.number}\n`;
  });
  await using link = await connect(instrument.port);
  assert.equal(await link.session.query("N?"), "1");
  await assert.rejects(link.session.query("DIE?"), named("LinkError", /lost/));
  assert.equal(link.session.alive, false);
  assert.equal(link.session.state, "lost");
  assert.equal(await link.session.query("N?"), "2");
  assert.deepEqual(link.events, ["lost", "reopened", "gap"]);

  await using transport = await openSocket(
    { host: "127.0.0.1", port: instrument.port, resource: "TEST" },
    within(5000),
  );
  await using alone = new MessageSession(transport);
  await assert.rejects(alone.query("DIE?"), named("LinkError"));
  await assert.rejects(alone.query("N?"), named("LinkError"));
});

Deno.test("abort ends an operation in every state, and the others go on", async () => {
  await using instrument = answering((line) => line.startsWith("SILENT") ? undefined : "1\n");
  await using link = await connect(instrument.port);
  const { session } = link;
  const abort = (): { stop: AbortController; call: { signal: AbortSignal } } => {
    const stop = new AbortController();
    return { stop, call: { signal: stop.signal } };
  };
  const before = abort();
  before.stop.abort(new Error("before"));
  await assert.rejects(session.query("A?", before.call), { message: "before" });
  assert.equal(session.stale, false, "nothing was sent");

  const reading = abort();
  const queued = abort();
  const first = assert.rejects(session.query("SILENT?", reading.call), { message: "reading" });
  const second = assert.rejects(session.query("A?", queued.call), { message: "queued" });
  const third = session.query("A?");
  queued.stop.abort(new Error("queued"));
  await second;
  reading.stop.abort(new Error("reading"));
  await first;
  assert.equal(await third, "1");
  assert.deepEqual(link.events, ["recovered"]);
});

Deno.test("abort ends a recovery, which the next operation begins anew", async () => {
  let cleared = 0;
  const { session } = inProcess({
    receive: (message) => decode(message) === "A?" ? encode("1") : undefined,
    clear: () => void cleared++,
  });
  await assert.rejects(session.query("SILENT?", { timeout: "5ms" }), named("TimeoutError"));
  const stop = new AbortController();
  const query = session.query("A?", { signal: stop.signal });
  stop.abort(new Error("no"));
  await assert.rejects(query, { message: "no" });
  assert.equal(await session.query("A?"), "1");
  assert.ok(cleared >= 1);
  await session.close();
});

Deno.test("close() wakes all who wait, in their order", async () => {
  await using instrument = silentInstrument();
  const { session } = await connect(instrument.port);
  const woken: number[] = [];
  const waits = Array.from(
    { length: 5 },
    (_, i) =>
      assert.rejects(session.query("A?"), named("LinkError", /it was closed/))
        .then(() => woken.push(i)),
  );
  await session.close();
  await Promise.all(waits);
  assert.deepEqual(woken, [0, 1, 2, 3, 4]);
  await session.close();
  await assert.rejects(session.query("A?"), named("LinkError", /it was closed/));
  assert.equal(session.alive, false);
});

Deno.test("close() ends a delay", async () => {
  const { session } = inProcess({ "A?": "1" }, { commandDelay: "1h" });
  await session.write("A?");
  const waiting = assert.rejects(session.write("B"), named("LinkError"));
  await session.close();
  await waiting;
});

Deno.test("a bus says what it can't do, and what to do instead", async () => {
  await using instrument = answering(() => "1\n");
  await using link = await connect(instrument.port);
  const { session } = link;
  const unsupported: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
    [() => session.readStatusByte(), /read a status byte, as TEST is on a bus.*query\("\*STB\?"\)/],
    [() => session.trigger(), /trigger.*"\*TRG"/],
    [() => session.clear(), /clear the instrument/],
    [() => session.lock(), /lock the instrument/],
    [() => session.unlock(), /unlock the instrument/],
    [() => session.setRemote(true), /remote and local/],
    [() => session.serviceRequests().next(), /wait for service requests.*poll/],
  ];
  for (const [call, message] of unsupported) {
    await assert.rejects(call(), named("UnsupportedError", message));
  }
  assert.equal(session.stale, false);
  assert.equal(await session.query("A?"), "1");
  assert.deepEqual(link.events, []);
});

Deno.test("status byte, trigger, clear, locks and remote control reach the instrument", async () => {
  const calls: string[] = [];
  await using sim = inProcess({
    receive: () => encode("unread"),
    statusByte: () => 0x41,
    trigger: () => void calls.push("trigger"),
    clear: () => void calls.push("clear"),
  });
  const { session } = sim;
  assert.equal(await session.readStatusByte(), 0x41);
  await session.trigger();
  await session.write("A?");
  await session.clear();
  assert.deepEqual(calls, ["trigger", "clear"]);
  await assert.rejects(session.read({ timeout: "5ms" }), named("TimeoutError"), "it was cleared");
  await session.clear();
  assert.equal(session.stale, false);
  await session.lock({ key: "us" });
  await session.unlock();
  await session.setRemote(false);
});
