import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { libcCandidates } from "../../../../devices/transports/serial/linux/libc.ts";
import { openSerial } from "../../../../devices/transports/serial/mod.ts";
import {
  librariesToTry,
  libraryAccess,
  loadFirst,
} from "../../../../devices/transports/serial/unix/library.ts";
import { ROOT, runProgram } from "../../../_child.ts";
import { needs } from "../../../_needs.ts";
import { bytes, cable, io, readText } from "./_socat.ts";

const ignore = needs("socat", ["-V"]).ignore || Deno.build.os !== "linux";
const program = fileURLToPath(new URL("_query.ts", import.meta.url));

Deno.test({
  ignore,
  name: "a port takes the permission of one library and nothing else",
  async fn() {
    await using line = await cable();
    const instrument = await openSerial(line.b);
    await using _instrument = instrument;
    const libc = libcCandidates(Deno.build.arch).find((path) => libraryAccess.exists(path));
    assert.ok(libc !== undefined);
    const [run] = await Promise.all([
      runProgram(program, {
        cwd: ROOT,
        flags: [`--allow-ffi=${libc}`],
        args: [line.a],
        audit: true,
      }),
      readText(instrument).then(async (text) => {
        assert.equal(text, "*IDN?\n");
        await instrument.write(bytes("bath"), true, io());
      }),
    ]);
    assert.equal(run.code, 0, run.stderr);
    assert.equal(run.stdout, "bath\n");
    assert.match(run.stderr, /this program has it open already/);
    assert.deepEqual(run.used, [`ffi:${libc}`]);
  },
});

Deno.test({
  ignore,
  name: "without the permission the error names the flag",
  async fn() {
    const run = await runProgram(program, { cwd: ROOT, args: ["/dev/ttyUSB0"] });
    assert.equal(run.code, 1);
    assert.match(
      run.stderr,
      new RegExp(`NotCapable: Cannot list the serial ports.*--allow-ffi=/\\S+libc\\S+`),
    );
  },
});

Deno.test("librariesToTry() takes what is granted, or else the first that may be there", () => {
  const all = ["/a", "/b", "/c"];
  const access = (granted: string[], exists?: string[]) => ({
    granted: (path: string) => granted.includes(path),
    exists: (path: string) => exists?.includes(path),
  });
  assert.deepEqual(librariesToTry(all, access(["/b", "/c"])), ["/b", "/c"]);
  assert.deepEqual(librariesToTry(all, access([])), ["/a"]);
  assert.deepEqual(librariesToTry(all, access([], ["/c"])), ["/c"]);
  assert.deepEqual(librariesToTry(all, access([], [])), []);
});

Deno.test("loadFirst() goes on to the next library, and says which flag is missing", () => {
  const access = { granted: () => true, exists: () => true };
  const load = (path: string) => {
    if (path === "/refused") throw new Deno.errors.NotCapable("no");
    if (path !== "/there") throw new Error(`${path}: bad`);
    return path;
  };
  assert.equal(loadFirst(["/a", "/there"], "do it", load, access), "/there");
  assert.throws(() => loadFirst(["/a", "/b"], "do it", load, access), {
    name: "NotFound",
    message: /Cannot do it, .*: \/a, \/b; \/a: bad; \/b: bad/,
  });
  assert.throws(() => loadFirst(["/refused", "/b"], "do it", load, access), {
    name: "NotCapable",
    message: /Run Deno with --allow-ffi=\/refused \(or where this system has it: \/b\)/,
  });
});
