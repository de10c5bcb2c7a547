import assert from "node:assert/strict";
import fc from "fast-check";
import { LinkError, ProtocolError, TimeoutError } from "../../../../devices/transports/errors.ts";
import { linuxSystem } from "../../../../devices/transports/serial/linux/system.ts";
import { openSerial } from "../../../../devices/transports/serial/mod.ts";
import type { Io, Transport } from "../../../../devices/transports/transport.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { cable, readText } from "../serial/_socat.ts";
import { Bench, bytes, FLAG, io, receive, send, soon, test, underWay } from "./_bench.ts";

const enough = new Error("enough");

/** Gives something up once the driver has it under way. */
async function givenUp(bench: Bench, act: (io: Io) => Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  const outcome = assert.rejects(act(io(abort.signal)), enough);
  await underWay(bench);
  abort.abort(enough);
  await outcome;
}

/** Asks something, and takes its answer. */
async function query(scope: Transport, text: string): Promise<string> {
  await send(scope, text);
  return await receive(scope);
}

test("write() marks the end with the last bytes only, and read() tells of it", async (bench) => {
  bench.reply("LONG QUERY?\n", "abc");
  await using scope = await bench.open();
  assert.equal(scope.hasEnd, true);
  await scope.write(bytes("LONG "), false, io());
  assert.equal(bench.told(), "");
  await scope.write(new Uint8Array(0), false, io());
  await scope.write(bytes("QUERY?\n"), true, io());
  assert.equal(bench.told(), "LONG QUERY?\n");
  const target = new Uint8Array(2);
  assert.deepEqual(await scope.read(target, io()), { count: 2, end: false });
  assert.deepEqual(await scope.read(target, io()), { count: 1, end: true });
  await assert.rejects(scope.read(new Uint8Array(0), io()), RangeError);
});

test("read() has the instrument stop at a byte if it can", async (bench) => {
  bench.reply("A?\n", "1\n2\n");
  await using scope = await bench.open();
  await send(scope, "A?\n");
  const target = new Uint8Array(100);
  assert.deepEqual(await scope.read(target, { ...io(), stopAt: 10 }), { count: 2, end: false });
  assert.deepEqual(await scope.read(target, { ...io(), stopAt: 10 }), { count: 2, end: true });
});

test("read() does not ask an instrument to stop at a byte that can't", async (bench) => {
  bench.unplug(0);
  bench.plug(1, { stopsAt: false });
  bench.reply("A?\n", "1\n2\n");
  await using scope = await bench.open();
  await send(scope, "A?\n");
  assert.deepEqual(await scope.read(new Uint8Array(9), { ...io(), stopAt: 10 }), {
    count: 4,
    end: true,
  });
});

test("answers of any length come whole, into targets of any length", async (bench) => {
  await using scope = await bench.open();
  // 4084 bytes and their header are a whole piece, which a packet without bytes ends.
  const edges = fc.constantFrom(1, 4083, 4084, 4085, 8180, 8181, 65_524, 65_536, 69_620, 131_060);
  const length = fc.oneof(edges, fc.integer({ min: 1, max: 200_000 }));
  const room = fc.oneof(edges, fc.integer({ min: 1000, max: 200_000 }));
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(
      length,
      fc.array(room, { minLength: 1, maxLength: 4 }),
      async (size, rooms) => {
        bench.reset();
        const sent = Uint8Array.from({ length: size }, (_, i) => (i * 7 + (i >> 8) + asked) & 0xff);
        asked++;
        bench.reply("CURVE?\n", sent);
        await send(scope, "CURVE?\n");
        const got: number[] = [];
        for (let turn = 0;; turn++) {
          const target = new Uint8Array(rooms[turn % rooms.length] ?? 1);
          const { count, end } = await scope.read(target, io());
          assert.ok(count > 0 || end);
          for (const byte of target.subarray(0, count)) got.push(byte);
          if (end) break;
          assert.ok(got.length <= size, "the end comes with the last byte");
        }
        assert.deepEqual(Uint8Array.from(got), sent);
      },
    ),
    { numRuns: 60, interruptAfterTimeLimit: 20_000 },
  );
});

test("messages of any length go out whole", async (bench) => {
  await using scope = await bench.open();
  for (const length of [1, 4083, 4084, 4085, 65_523, 65_524, 65_525, 200_001]) {
    bench.reset();
    const text = "x".repeat(length - 1) + "\n";
    await send(scope, text);
    assert.equal(bench.wire().length, (12 + length + 3) & ~3);
    assert.equal(bench.told(), text.slice(0, 1 << 16));
  }
});

test("read() times out, and the next read() gets the answer that came late", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  await using scope = await bench.open();
  bench.flags(FLAG.HOLD);
  await send(scope, "SLOW?\n");
  const error = await scope.read(new Uint8Array(9), soon()).then(() => undefined, (e) => e);
  assert.ok(error instanceof TimeoutError);
  assert.match(error.message, /Cannot read from USB0::0x0957.*, as no answer came within \d+ ms/);
  assert.equal(scope.alive, true);
  await assert.rejects(scope.read(new Uint8Array(9), soon()), TimeoutError);
  bench.flags();
  assert.equal(await receive(scope), "late\n");
});

test("recover() makes that a late answer is never taken for the next", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  bench.flags(FLAG.HOLD);
  await send(scope, "SLOW?\n");
  await assert.rejects(receive(scope, soon()), TimeoutError);
  assert.match(await scope.recover(io()), /was cleared/);
  assert.equal(bench.state().flying, 0);
  bench.flags();
  assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
});

test("write() clears by itself what a reader gave up, also in the middle", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  bench.reply("CURVE?\n", new Uint8Array(100_000));
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  bench.flags(FLAG.HOLD);
  await send(scope, "SLOW?\n");
  await assert.rejects(receive(scope, soon()), TimeoutError);
  bench.flags();
  assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
  await send(scope, "CURVE?\n");
  assert.equal((await scope.read(new Uint8Array(65_536), io())).end, false);
  assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
  assert.equal(bench.state().clears, 3);
});

test("discard() counts what came and was not read", async (bench) => {
  bench.reply("A?\n", "x".repeat(3000));
  bench.reply("CURVE?\n", new Uint8Array(50_000));
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  assert.equal(scope.discard?.(), 0);
  await send(scope, "A?\n");
  bench.flags(FLAG.HOLD);
  await assert.rejects(scope.read(new Uint8Array(5000), soon()), TimeoutError);
  assert.equal(scope.discard?.(), 0);
  bench.flags();
  assert.equal((await scope.read(new Uint8Array(1000), io())).count, 1000);
  assert.equal(scope.discard?.(), 2000);
  await send(scope, "CURVE?\n");
  bench.flags(FLAG.HOLD);
  await assert.rejects(scope.read(new Uint8Array(50_000), soon()), TimeoutError);
  bench.flags();
  await scope.read(new Uint8Array(84), io());
  assert.equal(scope.discard?.(), 4000);
  assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
});

test("write() waits for an instrument that takes nothing, and times out", async (bench) => {
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  for (const length of [3, 300_000]) {
    bench.flags(FLAG.NO_OUT);
    await assert.rejects(scope.write(new Uint8Array(length), true, soon()), TimeoutError);
    bench.flags();
    assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
  }
});

test("each operation ends at once when it is given up", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  bench.reply("CURVE?\n", new Uint8Array(200_000));
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  const states: [string, number[], (io: Io) => Promise<unknown>][] = [
    ["writing", [FLAG.NO_OUT], (io) => send(scope, "*IDN?\n", io)],
    ["in a long message", [FLAG.NO_OUT], (io) => scope.write(new Uint8Array(300_000), true, io)],
    ["reading", [FLAG.HOLD], async (io) => {
      await send(scope, "SLOW?\n");
      await receive(scope, io);
    }],
    ["reading a status byte", [FLAG.SLOW_STB], async (io) => await scope.readStatusByte?.(io)],
    ["clearing", [FLAG.SLOW_CLEAR], async (io) => await scope.clear?.(io)],
    ["recovering", [FLAG.SLOW_CLEAR], (io) => scope.recover(io)],
  ];
  for (const [state, flags, act] of states) {
    bench.flags(...flags);
    await givenUp(bench, act).catch((error) => assert.fail(`${state}: ${error}`));
    // What the driver still waits for keeps others waiting, who can be given up too.
    await assert.rejects(scope.read(new Uint8Array(9), io(AbortSignal.abort(enough))), enough);
    if (flags.some((flag) => flag === FLAG.SLOW_STB || flag === FLAG.SLOW_CLEAR)) {
      assert.equal(scope.alive, true);
      await givenUp(bench, (io) => send(scope, "*IDN?\n", io));
      await assert.rejects(send(scope, "*IDN?\n", soon()), TimeoutError);
    }
    bench.flags();
    assert.match(await scope.recover(io()), /cleared/);
    assert.equal(await query(scope, "*IDN?\n"), "ACME\n", state);
  }
  await assert.rejects(scope.write(bytes("x"), true, soon(-1)), TimeoutError);
  await assert.rejects(scope.read(new Uint8Array(1), soon(-1)), TimeoutError);
  assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
});

test("recover() says so when it was not done in the time there was", async (bench) => {
  await using scope = await bench.open();
  bench.flags(FLAG.SLOW_CLEAR);
  await assert.rejects(scope.recover(soon()), (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(error.message, /Cannot recover.*not cleared in the time there was.*Switch it off/);
    return true;
  });
  bench.flags(FLAG.NO_CLEAR);
  await assert.rejects(scope.recover(io()), /Cannot clear .* does not do so/);
  assert.equal(scope.alive, true);
  bench.flags();
  await scope.recover(io());
});

test("the main loop goes on while the driver waits", async (bench) => {
  await using scope = await bench.open();
  bench.flags(FLAG.SLOW_CLEAR);
  const cleared = scope.recover(io());
  await underWay(bench);
  // Each turn of the loop is one that the driver did not keep.
  for (let turn = 0; turn < 5; turn++) await sleep(systemClock, 1);
  bench.flags();
  assert.match(await cleared, /cleared/);
});

test("an answer to another question, or of another form, is refused", async (bench) => {
  bench.reply("A?\n", "1.5\n");
  await using scope = await bench.open();
  const cases: [number, RegExp][] = [
    [FLAG.WRONG_TAG, /its tag is the question's, \d+: \d+\./],
    [FLAG.WRONG_SUM, /its tag's complement fits/],
    [FLAG.WRONG_KIND, /its kind is 2: 3\./],
    [FLAG.LONGER, /it has 65536 bytes at most: 65540\./],
    [FLAG.CUT, /it has the 4 bytes of its header: 2 came\./],
  ];
  for (const [flag, message] of cases) {
    bench.flags(flag);
    await send(scope, "A?\n");
    await assert.rejects(receive(scope), (error) => {
      assert.ok(error instanceof ProtocolError);
      assert.match(error.message, message);
      return true;
    });
    bench.flags();
    assert.equal(await query(scope, "A?\n"), "1.5\n");
  }
});

test("a halted pipe is an error of the message, and is opened again", async (bench) => {
  bench.reply("A?\n", "1.5\n");
  await using scope = await bench.open();
  const halted = { name: "ProtocolError", message: /its pipe is halted/ };
  bench.flags(FLAG.STALL_ONCE);
  await assert.rejects(send(scope, "BAD\n"), halted);
  assert.equal(await query(scope, "A?\n"), "1.5\n");
  await send(scope, "A?\n");
  bench.flags(FLAG.STALL_IN, FLAG.HALTED);
  await assert.rejects(receive(scope), halted);
  assert.equal(await query(scope, "A?\n"), "1.5\n");
  // The question for an answer may be refused as well.
  await send(scope, "A?\n");
  bench.flags(FLAG.STALL_ONCE);
  await assert.rejects(receive(scope), halted);
  assert.equal(await query(scope, "A?\n"), "1.5\n");
});

test("status byte, trigger and remote control reach the instrument", async (bench) => {
  await using scope = await bench.open();
  bench.statusByte(0x51);
  assert.equal(await scope.readStatusByte?.(io()), 0x51);
  await scope.trigger?.(io());
  assert.equal(bench.state().triggers, 1);
  await scope.setRemote?.(true, io());
  assert.equal(bench.state().remote, 1);
  await scope.setRemote?.(false, io());
  assert.equal(bench.state().remote, 0, "after the front panel was given back");
  await scope.clear?.(io());
  assert.equal(scope.lock, undefined);
  bench.flags(FLAG.NO_SIMPLE);
  for (
    const act of [
      () => scope.readStatusByte?.(io()),
      () => scope.trigger?.(io()),
      () => scope.setRemote?.(true, io()),
      () => scope.setRemote?.(false, io()),
    ]
  ) {
    await assert.rejects(async () => await act(), { name: "ProtocolError", message: /did not do/ });
  }
  assert.equal(scope.alive, true);
});

test("what an instrument can't do, there is no method for", async (bench) => {
  bench.reset({ capabilities: 0 });
  bench.unplug(0);
  bench.plug(0, { protocol: "00", endpoints: "02" });
  await using scope = await bench.open();
  const { readStatusByte, trigger, setRemote, onServiceRequest } = scope;
  assert.deepEqual(
    [readStatusByte, trigger, setRemote, onServiceRequest],
    Array(4).fill(undefined),
  );
});

/** The next status byte that listeners are told. */
function told(): { listener: (byte: number | undefined) => void; next(): Promise<unknown> } {
  const queue: (number | undefined)[] = [];
  let news = Promise.withResolvers<void>();
  return {
    listener: (byte) => {
      queue.push(byte);
      news.resolve();
    },
    async next() {
      while (queue.length === 0) {
        await news.promise;
        news = Promise.withResolvers();
      }
      return queue.shift();
    },
  };
}

for (const version of [3, 2]) {
  test(`service requests come with their status byte, by version ${version}`, async (bench) => {
    bench.reply("SLOW?\n", "late\n");
    await using scope = await bench.open();
    const [one, other] = [told(), told()];
    const watch = await scope.onServiceRequest?.(one.listener, io());
    await using _other = await scope.onServiceRequest?.(other.listener, io());
    bench.requestService(0x60);
    assert.equal(await one.next(), 0x60);
    assert.equal(await other.next(), 0x60);
    // Also while an answer is waited for, and after the driver was busy.
    bench.flags(FLAG.HOLD);
    await send(scope, "SLOW?\n");
    const answer = receive(scope);
    bench.requestService(0x41);
    assert.equal(await one.next(), 0x41);
    bench.flags();
    assert.equal(await answer, "late\n");
    bench.flags(FLAG.SLOW_CLEAR);
    const cleared = scope.clear?.(io());
    bench.requestService(0x42);
    bench.flags();
    await cleared;
    assert.equal(await one.next(), 0x42);
    await watch?.[Symbol.asyncDispose]();
    assert.equal(await other.next(), 0x41);
    bench.requestService(0x43);
    assert.equal(await other.next(), 0x42);
    assert.equal(await other.next(), 0x43);
  }, { version });

  test(
    `a service request that comes with a status byte is not lost, by version ${version}`,
    async (bench) => {
      await using scope = await bench.open();
      const service = told();
      await using _watch = await scope.onServiceRequest?.(service.listener, io());
      bench.flags(FLAG.SLOW_STB);
      const statusByte = scope.readStatusByte?.(io());
      await underWay(bench);
      bench.requestService(0x48);
      bench.flags();
      assert.equal(await statusByte, 0x48);
      assert.equal(await service.next(), 0x48);
    },
    { version },
  );

  test(
    `a transfer that fails while nobody waits is cleared away, by version ${version}`,
    async (bench) => {
      bench.reply("SLOW?\n", "late\n");
      bench.reply("*IDN?\n", "ACME\n");
      await using scope = await bench.open();
      const service = told();
      await using _watch = await scope.onServiceRequest?.(service.listener, io());
      bench.flags(FLAG.HOLD);
      await send(scope, "SLOW?\n");
      await assert.rejects(receive(scope, soon()), TimeoutError);
      bench.break(71);
      while (bench.state().flying !== 0) await sleep(systemClock, 1);
      bench.requestService(0x44);
      assert.equal(await service.next(), 0x44);
      bench.flags();
      assert.equal(await query(scope, "*IDN?\n"), "ACME\n");
    },
    { version },
  );
}

Deno.test({
  ignore: needs("socat", ["-V"]).ignore || needs("gcc").ignore || Deno.build.os !== "linux",
  name: "instruments and serial ports wait together, by one library and one thread",
  async fn() {
    using bench = new Bench();
    bench.plug(0);
    bench.reply("SLOW?\n", "late\n");
    await using line = await cable();
    const { shared } = bench.system;
    const share = shared.take("look at it");
    await using scope = await bench.open();
    await using port = await openSerial(line.a, { system: linuxSystem(shared) });
    await using other = await openSerial(line.b);
    assert.equal(share.poller.size, 2);
    bench.flags(FLAG.HOLD);
    await send(scope, "SLOW?\n");
    const [answer, byLine] = [receive(scope), readText(port)];
    await other.write(bytes("1.5"), true, io());
    assert.equal(await byLine, "1.5");
    bench.flags();
    assert.equal(await answer, "late\n");
    // Neither is kept by an instrument that takes its time.
    bench.flags(FLAG.SLOW_CLEAR);
    const cleared = scope.clear?.(io());
    const again = readText(port);
    await other.write(bytes("2.5"), true, io());
    assert.equal(await again, "2.5");
    bench.flags();
    await cleared;
    await share.give();
  },
});
