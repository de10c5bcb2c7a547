import assert from "node:assert/strict";
import packet from "dns-packet";
import { join } from "node:path";
import type { FinderReport } from "../../../devices/discovery/mod.ts";
import { DatagramSocket } from "../../../devices/transports/datagrams.ts";
import { runProgram, temporaryFolder } from "../../_child.ts";
import { granted } from "../../_flags.ts";

const PROGRAM = `
import { discover, mdnsFinder, vxi11Finder } from "@stripchart/stripchart/devices";

const destination = { hostname: "127.0.0.1", port: Number(Deno.args[0]) };
const finders = {
  vxi11: vxi11Finder({ destinations: [destination] }),
  mdns: mdnsFinder({ destination }),
};
const finder = finders[Deno.args[1] as "vxi11" | "mdns"];
const stop = new AbortController();
const { signal } = stop;
for await (const event of discover({ finders: [finder], timeout: "60s", signal })) {
  if (event.kind === "finder") console.log(JSON.stringify(event.report));
  else stop.abort();
}
`;

const INSTANCE = "x._hislip._tcp.local";

/** Answers any question so that the finder finds something. */
async function answering(name: string): Promise<DatagramSocket> {
  const socket: DatagramSocket = await DatagramSocket.open({
    hostname: "127.0.0.1",
    port: 0,
    take(question, from) {
      const answer = name === "vxi11"
        ? Uint8Array.fromHex(
          question.subarray(0, 4).toHex() + "00000001" + "00".repeat(16) + "000004d2",
        )
        : packet.encode({
          type: "response",
          answers: [
            { type: "SRV", name: INSTANCE, data: { target: "x.local", port: 4880 } },
            { type: "A", name: "x.local", data: "127.0.0.1" },
          ],
        });
      void socket.send(answer, from);
    },
  });
  return socket;
}

for (const name of ["vxi11", "mdns"]) {
  Deno.test(`the finder ${name} names the flag that it needs, and uses that and no more`, async () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(join(folder.path, "search.ts"), PROGRAM);
    await using socket = await answering(name);
    const run = async (flags: readonly string[]) => {
      const { code, stdout, stderr, used } = await runProgram("search.ts", {
        cwd: folder.path,
        args: [String(socket.port), name],
        flags,
        audit: true,
      });
      assert.equal(code, 0, stderr);
      const report: FinderReport = JSON.parse(stdout);
      return { report, used };
    };
    const without = await run([]);
    assert.equal(without.report.outcome, "skipped");
    assert.deepEqual(without.used, []);
    const { flags } = without.report;
    assert.deepEqual(flags, [`--allow-net=0.0.0.0:0,127.0.0.1:${socket.port}`]);
    const { report, used } = await run(flags);
    assert.equal(report.outcome, "stopped", report.message);
    assert.equal(report.found, 1);
    assert.deepEqual(used.toSorted(), granted(flags, folder.path).toSorted());
  });
}
