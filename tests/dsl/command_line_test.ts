import assert from "node:assert/strict";
import { join } from "node:path";
import { runProgram } from "../_child.ts";

const MODULE = import.meta.resolve("../../dsl/experiment.ts");
const BATH = import.meta.resolve("../../devices/thermal_bath.ts");

const SCRIPT = `
import { experiment } from ${JSON.stringify(MODULE)};
import { thermalBath } from ${JSON.stringify(BATH)};

const summary = await experiment("cooling")
  .device("bath", thermalBath())
  .variable("temperature", { unit: "°C" })
  .onStart(() => console.log("opened"))
  .every("50ms", function measure({ bath }) { return { temperature: bath.temperature() }; })
  .for("200ms")
  .run();
console.log(summary.status, summary.entries > 0, summary.file);
`;

/** Has a folder with the script in it. */
async function withScript(
  text: string,
  use: (
    run: (args: string[], flags?: string[]) => ReturnType<typeof runProgram>,
    folder: string,
  ) => Promise<void>,
): Promise<void> {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(join(folder, "my lab.ts"), text);
    await use(
      (args, flags = []) =>
        runProgram("my lab.ts", {
          cwd: folder,
          args,
          flags: ["--no-check", "--no-lock", ...flags],
        }),
      folder,
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What becomes of a line that is typed into a shell. */
async function inShell(
  line: string,
  cwd: string,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const typed = line.replace(/^deno /, `'${Deno.execPath()}' `);
  const command = new Deno.Command("sh", { args: ["-c", typed], cwd, stdin: "null" });
  const { code, stdout, stderr } = await command.output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

Deno.test("an experiment's --help says all about it when it has no permission", async (t) => {
  await withScript(SCRIPT, async (run) => {
    const { code, stdout, stderr } = await run(["--help"]);
    assert.deepEqual([code, stderr], [0, ""]);
    await t.assertSnapshot(stdout);
  });
});

Deno.test("an experiment is tried with --dry-run when it has no permission", async (t) => {
  await withScript(SCRIPT, async (run, folder) => {
    const { code, stdout, stderr } = await run(["--dry-run", "--for", "10min"]);
    assert.deepEqual([code, stderr], [0, ""]);
    await t.assertSnapshot(stdout);
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["my lab.ts"]);
  });
});

Deno.test("an experiment refuses a bad flag with one line and exit code 2", async () => {
  await withScript(SCRIPT, async (run) => {
    const { code, stdout, stderr } = await run(["--fro", "1h"]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.equal(stderr, "error: Cannot run, as there is no flag --fro. Did you mean --for?\n");
  });
});

Deno.test("an experiment runs with the line that it prints when a permission is missing", async () => {
  await withScript(SCRIPT, async (run, folder) => {
    const refused = await run(["--quiet"]);
    assert.deepEqual([refused.code, refused.stdout], [1, ""]);
    assert.match(
      refused.stderr,
      /^error: Cannot run the experiment, as Deno does not permit what it needs:\n/,
    );
    const line = refused.stderr.trimEnd().split("\n").at(-1)?.trim() ?? "";
    assert.match(line, /^deno run '--allow-read=[^']+' --allow-write=\S+ 'my lab\.ts' --quiet$/);
    const done = await inShell(line, folder);
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.equal(done.stdout, "opened\ncompleted true cooling.db\n");
    assert.ok(Deno.statSync(join(folder, "cooling.db")).size > 0);
  });
});

Deno.test("an experiment without a name is called after its script", async () => {
  await withScript(SCRIPT.replace('experiment("cooling")', "experiment()"), async (run) => {
    const { code, stdout } = await run(["--quiet"], ["--allow-read", "--allow-write"]);
    assert.deepEqual([code, stdout], [0, "opened\ncompleted true my lab.db\n"]);
  });
});

Deno.test("an experiment keeps nothing when the session is in memory", async () => {
  await withScript(SCRIPT, async (run, folder) => {
    const { code, stdout, stderr } = await run(["--session", ":memory:", "--quiet"]);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.equal(stdout, "opened\ncompleted true :memory:\n");
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["my lab.ts"]);
  });
});

Deno.test("an experiment says in one line that its file can't be used", async () => {
  await withScript(SCRIPT, async (run, folder) => {
    Deno.writeTextFileSync(join(folder, "cooling.db"), "this is no database at all, by any means");
    const { code, stdout, stderr } = await run([], ["--allow-read", "--allow-write"]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^error: Cannot open cooling\.db as [^\n]+\n$/);
  });
});

Deno.test("an experiment's exit code tells that its run failed", async () => {
  const broken = SCRIPT.replace("thermalBath()", '() => { throw new Error("no bath"); }');
  await withScript(broken, async (run) => {
    const { code, stdout, stderr } = await run([], ["--allow-read", "--allow-write"]);
    assert.deepEqual([code, stdout], [1, "failed false cooling.db\n"]);
    assert.match(stderr, /Cannot open "bath" \(opened by a function\): no bath/);
    assert.doesNotMatch(stderr, /\n +at /);
  });
});
