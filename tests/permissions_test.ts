import assert from "node:assert/strict";
import { isAbsolute, join, resolve } from "node:path";
import { ROOT, runProgram, temporaryFolder, usedPermissions } from "./_child.ts";
import { granted, printedFlags } from "./_flags.ts";

/** Accesses that no permission covers. */
function uncovered(used: readonly string[], grants: readonly string[]): string[] {
  return used.filter((access) =>
    !grants.some((grant) => access === grant || access.startsWith(`${grant}/`))
  );
}

Deno.test("an experiment uses the permissions that its --help prints, all of them and no others", async () => {
  using folder = temporaryFolder();
  const script = join(folder.path, "quick_start.ts");
  Deno.copyFileSync(join(ROOT, "examples/quick_start.ts"), script);

  const help = await runProgram("quick_start.ts", { cwd: folder.path, args: ["--help"] });
  assert.equal(help.code, 0, help.stderr);
  const flags = printedFlags(help.stdout);
  const grants = granted(flags, folder.path);

  const run = await runProgram("quick_start.ts", {
    cwd: folder.path,
    flags,
    args: ["--for", "1s"],
    audit: true,
  });
  assert.equal(run.code, 0, run.stderr);
  assert.doesNotMatch(run.stderr, /prompt|Requires \w+ access/i);

  const used = run.used.map((access) => {
    const [kind = "", value = ""] = access.split(/:(.*)/s);
    const isPath = kind === "read" || kind === "write";
    return isPath && !isAbsolute(value) ? `${kind}:${resolve(folder.path, value)}` : access;
  });
  assert.deepEqual(uncovered(used, grants), []);
  // What git or a lock file would be read for is not there in an empty folder.
  const optional = /\/(?:\.git|deno\.lock)$/;
  assert.deepEqual(
    grants.filter((grant) =>
      !optional.test(grant) && uncovered([grant], used).length > 0 &&
      !used.some((access) => access.startsWith(`${grant}/`))
    ),
    [],
    "each permission is made use of",
  );
  assert.deepEqual(
    [...new Set(used.map((access) => access.split(":")[0]))].sort(),
    [...new Set(grants.map((grant) => grant.split(":")[0]))].sort(),
  );
});

Deno.test("a heartbeat uses the permissions that --help prints, all of them and no others", async () => {
  using folder = temporaryFolder();
  let beats = 0;
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    beats++;
    return new Response("OK");
  });
  const { port } = server.addr;
  Deno.writeTextFileSync(
    join(folder.path, "beating.ts"),
    `import { experiment } from "@stripchart/stripchart";
await experiment("beating")
  .every("20ms", () => ({ a: 1 }))
  .heartbeat({ url: "http://127.0.0.1:${port}/secret", every: "100ms", end: "{url}/0" })
  .heartbeat({ file: "beating.alive", every: "100ms" })
  .run();
`,
  );
  const help = await runProgram("beating.ts", { cwd: folder.path, args: ["--help"] });
  assert.equal(help.code, 0, help.stderr);
  const flags = printedFlags(help.stdout);
  const run = await runProgram("beating.ts", {
    cwd: folder.path,
    flags,
    args: ["--for", "300ms"],
    audit: true,
  });
  assert.equal(run.code, 0, run.stderr);
  assert.doesNotMatch(run.stderr, /no beat|Requires \w+ access/i);
  assert.ok(beats >= 2);
  assert.equal(
    JSON.parse(Deno.readTextFileSync(join(folder.path, "beating.alive"))).state,
    "completed",
  );
  const used = run.used.map((access) => {
    const [kind = "", value = ""] = access.split(/:(.*)/s);
    const isPath = kind === "read" || kind === "write";
    if (value.startsWith("http://")) return `${kind}:${new URL(value).host}`;
    return isPath && !isAbsolute(value) ? `${kind}:${resolve(folder.path, value)}` : access;
  });
  const grants = granted(flags, folder.path);
  assert.deepEqual(uncovered(used, grants), []);
  const own = grants.filter((grant) => /alive|net:/.test(grant));
  assert.equal(own.length, 4);
  assert.deepEqual(uncovered(own, used), [], "each permission is made use of");
});

Deno.test("deno task demo grants what the demo's --help prints", async () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const command: string = tasks.demo.command;
  const help = await runProgram("examples/demo.ts", { cwd: ROOT, args: ["--help"] });
  assert.equal(help.code, 0, help.stderr);
  const wanted = granted(printedFlags(help.stdout), ROOT);
  assert.deepEqual(granted(printedFlags(command), ROOT).sort(), wanted.sort());
});

Deno.test("uncovered() finds what goes beyond the permissions", () => {
  const grants = granted(["--allow-read=a.db,/x", "--allow-sys=hostname"], "/lab");
  assert.deepEqual(grants, ["read:/lab/a.db", "read:/x", "sys:hostname"]);
  const used = usedPermissions(
    [
      { permission: "read", value: "/lab/a.db" },
      { permission: "read", value: "/x/y" },
      { permission: "read", value: "/xy" },
      { permission: "write", value: "/lab/a.db" },
      { permission: "env" },
      { permission: "env" },
      { permission: "sys", value: "hostname" },
    ].map((entry) => JSON.stringify({ v: 1, ...entry })).join("\n"),
  );
  assert.deepEqual(uncovered(used, grants), ["read:/xy", "write:/lab/a.db", "env"]);
  assert.throws(() => granted(["--allow-read"], "/lab"), /grants everything/);
});

Deno.test("printedFlags() reads plain and quoted flags", () => {
  const help = "Run it with:\n  deno run '--allow-read=a b.db' --allow-sys=hostname run.ts\n";
  assert.deepEqual(printedFlags(help), ["--allow-read=a b.db", "--allow-sys=hostname"]);
});
