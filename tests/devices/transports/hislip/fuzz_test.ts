import assert from "node:assert/strict";
import fc from "fast-check";
import { encodeMessage, MessageType } from "../../../../devices/transports/hislip/header.ts";
import { openHislip, serveHislip } from "../../../../devices/transports/hislip/mod.ts";
import type { Transport } from "../../../../devices/transports/transport.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { polite, ScriptedServer, writeAll } from "./_scripted_server.ts";

/** Messages that are right in form only, and bytes that are not even that. */
const junk: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.tuple(
    fc.integer({ min: 0, max: 45 }),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 0xffffffff }),
    fc.uint8Array({ maxLength: 60 }),
  ).map(([type, control, parameter, payload]) => encodeMessage(type, control, parameter, payload)),
  // A length that does not come, up to all that 64 bits can say.
  fc.tuple(
    fc.constantFrom(MessageType.Data, MessageType.DataEnd, MessageType.AsyncStatusResponse),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  ).map(([type, length]) => {
    const header = encodeMessage(type, 0, 0xffffff00);
    new DataView(header.buffer, header.byteOffset).setBigUint64(8, length);
    return header;
  }),
);

const soon = (ms: number) => ({ deadline: systemClock.monotonic() + ms });
const OURS = /^(?:TimeoutError|LinkError|ProtocolError)$/;

Deno.test("openHislip() takes whatever a server sends: an answer or an error of a link, in time", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(junk, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (messages, onSync) => {
        await using server = new ScriptedServer((message, server) => {
          if (message.type !== MessageType.DataEnd) return polite(message);
          const conn = onSync ? server.sync : server.async;
          void (async () => {
            for (const bytes of messages) await writeAll(conn, bytes);
          })().catch(() => {});
          return [];
        });
        const link = await openHislip({ host: "127.0.0.1", port: server.port, ...soon(20_000) });
        await using _link = link;
        const before = Deno.memoryUsage().external;
        for (
          const act of [
            () => link.write(new Uint8Array([65]), true, soon(20_000)),
            () => link.read(new Uint8Array(1000), soon(15)),
            () => link.readStatusByte?.(soon(5)) ?? Promise.resolve(),
            () => link.recover(soon(50)),
          ]
        ) {
          try {
            await act();
          } catch (error) {
            assert.match((error as Error).name, OURS, String(error));
          }
        }
        assert.ok(Deno.memoryUsage().external - before < 32 * 2 ** 20);
      },
    ),
    { numRuns: 60 },
  );
});

Deno.test("serveHislip() bears any bytes on both channels, and serves the next client", async () => {
  await using server = await serveHislip(() => ({ receive: (message) => message }), { port: 0 });
  const query = async (link: Transport): Promise<void> => {
    await link.write(new Uint8Array([65, 66]), true, soon(20_000));
    const target = new Uint8Array(10);
    assert.deepEqual(await link.read(target, soon(20_000)), { count: 2, end: true });
  };
  const options = { host: "127.0.0.1", port: server.port };
  await using other = await openHislip({ ...options, ...soon(20_000) });
  await fc.assert(
    fc.asyncProperty(fc.array(junk, { maxLength: 4 }), fc.boolean(), async (messages, greets) => {
      using conn = await Deno.connect({ hostname: "127.0.0.1", port: server.port });
      try {
        if (greets) {
          const name = new TextEncoder().encode("hislip0");
          await writeAll(conn, encodeMessage(MessageType.Initialize, 0, 0x0100_5858, name));
        }
        for (const bytes of messages) await writeAll(conn, bytes);
      } catch {
        // The server has closed it already, as it may.
      }
    }),
    { numRuns: 100 },
  );
  await query(other);
  await using link = await openHislip({ ...options, ...soon(20_000) });
  await query(link);
});
