import assert from "node:assert/strict";
import { LinkError, TimeoutError } from "../../../../devices/transports/errors.ts";
import { REQUEST } from "../../../../devices/transports/usbtmc/requests.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { bytes, FLAG, io, receive, send, soon, test } from "./_bench.ts";

// The driver of Linux 4.19 knows neither time-outs nor ends; one built apart from the kernel may.
for (const version of [0, 1]) {
  test(`without transfers, version ${version}: a query and its answer`, async (bench) => {
    bench.reply("LONG QUERY?\n", "1.5\n2.5\n");
    bench.reply("CURVE?\n", new Uint8Array(3_000_000).fill(7));
    await using scope = await bench.open();
    await scope.write(bytes("LONG "), false, io());
    assert.equal(bench.told(), "");
    await scope.write(bytes("QUERY?\n"), true, io());
    assert.equal(bench.told(), "LONG QUERY?\n");
    assert.equal(await receive(scope), "1.5\n2.5\n");
    await scope.write(new Uint8Array(0), true, io());
    await send(scope, "CURVE?\n");
    const target = new Uint8Array(3_100_000);
    let count = 0;
    for (let end = false; !end;) {
      const result = await scope.read(target.subarray(count), io());
      count += result.count;
      end = result.end;
    }
    assert.equal(count, 3_000_000);
    assert.ok(target.subarray(0, count).every((byte) => byte === 7));
    assert.equal(scope.discard?.(), 0);
    const requests = bench.seen().map(({ request }) => request);
    assert.ok(!requests.includes(REQUEST.WRITE) && !requests.includes(REQUEST.READ));
    assert.equal(bench.state().autoAbort, version);
  }, { version });

  test(
    `without transfers, version ${version}: a late answer is never taken for the next`,
    async (bench) => {
      bench.reply("SLOW?\n", "late\n");
      bench.reply("*IDN?\n", "ACME\n");
      await using scope = await bench.open();
      bench.flags(FLAG.HOLD);
      await send(scope, "SLOW?\n");
      await assert.rejects(receive(scope, soon()), TimeoutError);
      // The driver still waits: nothing else can be asked of it until it is done.
      const reason = new Error("enough");
      const giveUp = new AbortController();
      const given = assert.rejects(send(scope, "*IDN?\n", io(giveUp.signal)), reason);
      giveUp.abort(reason);
      await given;
      await assert.rejects(receive(scope, io(AbortSignal.abort(reason))), reason);
      bench.flags();
      assert.match(await scope.recover(io()), /cleared/);
      await send(scope, "*IDN?\n");
      assert.equal(await receive(scope), "ACME\n");
      // Without recover() the next message does the same.
      bench.flags(FLAG.HOLD);
      await send(scope, "SLOW?\n");
      await assert.rejects(receive(scope, soon()), TimeoutError);
      bench.flags();
      await send(scope, "*IDN?\n");
      assert.equal(await receive(scope), "ACME\n");
    },
    { version },
  );

  test(
    `without transfers, version ${version}: unplugging and closing end a read at once`,
    async (bench) => {
      bench.reply("SLOW?\n", "late\n");
      for (const how of ["unplug", "close"]) {
        await using scope = await bench.open();
        bench.flags(FLAG.HOLD);
        await send(scope, "SLOW?\n");
        const outcome = assert.rejects(receive(scope), LinkError);
        for (let turn = 0; turn < 3; turn++) await sleep(systemClock, 1);
        let closed: PromiseLike<void> | undefined;
        if (how === "unplug") bench.unplug(0);
        else closed = scope[Symbol.asyncDispose]();
        await outcome;
        assert.equal(scope.alive, false);
        bench.flags();
        await closed;
        if (how === "unplug") bench.plug(0);
      }
    },
    { version },
  );

  test(
    `without transfers, version ${version}: service requests and the rest of USB488`,
    async (bench) => {
      await using scope = await bench.open();
      const { promise, resolve } = Promise.withResolvers<number | undefined>();
      await using _watch = await scope.onServiceRequest?.(resolve, io());
      bench.requestService(0x61);
      assert.equal(await promise, 0x61);
      assert.equal(await scope.readStatusByte?.(io()), 0x61);
      await scope.trigger?.(io());
      assert.equal(bench.state().triggers, 1);
    },
    { version },
  );
}

test("without transfers: a driver that can is told how long and where to stop", async (bench) => {
  bench.reply("A?\n", "1\n2\n");
  await using scope = await bench.open();
  await send(scope, "A?\n");
  const stopping = { ...io(), stopAt: 10 };
  assert.deepEqual(await scope.read(new Uint8Array(9), stopping), { count: 2, end: false });
  const { timeout = 0 } = bench.state();
  assert.ok(timeout > 5000 && timeout <= 20_000, `${timeout} ms`);
  assert.deepEqual(await scope.read(new Uint8Array(9), io()), { count: 2, end: true });
  bench.flags(FLAG.NO_TERM);
  await send(scope, "A?\n");
  assert.deepEqual(await scope.read(new Uint8Array(9), stopping), { count: 4, end: true });
}, { version: 1 });

test("without transfers: what the driver refuses is an error of the message", async (bench) => {
  bench.reply("*IDN?\n", "ACME\n");
  await using scope = await bench.open();
  bench.flags(FLAG.STALL_ONCE);
  await assert.rejects(send(scope, "BAD\n"), {
    name: "ProtocolError",
    message: /Cannot write to .*, as the transfer failed\. Look at what was sent/,
  });
  await send(scope, "*IDN?\n");
  assert.equal(await receive(scope), "ACME\n");
}, { version: 0 });
