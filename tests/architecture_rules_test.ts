import assert from "node:assert/strict";
import { join } from "node:path";
import {
  anyBreaches,
  dependencyBreaches,
  faceBreaches,
  layeringBreaches,
  lengthBreaches,
  timeBreaches,
  wordBreaches,
} from "./_architecture.ts";
import { sourceFacts } from "./_source_facts.ts";

const none: string[] = [];

Deno.test("layeringBreaches() finds an import that climbs", () => {
  const table: [string, string, boolean][] = [
    ["session/a.ts", `import { b } from "./b.ts";`, true],
    ["session/store/a.ts", `import { b } from "../../time/b.ts";`, true],
    ["session/a.ts", `import type { b } from "../tasks/b.ts";`, false],
    ["session/a.ts", `import { b } from "../devices/b.ts";`, false],
    ["session/a.ts", `let b: import("../devices/b.ts").B;`, false],
    ["devices/a.ts", `export * from "../session/b.ts";`, false],
    ["devices/drivers/a.ts", `export { b } from "../../session/b.ts";`, false],
    ["time/a.ts", `await import("../session/b.ts");`, false],
    ["time/a.ts", `await import("../session/" + name);`, false],
    ["cli/serve_sim/module_file.ts", `await import(pathToFileURL(resolve(path)).href);`, true],
    ["cli/serve_sim/module_file.ts", `await import(path);`, false],
    ["cli/serve_sim/a.ts", `await import(pathToFileURL(resolve(path)).href);`, false],
    ["tasks/a.ts", `import "../devices/b.ts";`, false],
    ["tasks/a.ts", `import "../fresh-ui/b.ts";`, false],
    ["tasks/live.ts", `import "../fresh-ui/b.ts";`, true],
    ["dsl/a.ts", `import "../devices/b.ts"; import "../tasks/b.ts";`, true],
    ["dsl/a.ts", `import "../cli/b.ts";`, false],
    ["cli/a.ts", `import "../dsl/mod.ts";`, true],
    ["cli/a.ts", `import "../dsl/plan.ts";`, false],
    ["mod.ts", `export * from "./dsl/mod.ts";`, true],
    ["mod.ts", `export * from "./tests/_needs.ts";`, false],
    ["dsl/a.ts", `import "../mod.ts";`, false],
    ["dsl/a.ts", `import "../bench/b.ts";`, false],
    ["dsl/a.ts", `import "@stripchart/stripchart";`, false],
    ["session/a.ts", `import "left-pad";`, false],
    ["session/a.ts", `import "hono/cors"; import "node:zlib";`, true],
    ["session/a.ts", `// import "../devices/b.ts";`, true],
    ["examples/a.ts", `import "@stripchart/stripchart/devices";`, true],
    ["examples/a.ts", `import "../session/b.ts";`, false],
    ["tests/session/a_test.ts", `import "../../dsl/b.ts";`, true],
  ];
  for (const [path, text, allowed] of table) {
    const found = layeringBreaches(path, sourceFacts(path, text).imports, ["hono"]);
    assert.equal(found.length === 0, allowed, `${path}: ${text} gives ${found}`);
  }
});

Deno.test("timeBreaches() finds each way to ask for the time, and none in comments", () => {
  const breaches = (path: string, text: string) =>
    timeBreaches(path, sourceFacts(path, text).timeNames, { "session/own.ts": "a Worker" });
  for (
    const text of [
      "Date.now()",
      "const now = Date.now;",
      "globalThis.Date.now()",
      "new Date()",
      "new Date",
      "performance.now()",
      "setTimeout(f, 1)",
      "globalThis.setInterval(f, 1)",
      "Temporal.Now.instant()",
      "AbortSignal.timeout(5)",
      "Atomics.wait(a, 0, 0, 5)",
    ]
  ) {
    assert.notDeepEqual(breaches("session/a.ts", text), none, text);
    assert.deepEqual(breaches("time/a.ts", text), none, text);
    assert.deepEqual(breaches("session/own.ts", text), none, text);
    assert.deepEqual(breaches("tests/a.ts", text), none, text);
  }
  for (const text of ["// Date.now()", "new Date(5)", "clearTimeout(t)", `"Date.now()"`]) {
    assert.deepEqual(breaches("session/a.ts", text), none, text);
  }
});

Deno.test("faceBreaches() finds a statement of its own in a mod.ts", () => {
  const breaches = (path: string, text: string) =>
    faceBreaches(path, sourceFacts(path, text).ownStatements).length;
  assert.equal(
    breaches("mod.ts", `/** Doc. */\nexport * from "./a.ts"; export { b } from "b";`),
    0,
  );
  assert.equal(breaches("dsl/mod.ts", `export const a = 1;`), 1);
  assert.equal(breaches("mod.ts", `import { a } from "./a.ts"; export { a };`), 2);
  assert.equal(breaches("dsl/a.ts", `export const a = 1;`), 0);
});

Deno.test("lengthBreaches() finds a long file and a needless permission", () => {
  assert.deepEqual(lengthBreaches(new Map([["a.ts", 300], ["b.ts", 301]]), {}), [
    "b.ts has 301 lines",
  ]);
  assert.deepEqual(lengthBreaches(new Map([["tests/a.ts", 500], ["tests/b.ts", 501]]), {}), [
    "tests/b.ts has 501 lines",
  ]);
  assert.deepEqual(lengthBreaches(new Map([["b.ts", 301]]), { "b.ts": "a table" }), none);
  assert.deepEqual(lengthBreaches(new Map([["a.ts", 300]]), { "a.ts": "a table" }), [
    "a.ts is on the list without need",
  ]);
});

Deno.test("wordBreaches() finds tickets, unfinished work, machine paths and package hosts", () => {
  for (
    const line of [
      "// TODO: later",
      "// FIXME",
      "see issue 2",
      "closes #12",
      'cd "/work/main"',
      "in /root/.cache",
      "open /home/ann/x",
      "https://registry.npmjs.org/x",
      "https://files.pythonhosted.org/x",
    ]
  ) {
    assert.equal(wordBreaches("a.ts", `fine\n${line}\n`).length, 1, line);
    assert.match(wordBreaches("a.ts", `fine\n${line}\n`)[0] ?? "", /^a\.ts:2 names /);
  }
  for (
    const line of [
      "denoland/deno#6529",
      "color: #123456;",
      "`${folder}/work/file`",
      "a registry of units",
      "an issue of style",
      "[x](docs/work/a.md)",
      "https://www.debian.org",
    ]
  ) {
    assert.deepEqual(wordBreaches("a.ts", line), none, line);
  }
});

Deno.test("anyBreaches() finds any at any depth of a signature", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    const path = join(folder, "a.ts");
    Deno.writeTextFileSync(
      path,
      "export function f(this: any, a: unknown): { b: Array<any> } { return a as { b: [] }; }\n" +
        "/** Not any. */\nexport const any: number = 1;\n",
    );
    const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["doc", "--json", path] })
      .output();
    assert.deepEqual(anyBreaches(JSON.parse(new TextDecoder().decode(stdout))), [
      "exports > f > b is any",
    ]);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});

Deno.test("dependencyBreaches() finds a package that is not spoken of", () => {
  assert.deepEqual(dependencyBreaches(["a", "b"], "- `a` is"), [
    "b has no line in docs/dependencies.md",
  ]);
});
