import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { collectProvenance, provenancePermissions } from "../../session/provenance.ts";
import type { Json } from "../../session/store/types.ts";
import { VERSION } from "../../session/version.ts";

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

/** A folder outside any repository, with a script two levels down and a lock file above it. */
function project(): Disposable & { readonly root: string; readonly script: string } {
  const root = Deno.realPathSync(Deno.makeTempDirSync());
  Deno.mkdirSync(join(root, "a b", "c"), { recursive: true });
  const script = join(root, "a b", "c", "run.ts");
  Deno.writeTextFileSync(script, "// °C\n");
  Deno.writeTextFileSync(join(root, "deno.lock"), "{}\n");
  return { root, script, [Symbol.dispose]: () => Deno.removeSync(root, { recursive: true }) };
}

Deno.test("collectProvenance() tells script, lock file, versions and host when all is permitted", () => {
  using folder = project();
  const url = pathToFileURL(folder.script).href;
  const found = collectProvenance({ script: url });
  const asJson: Json = found;
  assert.deepEqual(JSON.parse(JSON.stringify(asJson)), {
    script: { url, path: folder.script, source: "// °C\n", sha256: sha256("// °C\n") },
    lock: { path: join(folder.root, "deno.lock"), sha256: sha256("{}\n") },
    git: null,
    versions: { ...Deno.version, stripchart: VERSION },
    host: { name: Deno.hostname(), os: Deno.build.os, arch: Deno.build.arch },
    args: Deno.args,
    pid: Deno.pid,
    missing: { git: "no repository was found where reading is permitted" },
  });
});

Deno.test("collectProvenance() takes the nearest of several lock files", () => {
  using folder = project();
  const near = join(folder.root, "a b", "deno.lock");
  Deno.writeTextFileSync(near, "{ }\n");
  const found = collectProvenance({ script: pathToFileURL(folder.script).href });
  assert.equal(found.lock?.path, near);
});

for (
  const [what, options, reason] of [
    ["data: URL", { script: `data:text/typescript,${"/".repeat(100)}` }, "not a file but data:"],
    ["remote script", { script: "https://lab.example/run.ts" }, "not a file but https:"],
    ["compiled program", { script: "file:///run.ts", compiled: true }, "program is compiled"],
  ] as const
) {
  Deno.test(`collectProvenance() keeps the URL and says why there is no source when run from a ${what}`, () => {
    const found = collectProvenance(options);
    assert.ok(
      found.script.url.length <= 81 && options.script.startsWith(found.script.url.slice(0, 80)),
    );
    assert.deepEqual(
      [found.script.path, found.script.source, found.script.sha256, found.lock, found.git],
      [null, null, null, null, null],
    );
    for (const part of ["script.path", "script.source", "lock", "git"]) {
      assert.ok(found.missing[part]?.includes(reason), `${part}: ${found.missing[part]}`);
    }
    assert.deepEqual(provenancePermissions(options), []);
  });
}

Deno.test("collectProvenance() says so when the script is gone", () => {
  using folder = project();
  Deno.removeSync(folder.script);
  const found = collectProvenance({ script: pathToFileURL(folder.script).href });
  assert.equal(found.script.sha256, null);
  assert.equal(found.missing["script.source"], `there is no ${folder.script}`);
});

const module = new URL("../../session/provenance.ts", import.meta.url).href;

/** What a script that collects its provenance prints, with the given flags and no terminal. */
function inChild(script: string, options: { flags?: string[]; cwd?: string } = {}): {
  provenance: ReturnType<typeof collectProvenance>;
  wanted: string[];
} {
  Deno.writeTextFileSync(
    script,
    `import { collectProvenance, provenancePermissions } from ${JSON.stringify(module)};
console.log(JSON.stringify({ provenance: collectProvenance(), wanted: provenancePermissions() }));`,
  );
  const { success, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--no-config",
      "--no-lock",
      "--no-check",
      ...options.flags ?? [],
      script,
      "--for",
      "2h",
    ],
    ...options.cwd === undefined ? {} : { cwd: options.cwd },
  }).outputSync();
  const said = new TextDecoder().decode(stderr);
  assert.ok(success, said);
  assert.equal(said, "");
  return JSON.parse(new TextDecoder().decode(stdout));
}

Deno.test("collectProvenance() gives reasons and asks for nothing when nothing is permitted", () => {
  using folder = project();
  const { provenance, wanted } = inChild(folder.script);
  assert.equal(provenance.script.path, folder.script);
  assert.deepEqual(
    [provenance.script.source, provenance.lock, provenance.git, provenance.host.name],
    [null, null, null, null],
  );
  assert.deepEqual(provenance.missing, {
    "script.source": `no --allow-read=${folder.script}`,
    lock: "no deno.lock was found where reading is permitted",
    git: "no repository was found where reading is permitted",
    "host.name": "no --allow-sys=hostname",
  });
  assert.deepEqual(provenance.args, ["--for", "2h"]);
  assert.equal(provenance.versions.stripchart, VERSION);
  const beside = join(folder.root, "a b", "c");
  assert.deepEqual(wanted, [folder.script, join(beside, "deno.lock"), join(beside, ".git")]);
});

Deno.test("provenancePermissions() guesses the working directory when the script is below it", () => {
  using folder = project();
  const { wanted } = inChild(folder.script, { cwd: folder.root });
  assert.deepEqual(wanted, [
    folder.script,
    join(folder.root, "deno.lock"),
    join(folder.root, ".git"),
  ]);
});

Deno.test("collectProvenance() reads just what is permitted", () => {
  using folder = project();
  const { provenance } = inChild(folder.script, {
    flags: [
      `--allow-read=${folder.script},${join(folder.root, "deno.lock")}`,
      "--allow-sys=hostname",
    ],
  });
  assert.equal(provenance.script.sha256, sha256(Deno.readTextFileSync(folder.script)));
  assert.equal(provenance.lock?.sha256, sha256("{}\n"));
  assert.equal(provenance.host.name, Deno.hostname());
  assert.deepEqual(Object.keys(provenance.missing), ["git"]);
});
