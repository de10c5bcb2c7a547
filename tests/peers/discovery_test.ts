import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import {
  type FoundResource,
  identify,
  mdnsFinder,
  vxi11Finder,
} from "../../devices/discovery/mod.ts";
import { discover } from "../../devices/discovery/mod.ts";
import { serveHislip } from "../../devices/transports/hislip/mod.ts";
import { serveVxi11 } from "../../devices/transports/vxi11/mod.ts";
import { type Need, needsPython } from "../_needs.ts";
import { search } from "../devices/discovery/_collect.ts";

/** python-vxi11 asks portmappers at their one port: it is served on an address of the loopback of its own. */
const PORTMAPPER_HOST = "127.77.11.2";

function needsPortmapper(): Need {
  const vxi11 = needsPython("vxi11");
  if (vxi11.ignore) return vxi11;
  try {
    Deno.listen({ hostname: PORTMAPPER_HOST, port: 111 }).close();
    return { ignore: false };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    // deno-lint-ignore no-console -- the reason belongs beside the word "ignored"
    console.warn(`Tests of broadcasts are ignored: ${PORTMAPPER_HOST} port 111: ${why}`);
    return { ignore: true };
  }
}

/** A script of Python beside this file, once it has printed its first line. */
async function python(script: string, ...args: string[]) {
  const child = new Deno.Command("python3", {
    args: ["-W", "ignore", fileURLToPath(new URL(script, import.meta.url)), ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  while (!line.includes("\n")) line += (await lines.read()).value ?? assert.fail("it ended");
  return {
    line: line.trim(),
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      child.kill();
      await lines.cancel();
      await child.status;
    },
  };
}

Deno.test({
  ...needsPython("zeroconf"),
  name: "mdnsFinder() finds what python-zeroconf announces, and identify() asks it",
  async fn() {
    const echo = { receive: (message: Uint8Array) => message };
    await using server = serveHislip(() => echo, { port: 0 });
    await using _announced = await python("_announce.py", String(server.port));
    const finders = [mdnsFinder({ interfaces: ["127.0.0.1"] })];
    const stop = new AbortController();
    const hislip = `TCPIP0::127.0.0.1::hislip0,${server.port}::INSTR`;
    const raw = "TCPIP0::127.0.0.1::5025::SOCKET";
    const found = new Map<string, FoundResource>();
    let answer: string | undefined;
    const events = discover({ finders, timeout: "20s", signal: stop.signal });
    for await (const event of identify(events, { timeout: "20s" })) {
      if (event.kind === "found" || event.kind === "changed") {
        // Another responder of this computer may answer too.
        if (event.resource.hostName !== "acme-42.local") continue;
        found.set(event.resource.resource, event.resource);
      } else if (event.kind === "identified" && event.resource === hislip) {
        answer = "answer" in event ? event.answer : event.error;
      }
      const whole = [...found.values()].filter(({ ports }) =>
        Object.keys(ports ?? {}).length === 3
      );
      if (answer !== undefined && whole.length === 2) stop.abort();
    }
    assert.equal(answer, "*IDN?");
    const facts = {
      manufacturer: "ACME",
      model: "DMM 6.5",
      serialNumber: "42",
      firmware: "1.0",
      hostName: "acme-42.local",
      ports: { lxi: 80, hislip: server.port, "scpi-raw": 5025 },
    };
    assert.deepEqual(Object.fromEntries(found), {
      [hislip]: {
        resource: hislip,
        ways: [{ finder: "mdns", how: "mDNS _hislip._tcp" }],
        ...facts,
      },
      [raw]: { resource: raw, ways: [{ finder: "mdns", how: "mDNS _scpi-raw._tcp" }], ...facts },
    });
  },
});

const LIST = `
import sys, vxi11
print(vxi11.list_devices(sys.argv[1], timeout=2))
`;

Deno.test({
  ...needsPortmapper(),
  name: "serveVxi11() is found by python-vxi11's search by broadcast",
  async fn() {
    const echo = { receive: (message: Uint8Array) => message };
    await using server = serveVxi11(echo, { hostname: PORTMAPPER_HOST, portmapperPort: 111 });
    await server.discoverable;
    const { success, stdout } = await new Deno.Command("python3", {
      args: ["-W", "ignore", "-c", LIST, PORTMAPPER_HOST],
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
      signal: AbortSignal.timeout(60_000),
    }).output();
    assert.ok(success);
    assert.equal(new TextDecoder().decode(stdout), `['${PORTMAPPER_HOST}']\n`);
  },
});

Deno.test({
  ...needsPython("vxi11"),
  name: "vxi11Finder() finds a portmapper on python-vxi11's RPC",
  async fn() {
    await using portmapper = await python("_portmapper.py");
    const destinations = [{ hostname: "127.0.0.1", port: Number(portmapper.line) }];
    const { found } = await search({
      finders: [vxi11Finder({ destinations })],
      until: (found) => found.length > 0,
    });
    assert.deepEqual(found.map(({ resource }) => resource), [
      "TCPIP0::127.0.0.1,1234::inst0::INSTR",
    ]);
  },
});
