import assert from "node:assert/strict";
import { vxi11Finder } from "../../../devices/discovery/mod.ts";
import { servePortmapper } from "../../../devices/transports/rpc/portmapper.ts";
import { serveVxi11 } from "../../../devices/transports/vxi11/mod.ts";
import { search } from "./_collect.ts";

Deno.test("vxi11Finder() finds servers, and no host that has a portmapper only", async () => {
  const echo = { receive: (message: Uint8Array) => message };
  await using server = serveVxi11(echo, { portmapperPort: 0 });
  await server.discoverable;
  await using other = servePortmapper({ hostname: "127.0.0.2", port: 0, mappings: [] });
  await other.datagrams;
  const finder = vxi11Finder({
    destinations: [
      { hostname: "127.0.0.2", port: other.port },
      { hostname: "127.0.0.1", port: server.ports.portmapper ?? 0 },
    ],
  });
  const { found, report } = await search({
    finders: [finder],
    until: (found) => found.length > 0,
    then: "end",
  });
  const { core } = server.ports;
  assert.deepEqual(found, [{
    resource: `TCPIP0::127.0.0.1,${core}::inst0::INSTR`,
    ways: [{ finder: "vxi11", how: "VXI-11 broadcast" }],
    ports: { "vxi-11": core },
  }]);
  assert.deepEqual({ ...report, elapsed: 0 }, {
    finder: "vxi11",
    outcome: "searched",
    message: "127.0.0.2, 127.0.0.1",
    gaps: [],
    flags: [],
    found: 1,
    elapsed: 0,
  });
});

Deno.test("vxi11Finder() says so when nobody can be asked", async () => {
  const finder = vxi11Finder({ destinations: [{ hostname: "127.0.0.1", port: 0 }] });
  const { report } = await search({ finders: [finder] });
  assert.equal(report.outcome, "failed");
  assert.match(
    report.message,
    /^Cannot send by UDP, as the system does not send to 127\.0\.0\.1:0 \(.+\)\. Is there/,
  );
});
