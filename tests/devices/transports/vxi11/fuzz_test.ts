import assert from "node:assert/strict";
import fc from "fast-check";
import { openVxi11 } from "../../../../devices/transports/vxi11/mod.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { instrument, reply } from "./_scripted.ts";

/** What a server may answer to a call: replies right in form only, fragments, and any bytes. */
const junk = (xid: number): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.tuple(
      fc.constantFrom(xid, xid, xid + 1, 0),
      fc.array(fc.oneof(fc.nat(0xffffffff), fc.uint8Array({ maxLength: 40 })), { maxLength: 5 }),
    ).map(([xid, fields]) => reply(xid, ...fields)),
    // A fragment that is longer than anything that comes.
    fc.integer({ min: 0, max: 0x7fffffff }).map((length) => {
      const mark = new Uint8Array(4);
      new DataView(mark.buffer).setUint32(0, length);
      return mark;
    }),
  );

const soon = (ms: number) => ({ deadline: systemClock.monotonic() + ms });
const OURS = /^(?:TimeoutError|LinkError|ProtocolError|UnsupportedError)$/;

Deno.test("openVxi11() takes whatever a server sends: an answer or an error of a link, in time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.gen(), fc.integer({ min: 1, max: 3 }), async (gen, count) => {
      await using server = instrument(async ({ xid, send }) => {
        for (let i = 0; i < count; i++) await send(gen(junk, xid));
      });
      const link = await openVxi11({
        host: "127.0.0.1",
        port: server.port,
        timeout: 20_000,
        margin: 20,
      });
      await using _link = link;
      const before = Deno.memoryUsage().external;
      for (
        const act of [
          () => link.write(new Uint8Array([65]), true, soon(15)),
          () => link.read(new Uint8Array(1000), soon(15)),
          () => link.readStatusByte?.(soon(15)) ?? Promise.resolve(),
          () => link.recover(soon(60)),
        ]
      ) {
        try {
          await act();
        } catch (error) {
          assert.match((error as Error).name, OURS, String(error));
        }
      }
      assert.ok(Deno.memoryUsage().external - before < 32 * 2 ** 20);
    }),
    { numRuns: 60 },
  );
});
