import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { ROOT, temporaryFolder } from "./_child.ts";

/** Paths of the files in the tree that `deno compile` prints; `folder/*` stands for all of a folder. */
function embeddedFiles(printed: string): string[] {
  const found: string[] = [];
  const folders: string[] = [];
  for (const line of printed.split("\n")) {
    const match = /^((?:[│ ] )*)[├└]─[┬─]? (.*?)(?: \([\d.,]+ ?[kKMG]?i?B\))?$/.exec(line);
    if (match === null) continue;
    const [, indent = "", name = ""] = match;
    const depth = indent.length / 2;
    folders.length = depth;
    const path = [...folders, name].join("/");
    folders[depth] = name;
    if (/\.\w+$|\/\*$/.test(name)) found.push(path);
  }
  return found;
}

/** The bundled Workers of the library, from the root. */
function bundles(folder = ""): string[] {
  return [...Deno.readDirSync(join(ROOT, folder))].flatMap(({ name, isDirectory }) => {
    const path = folder === "" ? name : `${folder}/${name}`;
    if (isDirectory) {
      return /^(?:\.|node_modules$|tests$|bench$|tools$|coverage$)/.test(name) ? [] : bundles(path);
    }
    return name.endsWith(".bundle.js") ? [path] : [];
  });
}

// Deno itself stands in for the base of the program, which would have to be fetched: it shows what is
// embedded, and the program that comes out does not run.
Deno.test("deno compile embeds the whole library and its Workers when given the script alone", async () => {
  using folder = temporaryFolder();
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["compile", "--output", join(folder.path, "program"), "examples/quick_start.ts"],
    cwd: ROOT,
    env: { NO_COLOR: "1", DENORT_BIN: Deno.execPath() },
  }).output();
  const printed = new TextDecoder().decode(stderr);
  assert.ok(success, printed);
  const embedded = embeddedFiles(printed);
  const assets = [...Deno.readDirSync(join(ROOT, "pictures/assets"))]
    .map(({ name }) => `pictures/assets/${name}`);
  const workers = [...bundles(), ...assets];
  assert.ok(workers.length > assets.length && assets.length >= 1);
  for (const path of ["mod.ts", "examples/quick_start.ts", "session/session.ts", ...workers]) {
    const all = embedded.filter((one) => one.endsWith("/*")).map((one) => one.slice(0, -1));
    const found = embedded.includes(path) || all.some((folder) => path.startsWith(folder));
    assert.ok(found, `${path} is not embedded:\n${printed}`);
  }
  const program = Buffer.from(Deno.readFileSync(join(folder.path, "program")));
  for (const path of workers) {
    assert.ok(
      program.includes(Deno.readTextFileSync(join(ROOT, path))),
      `${path} is there as it is`,
    );
  }
  assert.deepEqual(
    embedded.filter((path) => /^(?:tests|bench|tools|docs)\//.test(path)),
    [],
    "nothing is embedded that an experiment has no use for",
  );
});

Deno.test("each bundled Worker is one that deno task bundle makes", () => {
  const tool = Deno.readTextFileSync(join(ROOT, "tools/bundle.ts"));
  assert.deepEqual(bundles().filter((path) => !tool.includes(`"${path}"`)), []);
});

Deno.test("embeddedFiles() reads the tree that deno compile prints", () => {
  const printed = [
    "Embedded Files",
    "",
    "w",
    "├─┬ out (425B)",
    "│ ├── some/* (35.53KB)",
    "│ ├── w.ts (410B)",
    "│ └─┬ deep (1.2KB)",
    "│   └── x.bundle.js (15B)",
    "└── repo/mod.ts (131B)",
    "",
    "Files: 2.54KB",
  ].join("\n");
  assert.deepEqual(embeddedFiles(printed), [
    "out/some/*",
    "out/w.ts",
    "out/deep/x.bundle.js",
    "repo/mod.ts",
  ]);
});
