import assert from "node:assert/strict";
import { join } from "node:path";
import { openSession } from "@stripchart/stripchart";
import { ROOT, runProgram, temporaryFolder } from "./_child.ts";
import { printedFlags } from "./_flags.ts";

/** The examples that take flags, with those that shorten them. */
const EXPERIMENTS: Readonly<Record<string, readonly string[]>> = {
  "bath_sweep.ts": [],
  "computer_monitor.ts": ["--for", "2s"],
  "demo.ts": ["--for", "1s", "--port", "0"],
  "quick_start.ts": ["--for", "1s"],
  "two_tasks.ts": ["--for", "1s"],
};

/** The examples that use a session directly, named after themselves. */
const SESSIONS: readonly string[] = ["class_style.ts", "read_while_running.ts"];

/** Runs an example in an empty folder and looks for what it recorded. */
async function run(
  name: string,
  flags: readonly string[],
  args: readonly string[],
  cwd: string,
): Promise<void> {
  const { code, stdout, stderr } = await runProgram(name, { cwd, flags, args });
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  const files = [...Deno.readDirSync(cwd)].map((entry) => entry.name)
    .filter((file) => file.endsWith(".db"));
  assert.equal(files.length, 1, `one file: ${files}`);
  using session = openSession(join(cwd, files[0] ?? ""));
  const [variable] = session.loggedVariables();
  assert.ok(variable !== undefined && session.loggedVariable(variable)[0].length > 0);
  assert.deepEqual(session.runs().map(({ status }) => status), ["completed"]);
}

for (const [name, args] of Object.entries(EXPERIMENTS)) {
  Deno.test(`examples/${name} records with the permissions that its --help prints`, async () => {
    using folder = temporaryFolder();
    Deno.copyFileSync(join(ROOT, "examples", name), join(folder.path, name));
    const help = await runProgram(name, { cwd: folder.path, args: ["--help"] });
    assert.equal(help.code, 0, help.stderr);
    await run(name, printedFlags(help.stdout), args, folder.path);
  });
}

for (const name of SESSIONS) {
  Deno.test(`examples/${name} records with the permissions of its file alone`, async () => {
    using folder = temporaryFolder();
    Deno.copyFileSync(join(ROOT, "examples", name), join(folder.path, name));
    const file = name.replace(/\.ts$/, ".db");
    const flags = [
      `--allow-read=${file},${file}-wal,${file}.lock`,
      `--allow-write=${file},${file}.lock`,
    ];
    await run(name, flags, [], folder.path);
  });
}

Deno.test("examples/report.ts writes the report that it would send with the permission that its --help prints", async () => {
  using folder = temporaryFolder();
  const name = "report.ts";
  Deno.copyFileSync(join(ROOT, "examples", name), join(folder.path, name));
  const help = await runProgram(name, { cwd: folder.path, args: ["--help"] });
  assert.equal(help.code, 0, help.stderr);
  const [, command = ""] = help.stdout.split("See what it would send with\n");
  assert.match(command, / --dry-run\n$/);
  const flags = printedFlags(command);
  const { code, stdout, stderr } = await runProgram(name, {
    cwd: folder.path,
    flags,
    args: ["--dry-run"],
  });
  assert.equal(code, 0, `${stdout}\n${stderr}`);
  assert.match(Deno.readTextFileSync(join(folder.path, "night-report.html")), /The night/);
});

Deno.test("every example is tried", () => {
  const there = [...Deno.readDirSync(join(ROOT, "examples"))].map(({ name }) => name)
    .filter((name) => name.endsWith(".ts"));
  assert.deepEqual(
    there.sort(),
    [...Object.keys(EXPERIMENTS), ...SESSIONS, "report.ts"].sort(),
  );
});
