import assert from "node:assert/strict";
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
for await (const event of discover({ finders: [finder], timeout: "50ms" })) {
  if (event.kind === "finder") console.log(JSON.stringify(event.report));
}
`;

for (const name of ["vxi11", "mdns"]) {
  Deno.test(`the finder ${name} names the flag that it needs, and uses that and no more`, async () => {
    using folder = temporaryFolder();
    Deno.writeTextFileSync(join(folder.path, "search.ts"), PROGRAM);
    await using socket = await DatagramSocket.open({
      hostname: "127.0.0.1",
      port: 0,
      take: () => {},
    });
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
    assert.equal(report.outcome, "searched", report.message);
    assert.deepEqual(used.toSorted(), granted(flags, folder.path).toSorted());
    if (name === "mdns") {
      assert.deepEqual(report.gaps, [
        "Only the first network is asked; all are with --allow-sys=networkInterfaces.",
      ]);
    }
  });
}
