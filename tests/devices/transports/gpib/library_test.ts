import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import {
  gpibCandidates,
  gpibLibraries,
  type GpibSystem,
} from "../../../../devices/transports/gpib/candidates.ts";
import { errorOf, isGone, timedOut } from "../../../../devices/transports/gpib/errors.ts";
import { STATUS, timeoutCode } from "../../../../devices/transports/gpib/ib.ts";
import { openGpib } from "../../../../devices/transports/gpib/open.ts";
import { ROOT, runProgram } from "../../../_child.ts";
import { needs } from "../../../_needs.ts";
import { within } from "../prologix/_bench.ts";
import { withStandin } from "./_standin.ts";

const gcc = needs("gcc");
const program = fileURLToPath(new URL("_query.ts", import.meta.url));

Deno.test({
  ...gcc,
  name: "a board takes the permission of its library and nothing else",
  fn: () =>
    withStandin(async ({ library }) => {
      const run = await runProgram(program, {
        cwd: ROOT,
        flags: [`--allow-ffi=${library}`],
        args: [library],
        audit: true,
      });
      assert.equal(run.code, 0, run.stderr);
      assert.equal(run.stdout, `${library}\nSTANDIN,5\n`);
      assert.deepEqual(run.used, [`ffi:${library}`]);
    }),
});

Deno.test({
  ...gcc,
  name: "a board's library may be named by the environment, if that may be read",
  fn: () =>
    withStandin(async ({ library }) => {
      const flags = [`--allow-ffi=${library}`, "--allow-env=STRIPCHART_GPIB_LIBRARY"];
      Deno.env.set("STRIPCHART_GPIB_LIBRARY", library);
      try {
        const run = await runProgram(program, { cwd: ROOT, flags });
        assert.equal(run.stdout, `${library}\nSTANDIN,5\n`, run.stderr);
        const without = await runProgram(program, { cwd: ROOT, flags: flags.slice(0, 1) });
        assert.equal(without.code, 1);
        assert.match(without.stderr, /Cannot load a GPIB library/);
      } finally {
        Deno.env.delete("STRIPCHART_GPIB_LIBRARY");
      }
    }),
});

Deno.test("openGpib() names what it tried when there is no library", async () => {
  await assert.rejects(
    openGpib({ board: 0, primary: 5 }, within(10_000), { library: "/nowhere/libgpib.so.0" }),
    {
      name: "LinkError",
      message: /^Cannot load a GPIB library.*: \/nowhere\/libgpib\.so\.0 \(.*Install linux-gpib/,
    },
  );
});

Deno.test({
  ...gcc,
  name: "openGpib() refuses a library that lacks what it needs",
  fn: () =>
    withStandin(async ({ library }) => {
      await assert.rejects(
        openGpib({ board: 0, primary: 5 }, within(10_000), { library }),
        /libgpib\.so\.0 \(.*ibclr/,
      );
    }, "-Dibclr=unknown"),
});

Deno.test({
  name: "openGpib() prints the exact flag when loading is not permitted",
  permissions: { ffi: false, env: false, read: false },
  async fn() {
    await assert.rejects(
      openGpib({ board: 0, primary: 5 }, within(10_000), { library: "/nowhere/libgpib.so.0" }),
      /Run with --allow-ffi=\/nowhere\/libgpib\.so\.0 to let/,
    );
  },
});

const system = (changes: Partial<GpibSystem>): GpibSystem => ({
  os: "linux",
  arch: "aarch64",
  variable: () => undefined,
  granted: () => false,
  exists: () => undefined,
  ...changes,
});

Deno.test("gpibCandidates() takes the option, then the environment, then the usual places", () => {
  const named = system({ variable: (name) => name === "STRIPCHART_GPIB_LIBRARY" ? "/b" : "" });
  assert.deepEqual(gpibCandidates("/a", named), ["/a"]);
  assert.deepEqual(gpibCandidates(undefined, named), ["/b"]);
  const usual = gpibCandidates(undefined, system({}));
  assert.equal(usual[0], "/usr/lib/aarch64-linux-gnu/libgpib.so.0");
  assert.ok(usual.every((path) => path.startsWith("/")));
  assert.ok(usual.some((path) => path.endsWith("/libgpibapi.so")));
  assert.match(gpibCandidates(undefined, system({ os: "windows" })).join(), /ni4882\.dll/);
  assert.match(gpibCandidates(undefined, system({ os: "darwin" })).join(), /NI4882\.framework/);
  assert.deepEqual(gpibCandidates(undefined, system({ os: "plan9" })), []);
});

Deno.test("gpibLibraries() asks for what is granted, or is there, or may be", () => {
  const all = gpibCandidates(undefined, system({}));
  const [first = "", second = ""] = all;
  assert.deepEqual(gpibLibraries(undefined, system({})), all);
  assert.deepEqual(
    gpibLibraries(undefined, system({ exists: (path) => path === second })),
    [second],
  );
  const granted = system({ granted: (path) => path === first, exists: (path) => path === second });
  assert.deepEqual(gpibLibraries(undefined, granted), [first]);
  assert.deepEqual(gpibLibraries("/a", granted), ["/a"]);
});

Deno.test("timeoutCode() takes the shortest step that is long enough", () => {
  const table = [[-5, 1], [0, 1], [0.01, 1], [0.02, 2], [99, 9], [100, 9], [101, 10], [1e6, 17]];
  for (const [ms, code] of table) assert.equal(timeoutCode(ms ?? 0), code, `${ms}`);
  assert.equal(timeoutCode(Infinity), 17);
  fc.assert(fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
    assert.ok(timeoutCode(ms) <= timeoutCode(ms * 1.1 + 1));
  }));
});

Deno.test("errorOf() gives each code the error of its meaning, with the next step", () => {
  const failed = (error: number, count = 0, more = 0) =>
    ({ status: STATUS.ERR | more, error, count }) as const;
  const table: [ReturnType<typeof failed>, string, RegExp, boolean?][] = [
    [failed(0, 19), "LinkError", /the board is gone \(EDVR, errno 19\)\. Check the adapter/, true],
    [failed(0, 13), "LinkError", /not permitted \(EDVR, errno 13\)\. Add yourself to its group/],
    [failed(0, 5), "LinkError", /\(EDVR, errno 5\)\. See what the kernel says/],
    [failed(0, 110), "TimeoutError", /no answer came within 5 ms/],
    [failed(1), "LinkError", /controller in charge \(ECIC\)\. Set master = yes/],
    [failed(2), "LinkError", /nothing listens at its address \(ENOL\)/],
    [failed(5), "LinkError", /ESAC/],
    [failed(6), "LinkError", /EABO/],
    [failed(6, 3, STATUS.TIMO), "TimeoutError", /within 5 ms/],
    [failed(7), "LinkError", /no such board.*lsmod/, true],
    [failed(11), "UnsupportedError", /do without/],
    [failed(14), "LinkError", /EBUS/],
    [failed(16), "LinkError", /ESRQ/],
    [failed(28), "LinkError", /lost its power/, true],
    [failed(99), "LinkError", /error 99/],
  ];
  for (const [result, name, message, gone = false] of table) {
    const error = errorOf(result, "write to", "GPIB0::5::INSTR", 5);
    assert.equal(error?.name, name);
    assert.match(error?.message ?? "", message);
    assert.match(error?.message ?? "", /^Cannot write to/);
    assert.equal(isGone(result), gone, `${result.error}`);
    assert.equal(timedOut(result), name === "TimeoutError");
  }
  assert.equal(errorOf({ status: STATUS.END }, "read from", "GPIB0::5::INSTR", 5), undefined);
});
