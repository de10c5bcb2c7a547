import assert from "node:assert/strict";
import { join } from "node:path";
import { ROOT, runProgram, temporaryFolder } from "./_child.ts";
import { snippets } from "./_snippets.ts";

/** README.md and the texts under docs/, from the root. */
function texts(): string[] {
  const found = ["README.md"];
  const walk = (folder: string) => {
    for (const entry of Deno.readDirSync(join(ROOT, folder))) {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory) walk(path);
      else if (path.endsWith(".md")) found.push(path);
    }
  };
  walk("docs");
  return found.sort();
}

/** Every program, and where it stands. */
const programs = texts().flatMap((path) =>
  snippets(Deno.readTextFileSync(join(ROOT, path))).map((snippet) => ({ path, ...snippet }))
);

Deno.test("every program of README.md and docs/ compiles", async () => {
  using folder = temporaryFolder();
  // One check for all: each on its own would check the whole library again.
  const scripts = programs.map(({ path, line, file, source }) => {
    const script = join(folder.path, `${path.replaceAll("/", "-")}-${line}`, file);
    Deno.mkdirSync(join(script, ".."), { recursive: true });
    Deno.writeTextFileSync(script, source);
    return script;
  });
  const check = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", join(ROOT, "deno.json"), ...scripts],
    env: { NO_COLOR: "1" },
  }).output();
  assert.ok(check.success, new TextDecoder().decode(check.stderr));
});

for (const { path, line, runs, file, source, flags, args } of programs) {
  if (!runs) continue;
  Deno.test(`${path}:${line} runs`, async () => {
    using folder = temporaryFolder();
    const script = join(folder.path, file);
    Deno.mkdirSync(join(script, ".."), { recursive: true });
    Deno.writeTextFileSync(script, source);
    const { code, stdout, stderr } = await runProgram(file, { cwd: folder.path, flags, args });
    assert.equal(code, 0, `${stdout}\n${stderr}`);
  });
}

Deno.test("the README's commands are those that CI runs and tasks that there are", () => {
  const readme = Deno.readTextFileSync(join(ROOT, "README.md"));
  const ci = Deno.readTextFileSync(join(ROOT, ".ci/run"));
  assert.ok(readme.includes("npx -y deno@2.9.6 task test"));
  assert.ok(ci.includes("npx -y deno@2.9.6 task test"));
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const named = [...readme.matchAll(/deno(?:@[\d.]+)? task ([\w:]+)/g)].map(([, name]) => name);
  assert.deepEqual(named.filter((name) => name === undefined || !(name in tasks)), []);
});

Deno.test("snippets() finds programs, marks, names, flags and arguments", () => {
  const markdown = [
    "# A",
    "```ts",
    'console.log("a");',
    "```",
    "Run it:",
    "```sh",
    "$ deno run --allow-read=a.db \\",
    "  --allow-write=a.db first.ts --for 2s",
    "```",
    "```ts no-run",
    "open();",
    "```",
    "```ts ignore",
    "...",
    "```",
    "```json",
    "{}",
    "```",
    "```tsx",
    "<a />;",
    "```",
  ].join("\n");
  assert.deepEqual(snippets(markdown), [
    {
      line: 3,
      source: 'console.log("a");\n',
      runs: true,
      file: "first.ts",
      flags: ["--allow-read=a.db", "--allow-write=a.db"],
      args: ["--for", "2s"],
    },
    { line: 11, source: "open();\n", runs: false, file: "snippet.ts", flags: [], args: [] },
    { line: 20, source: "<a />;\n", runs: true, file: "snippet.tsx", flags: [], args: [] },
  ]);
});
