import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeBlock } from "../../../devices/ieee_block.ts";
import { MessageSession } from "../../../devices/message_session.ts";
import type { MessageSessionOptions } from "../../../devices/message_session/options.ts";
import { openSimulated } from "../../../devices/transports/simulated.ts";
import { openSocket } from "../../../devices/transports/socket.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { named, tcpInstrument, within } from "../_tcp_instrument.ts";

const encode = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const decode = (bytes: Uint8Array) => String.fromCharCode(...bytes);

/** A session with an instrument on TCP that sends pieces for each message that it gets. */
async function onSocket(
  pieces: readonly (string | Uint8Array)[],
  options: MessageSessionOptions & { readonly closes?: boolean } = {},
) {
  const instrument = tcpInstrument(async (peer) => {
    for (let line = await peer.line(); line !== undefined; line = await peer.line()) {
      if (line === "TEXT?") {
        await peer.send("text\n");
        continue;
      }
      for (const piece of pieces) {
        await (typeof piece === "string" ? peer.send(piece) : peer.sendBytes(piece));
      }
      if (options.closes) return;
    }
  });
  const open = (io = within(5000)) =>
    openSocket({ host: "127.0.0.1", port: instrument.port, resource: "TEST" }, io);
  const session = new MessageSession(await open(), { reopen: open, timeout: "5s", ...options });
  return {
    session,
    async [Symbol.asyncDispose]() {
      await session.close();
      await instrument[Symbol.asyncDispose]();
    },
  };
}

/** A session on a bus with END, whose instrument gives these answers in turn. */
function withEnd(answers: readonly string[], options: MessageSessionOptions = {}) {
  const left = answers.map(encode);
  const transport = openSimulated({
    responder: { receive: () => left.shift() },
    resource: "TEST",
    ...(options.clock === undefined ? {} : { clock: options.clock }),
  });
  return new MessageSession(transport, options);
}

Deno.test("queryBlock() reads numbers of either order, with newlines among the data", async () => {
  const numbers = new Float32Array([1.5, -2.25, NaN, 10]);
  const newlines = new Uint8Array(3000).fill(0x0a);
  await using big = await onSocket([encodeBlock(numbers), "\n"]);
  assert.deepEqual(await big.session.queryBlock("CURV?", { type: "float32" }), numbers);
  await using little = await onSocket([encodeBlock(numbers, { endianness: "little" }), "\n"]);
  const options = { type: "float32", endianness: "little" } as const;
  assert.deepEqual(await little.session.queryBlock("CURV?", options), numbers);
  await using raw = await onSocket([encodeBlock(newlines), "\n"]);
  assert.deepEqual(await raw.session.queryBlock("CURV?"), newlines);
  assert.equal(
    await raw.session.query("TEXT?"),
    "text",
    "the newline behind it is nobody's answer",
  );
});

Deno.test("a newline that comes late behind a block is nobody's answer", async () => {
  let first = true;
  await using instrument = tcpInstrument(async (peer) => {
    while (await peer.line() !== undefined) {
      await peer.send(first ? "#13abc" : "\r\ntext\n");
      first = false;
    }
  });
  const transport = await openSocket(
    { host: "127.0.0.1", port: instrument.port, resource: "TEST" },
    within(5000),
  );
  await using session = new MessageSession(transport);
  assert.equal(decode(await session.queryBlock("CURV?")), "abc");
  assert.equal(await session.query("TEXT?"), "text");
});

Deno.test("queryBlock() reads every form, also after an echo and in single bytes", async () => {
  for (
    const [answer, data] of [
      ["#13abc\n", "abc"],
      ["#10\n", ""],
      ["#(3)abc\r\n", "abc"],
      ["#A\x00\x03abc\n", "abc"],
      ["CURV #3003abc\n", "abc"],
    ] as const
  ) {
    await using link = await onSocket([...answer]);
    assert.equal(decode(await link.session.queryBlock("CURV?")), data, answer);
    assert.equal(await link.session.query("TEXT?"), "text");
    await using session = withEnd([answer, "#0" + data + "\n", "text"]);
    assert.equal(decode(await session.queryBlock("CURV?")), data, answer);
    assert.equal(decode(await session.queryBlock("CURV?")), data, "indefinite");
    assert.equal(await session.query("TEXT?"), "text");
  }
});

Deno.test("queryBlock() reads 5 MB into memory of its own or of the caller's", async () => {
  const data = Uint8Array.from({ length: 5_000_000 }, (_, i) => (i * 31 + (i >> 11)) & 0xff);
  await using link = await onSocket([encodeBlock(data), "\n"]);
  const same = (got: Uint8Array) =>
    assert.equal(got.length === data.length && got.every((byte, i) => byte === data[i]), true);
  same(await link.session.queryBlock("CURV?"));
  const into = new Uint8Array(6_000_000);
  const got = await link.session.queryBlock("CURV?", { into });
  assert.equal(got.buffer, into.buffer);
  same(got);
  const numbers = await link.session.queryBlock("CURV?", { type: "int16", into });
  assert.equal(numbers.buffer, into.buffer, "a view, no copy");
  assert.equal(numbers.length, 2_500_000);
  const chunks: Uint8Array[] = [];
  for await (const chunk of link.session.queryChunks("CURV?")) chunks.push(chunk);
  assert.ok(chunks.length >= 5 && chunks.every(({ length }) => length <= 1_048_576));
  same(new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer()));
  assert.equal(await link.session.query("TEXT?"), "text");
});

Deno.test("a header of 10 GB takes no memory and leaves no wedged link", async () => {
  await using link = await onSocket(["#(10000000000)abc"]);
  await assert.rejects(
    link.session.queryBlock("CURV?"),
    named("ProtocolError", /room for 1073741824 bytes: it has 10000000000/),
  );
  const before = Deno.memoryUsage().external;
  await assert.rejects(
    link.session.queryBlock("CURV?", { longest: 1e11, timeout: "30ms" }),
    named("TimeoutError"),
  );
  assert.ok(Deno.memoryUsage().external - before < 2 ** 28);
  assert.equal(await link.session.query("TEXT?"), "text");
});

Deno.test("a block that is longer than the caller's memory is refused", async () => {
  await using link = await onSocket(["#15hello\n"]);
  await assert.rejects(
    link.session.queryBlock("CURV?", { into: new Uint8Array(4) }),
    named("ProtocolError", /room for 4 bytes: it has 5/),
  );
  assert.equal(await link.session.query("TEXT?"), "text");
});

Deno.test("wrong and truncated blocks are errors, and the next answer is right", async () => {
  for (const answer of ["+1.5E0\n".repeat(60), "#x", "#2zz"]) {
    await using link = await onSocket([answer]);
    await assert.rejects(link.session.queryBlock("CURV?"), named("ProtocolError", /block/));
    assert.equal(await link.session.query("TEXT?"), "text");
  }
  for (const answer of ["#", "#3", "no block", "#15abc"]) {
    await using session = withEnd([answer, "text"]);
    await assert.rejects(
      session.queryBlock("CURV?"),
      named("ProtocolError", /the message ends in it, at (its header|byte 3 of 5)/),
      answer,
    );
    assert.equal(await session.query("TEXT?"), "text");
  }
  await using late = await onSocket(["#15abc"]);
  await assert.rejects(
    late.session.queryBlock("CURV?", { timeout: "30ms" }),
    named("TimeoutError"),
  );
  assert.equal(await late.session.query("TEXT?"), "text");
  await using odd = withEnd(["#15hello", "text"]);
  await assert.rejects(odd.queryBlock("CURV?", { type: "int16" }), named("RangeError"));
  assert.equal(await odd.query("TEXT?"), "text");
});

Deno.test("a peer that closes in the middle of a block is an error at once", async () => {
  await using link = await onSocket(["#510000abc"], { closes: true });
  await assert.rejects(
    link.session.queryBlock("CURV?", { timeout: "1min" }),
    named("LinkError", /closed the connection/),
  );
  assert.equal(await link.session.query("TEXT?"), "text", "on a new connection");
});

Deno.test("an indefinite block without END needs a silence to end it", async () => {
  await using link = await onSocket(["#0ab\nc\n"]);
  await assert.rejects(
    link.session.queryBlock("CURV?"),
    named("UnsupportedError", /end of an indefinite block.*quietTime/),
  );
  const data = await link.session.queryBlock("CURV?", { quietTime: "50ms" });
  assert.equal(decode(data), "ab\nc");
});

Deno.test("the time-out of a block is without any byte, not in all", async () => {
  const next = Array.from({ length: 8 }, () => Promise.withResolvers<void>());
  await using instrument = tcpInstrument(async (peer) => {
    await peer.line();
    await peer.send("#240");
    for (const { promise } of next) {
      await promise;
      await peer.send("12345");
    }
    await peer.line();
  });
  const clock = new VirtualClock({ automatic: false });
  const transport = await openSocket(
    { host: "127.0.0.1", port: instrument.port, resource: "TEST" },
    within(5000),
  );
  // Deadlines of the link are the virtual clock's, which only the test moves.
  let came = Promise.withResolvers<void>();
  const deadlines: number[] = [];
  await using session = new MessageSession({
    resource: "TEST",
    hasEnd: false,
    alive: true,
    write: (data, end) => transport.write(data, end, within(5000)),
    async read(target, io) {
      deadlines.push(io.deadline);
      const result = await transport.read(target, within(5000));
      came.resolve();
      return result;
    },
    recover: (io) => transport.recover(io),
    [Symbol.asyncDispose]: () => transport[Symbol.asyncDispose](),
  }, { clock });
  const query = session.queryBlock("CURV?", { timeout: "1s" });
  for (const { resolve } of next) {
    await came.promise;
    came = Promise.withResolvers<void>();
    await clock.advance(900);
    resolve();
  }
  assert.equal((await query).length, 40);
  assert.deepEqual(deadlines, [1000, 1000, ...[1, 2, 3, 4, 5, 6, 7].map((i) => i * 900 + 1000)]);
});

Deno.test("leaving queryChunks() in the middle makes the session stale, not wrong", async () => {
  await using link = await onSocket([encodeBlock(new Uint8Array(3_000_000)), "\n"]);
  for await (const chunk of link.session.queryChunks("CURV?")) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal(link.session.stale, true);
  assert.equal(await link.session.query("TEXT?"), "text");
});

Deno.test("readBytes() takes just so many", async () => {
  await using link = await onSocket(["\x01\n\x02\x03"]);
  await link.session.write("X");
  assert.deepEqual(await link.session.readBytes(3), new Uint8Array([1, 10, 2]));
  assert.deepEqual(await link.session.readBytes(1), new Uint8Array([3]));
});

Deno.test("queryBlock() takes any bytes for an answer or for a ProtocolError, and goes on", async () => {
  const hash = fc.tuple(fc.constantFrom("#", "#1", "#21", "#(", "#0", "#A"), fc.uint8Array())
    .map(([head, tail]) => head + decode(tail));
  await fc.assert(
    fc.asyncProperty(fc.oneof(hash, fc.uint8Array().map(decode)), async (answer) => {
      const clock = new VirtualClock();
      const session = withEnd([answer, "text"], { clock });
      try {
        await session.queryBlock("CURV?");
      } catch (error) {
        assert.ok(error instanceof Error);
        assert.match(error.name, /^(?:ProtocolError|TimeoutError)$/);
      }
      assert.equal(await session.query("TEXT?"), "text");
      await session.close();
    }),
  );
});
