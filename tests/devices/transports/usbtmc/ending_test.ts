import assert from "node:assert/strict";
import { LinkError } from "../../../../devices/transports/errors.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { type Bench, FLAG, io, receive, send, test, underWay } from "./_bench.ts";

/** A way to wait. */
interface Wait {
  readonly flags: readonly number[];
  readonly act: (scope: Transport) => Promise<unknown>;
}

/** Each way to wait. */
const WAITS: Readonly<Record<string, Wait>> = {
  "a write": { flags: [FLAG.NO_OUT], act: (scope) => send(scope, "x\n") },
  "a read": {
    flags: [FLAG.HOLD],
    async act(scope) {
      await send(scope, "SLOW?\n");
      await receive(scope);
    },
  },
  "a status byte": {
    flags: [FLAG.SLOW_STB],
    act: async (scope) => await scope.readStatusByte?.(io()),
  },
  "a recovery": { flags: [FLAG.SLOW_CLEAR], act: (scope) => scope.recover(io()) },
};

/** What somebody gets who waits in this way. */
function waiting(bench: Bench, scope: Transport, { flags, act }: Wait): Promise<unknown> {
  bench.reply("SLOW?\n", "late\n");
  bench.flags(...flags);
  return act(scope).then(() => assert.fail("it has no end"), (error) => error);
}

for (const [what, wait] of Object.entries(WAITS)) {
  test(`unplugging ends ${what} at once`, async (bench) => {
    await using scope = await bench.open();
    await using _watch = await scope.onServiceRequest?.(() => {}, io());
    const outcome = waiting(bench, scope, wait);
    await underWay(bench);
    bench.unplug(0);
    const error = await outcome;
    assert.ok(error instanceof LinkError, String(error));
    assert.match(error.message, /usbtmc0 is gone: the system says error 19\. Look at its plug/);
    assert.equal(scope.alive, false);
    await assert.rejects(send(scope, "x\n"), LinkError);
  });

  test(`closing ends ${what}`, async (bench) => {
    const scope = await bench.open();
    const outcome = waiting(bench, scope, wait);
    await underWay(bench);
    const closed = scope[Symbol.asyncDispose]();
    const error = await outcome;
    assert.ok(error instanceof LinkError, String(error));
    assert.match(error.message, /it is closed/);
    bench.flags();
    await closed;
    await scope[Symbol.asyncDispose]();
    await assert.rejects(scope.read(new Uint8Array(1), io()), LinkError);
    assert.equal(scope.alive, false);
  });
}

test("an instrument that left while nobody waited is not alive", async (bench) => {
  await using scope = await bench.open();
  assert.equal(scope.alive, true);
  bench.unplug(0);
  assert.equal(scope.alive, false);
  await assert.rejects(receive(scope), LinkError);
});

test("a bus that fails ends the link", async (bench) => {
  bench.reply("SLOW?\n", "late\n");
  await using scope = await bench.open();
  bench.flags(FLAG.HOLD);
  await send(scope, "SLOW?\n");
  const outcome = assert.rejects(receive(scope), (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(
      error.message,
      /a USB transfer failed: the system says error 71\. Look at its plug/,
    );
    return true;
  });
  await underWay(bench);
  bench.break(71);
  await outcome;
  assert.equal(scope.alive, false);
});
