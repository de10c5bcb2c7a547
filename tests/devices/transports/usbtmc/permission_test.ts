import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { libcCandidates } from "../../../../devices/transports/serial/linux/libc.ts";
import { libraryAccess } from "../../../../devices/transports/serial/unix/library.ts";
import { ROOT, runProgram, temporaryFolder } from "../../../_child.ts";
import { needs } from "../../../_needs.ts";
import { Bench, NAME } from "./_bench.ts";
import { join } from "node:path";

const linux = Deno.build.os === "linux";
const program = fileURLToPath(new URL("_query.ts", import.meta.url));

Deno.test({
  ignore: needs("gcc").ignore || !linux,
  name: "an instrument takes the permission of one library and nothing else",
  async fn() {
    using bench = new Bench();
    bench.plug(0);
    const run = await runProgram(program, {
      cwd: ROOT,
      flags: [`--allow-ffi=${bench.library}`],
      args: [bench.library, bench.system.roots.sys, bench.system.roots.dev, NAME],
      audit: true,
    });
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.stdout, "1\ntrue\n");
    assert.deepEqual(run.used, [`ffi:${bench.library}`]);
  },
});

Deno.test({
  ignore: !linux,
  name: "the system's own library and files take no more",
  async fn() {
    using folder = temporaryFolder();
    const script = join(folder.path, "list.ts");
    Deno.writeTextFileSync(
      script,
      `import { openUsbtmc, usbtmcDevices } from "@stripchart/stripchart/devices";
      console.log(Array.isArray(usbtmcDevices()));
      await openUsbtmc("USB::0xFFFF::0xFFFF::NONE", { deadline: performance.now() + 10_000 })
        .catch((error) => console.log(error.name));`,
    );
    const libc = libcCandidates(Deno.build.arch).find((path) => libraryAccess.exists(path));
    const run = await runProgram(script, {
      cwd: folder.path,
      flags: [`--allow-ffi=${libc}`],
      audit: true,
    });
    assert.equal(run.stdout, "true\nLinkError\n", run.stderr);
    assert.deepEqual(run.used, [`ffi:${libc}`]);
    const refused = await runProgram(script, { cwd: folder.path });
    assert.equal(refused.code, 1);
    assert.match(
      refused.stderr,
      /NotCapable: Cannot list the USB instruments, .* Run Deno with --allow-ffi=\/\S+libc/,
    );
  },
});
