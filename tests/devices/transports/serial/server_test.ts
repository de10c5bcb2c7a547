import assert from "node:assert/strict";
import { join } from "node:path";
import { open } from "../../../../devices/open.ts";
import { UnsupportedError } from "../../../../devices/transports/errors.ts";
import { macosSystem } from "../../../../devices/transports/serial/macos/system.ts";
import { serveSerial } from "../../../../devices/transports/serial/server.ts";
import type { SerialSystem } from "../../../../devices/transports/serial/system.ts";
import type { Responder } from "../../../../devices/transports/responder.ts";
import { serial } from "../../../../devices/visa.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { VirtualClock } from "../../../../time/virtual_clock.ts";
import { needs } from "../../../_needs.ts";
import { compileStandIn } from "./_standin.ts";

const linux = { ignore: Deno.build.os !== "linux" };

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Answers what ends in a question mark, `LONG?` by a megabyte. */
const echo: Responder = {
  receive(message) {
    const text = decode(message);
    if (text === "LONG?") return encode("x".repeat(1_000_000));
    return text.endsWith("?") ? encode(text.slice(0, -1)) : undefined;
  },
};

Deno.test({
  ...linux,
  name: "serveSerial() answers clients that come and go",
  async fn() {
    await using server = serveSerial(echo);
    assert.match(server.path, /^\/dev\/pts\/\d+$/);
    for (const baudRate of [9600, 250_000]) {
      await using client = await open(serial(server.path, { baudRate, timeout: "20s" }));
      assert.equal(await client.query("A?"), "A");
      assert.equal((await client.query("LONG?")).length, 1_000_000);
      assert.equal(await client.query("B?"), "B");
    }
  },
});

Deno.test({
  ...linux,
  name: "serveSerial() passes every byte as it is",
  async fn() {
    await using server = serveSerial({ receive: (message) => message.toReversed() }, {
      ends: ["END"],
      answerEnd: "",
    });
    await using client = await open(serial(server.path, { writeTerminator: "" }));
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    await client.write(new Uint8Array([...all, ...encode("END")]));
    assert.deepEqual(await client.readBytes(256), all.toReversed());
  },
});

Deno.test({
  ...linux,
  name: "serveSerial() loses what nobody reads",
  async fn() {
    const clock = new VirtualClock();
    await using server = serveSerial(echo, { clock });
    {
      await using client = await open(serial(server.path));
      await client.write("LONG?");
    }
    while (clock.monotonic() < 1000) await sleep(systemClock, 1);
    await using client = await open(serial(server.path, { timeout: "20s" }));
    assert.equal(await client.query("A?"), "A");
  },
});

Deno.test({
  ...needs("gcc"),
  name: "serveSerial() makes a pseudo terminal by the requests of macOS, on its stand-in",
  async fn() {
    const folder = Deno.makeTempDirSync();
    try {
      const path = join(folder, "libSystem.so");
      compileStandIn("standin_libsystem.c", path);
      const system = macosSystem([path], "x86_64");
      await using server = serveSerial(echo, { system });
      await using client = await open(serial(server.path, { system, timeout: "20s" } as never));
      assert.equal(await client.query("A?"), "A");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("serveSerial() says so when a system has no pseudo terminals", () => {
  const system: SerialSystem = {
    open: () => assert.fail("nothing is opened"),
    ports: () => [],
  };
  assert.throws(() => serveSerial(echo, { system }), UnsupportedError);
});
