import assert from "node:assert/strict";
import { open } from "../../../devices/open.ts";
import type { Responder } from "../../../devices/transports/responder.ts";
import { serveSocket } from "../../../devices/transports/socket_server.ts";
import { socket } from "../../../devices/visa.ts";

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Answers what ends in a question mark by what stands before it. */
const echo: Responder = {
  receive(message) {
    const text = decode(message);
    if (text === "BREAK?") throw new Error("broken");
    return text.endsWith("?") ? encode(text.slice(0, -1)) : undefined;
  },
};

Deno.test("serveSocket() answers several clients at once, each its own", async () => {
  await using server = serveSocket(echo);
  await using one = await open(socket("127.0.0.1", server.port));
  await using two = await open(socket("127.0.0.1", server.port));
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? one : two).query(`N${i}?`)),
  );
  assert.deepEqual(answers, Array.from({ length: 40 }, (_, i) => `N${i}`));
  assert.equal(server.clients, 2);
});

Deno.test("serveSocket() serves on when an instrument throws or a message is too long", async () => {
  await using server = serveSocket(echo, { mostMessage: 100 });
  await using client = await open(socket("127.0.0.1", server.port, { timeout: "20s" }));
  await client.write("BREAK?");
  assert.equal(await client.query("A?"), "A");
  // The client that never ends a message is cut off; the next one is served.
  await assert.rejects(client.query("x".repeat(200)), { name: "LinkError" });
  assert.equal(await client.query("B?"), "B");
});

Deno.test("serveSocket() takes and gives ends as it is told", async () => {
  await using server = serveSocket(echo, { ends: ["\r"], answerEnd: "\r" });
  await using client = await open(
    socket("127.0.0.1", server.port, { writeTerminator: "\r", readTerminator: "\r" }),
  );
  assert.equal(await client.query("A\nB?"), "A\nB");
});

Deno.test("serveSocket() ends at once when an instrument does not answer and clients are there", async () => {
  const asked = Promise.withResolvers<void>();
  const server = serveSocket({
    receive() {
      asked.resolve();
      return new Promise(() => {});
    },
  });
  const conn = await Deno.connect({ port: server.port });
  await conn.write(encode("A?\n"));
  await asked.promise;
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  assert.equal(server.clients, 0);
  assert.equal(await conn.read(new Uint8Array(1)), null);
  conn.close();
});

Deno.test("serveSocket() turns clients away when there are too many", async () => {
  await using server = serveSocket(echo, { mostClients: 1 });
  await using client = await open(socket("127.0.0.1", server.port));
  assert.equal(await client.query("A?"), "A");
  using conn = await Deno.connect({ port: server.port });
  assert.equal(await conn.read(new Uint8Array(1)), null);
});
