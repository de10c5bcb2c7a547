import assert from "node:assert/strict";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { findInIndex } from "../../session/git_index.ts";
import { collectProvenance, provenancePermissions } from "../../session/provenance.ts";
import { needs } from "../_needs.ts";

const git = needs("git");

/** Runs git in a folder, untouched by the user's settings, and gives what it prints. */
function run(folder: string, ...args: string[]): string {
  const { success, stdout, stderr } = new Deno.Command("git", {
    args: ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "core.autocrlf=false", ...args],
    cwd: folder,
    env: { GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" },
  }).outputSync();
  assert.ok(success, `git ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

interface Folder extends Disposable {
  readonly path: string;
}

function temporary(): Folder {
  // Git names the real path, which a temporary folder's name need not be.
  const path = Deno.realPathSync(Deno.makeTempDirSync());
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** A repository with one commit of `lab/run.ts` among other files; `init` goes to `git init`. */
function repository(...init: string[]): Folder & { readonly script: string } {
  const folder = temporary();
  run(folder.path, "init", "-q", "-b", "main", ...init);
  for (const name of ["a.ts", "lab/other.ts", "lab/run.ts", "lab/run.tsx", "z.ts"]) {
    write(join(folder.path, name), `// ${name}\n`);
  }
  run(folder.path, "add", ".");
  run(folder.path, "commit", "-q", "-m", "first");
  return { ...folder, script: join(folder.path, "lab/run.ts") };
}

function write(path: string, text: string): void {
  Deno.mkdirSync(dirname(path), { recursive: true });
  Deno.writeTextFileSync(path, text);
}

function collect(script: string): ReturnType<typeof collectProvenance> {
  return collectProvenance({ script: pathToFileURL(script).href });
}

interface Case {
  readonly when: string;
  readonly init?: readonly string[];
  /** Changes a fresh repository; may give another script. */
  readonly arrange?: (folder: string, script: string) => string | void;
  readonly script: "committed" | "modified" | "untracked" | null;
  readonly comparedWith?: "index" | null;
  readonly branch?: string | null;
}

const cases: readonly Case[] = [
  { when: "it is as committed", script: "committed" },
  {
    when: "it is edited",
    arrange: (_, script) => write(script, "// edited\n"),
    script: "modified",
    comparedWith: "index",
  },
  {
    when: "it is edited and staged",
    arrange: (folder, script) => {
      write(script, "// edited\n");
      run(folder, "add", ".");
    },
    script: "modified",
  },
  {
    when: "it is new",
    arrange: (folder) => {
      write(join(folder, "lab/new.ts"), "//\n");
      return join(folder, "lab/new.ts");
    },
    script: "untracked",
    comparedWith: "index",
  },
  {
    when: "it is added but not committed",
    arrange: (folder) => {
      write(join(folder, "new/new.ts"), "//\n");
      run(folder, "add", ".");
      return join(folder, "new/new.ts");
    },
    script: "modified",
  },
  {
    when: "HEAD is detached",
    arrange: (folder) => void run(folder, "checkout", "-q", "--detach"),
    script: "committed",
    branch: null,
  },
  {
    when: "refs and objects are packed",
    arrange: (folder) => {
      run(folder, "gc", "-q");
      assert.throws(() => Deno.statSync(join(folder, ".git/refs/heads/main")));
    },
    script: "committed",
    comparedWith: "index",
  },
  {
    when: "the branch has a slash in its name",
    arrange: (folder) => void run(folder, "checkout", "-q", "-b", "rig/cooling"),
    script: "committed",
    branch: "rig/cooling",
  },
  {
    when: "it lies in a worktree",
    arrange: (folder) => {
      run(folder, "worktree", "add", "-q", "-b", "side", join(folder, "tree"));
      return join(folder, "tree/lab/run.ts");
    },
    script: "committed",
    branch: "side",
  },
  {
    when: "the index is of version 3",
    arrange: (folder) => {
      write(join(folder, "lab/intended.ts"), "//\n");
      run(folder, "add", "-N", "lab/intended.ts");
      assert.equal(Deno.readFileSync(join(folder, ".git/index"))[7], 3);
    },
    script: "committed",
  },
  {
    when: "the index is of version 4",
    arrange: (folder) => {
      run(folder, "update-index", "--index-version", "4");
      assert.equal(Deno.readFileSync(join(folder, ".git/index"))[7], 4);
    },
    script: "committed",
  },
  {
    when: "the index is of version 4 and it is new",
    arrange: (folder) => {
      run(folder, "update-index", "--index-version", "4");
      write(join(folder, "lab/run.t"), "//\n");
      return join(folder, "lab/run.t");
    },
    script: "untracked",
    comparedWith: "index",
  },
  {
    when: "the index is split",
    arrange: (folder) => void run(folder, "update-index", "--split-index"),
    script: null,
    comparedWith: null,
  },
  {
    when: "ids are SHA-256",
    init: ["--object-format=sha256"],
    script: "committed",
  },
  {
    when: "it has CRLF line ends that git normalised",
    arrange: (folder, script) => {
      write(script, "// a\r\n// b\r\n");
      run(folder, "-c", "core.autocrlf=true", "add", ".");
      run(folder, "commit", "-q", "-m", "second");
    },
    script: "committed",
  },
];

for (const { when, init = [], arrange, script, ...expected } of cases) {
  Deno.test({
    ...git,
    name: `collectProvenance() says how the script stands to git when ${when}`,
    fn() {
      using repo = repository(...init);
      const path = arrange?.(repo.path, repo.script) ?? repo.script;
      const root = run(dirname(path), "rev-parse", "--show-toplevel");
      const { git, missing } = collect(path);
      assert.deepEqual(git, {
        root,
        commit: run(dirname(path), "rev-parse", "HEAD"),
        branch: expected.branch === undefined ? "main" : expected.branch,
        script,
        comparedWith: expected.comparedWith === undefined
          ? "index and commit"
          : expected.comparedWith,
      });
      assert.equal("git.branch" in missing, git.branch === null);
      assert.equal("git.script" in missing, git.script === null);
    },
  });
}

Deno.test({
  ...git,
  name: "collectProvenance() gives a null commit with the reason when there is none yet",
  fn() {
    using folder = temporary();
    run(folder.path, "init", "-q", "-b", "main");
    write(join(folder.path, "run.ts"), "//\n");
    const { git, missing } = collect(join(folder.path, "run.ts"));
    assert.equal(git?.commit, null);
    assert.equal(git.branch, "main");
    assert.equal(git.script, "untracked");
    assert.match(missing["git.commit"] ?? "", /refs\/heads\/main has no commit yet/);
  },
});

Deno.test({
  ...git,
  name: "collectProvenance() reads a merge conflict as modified",
  fn() {
    using repo = repository();
    run(repo.path, "checkout", "-q", "-b", "side");
    write(repo.script, "// side\n");
    run(repo.path, "commit", "-q", "-am", "side");
    run(repo.path, "checkout", "-q", "main");
    write(repo.script, "// main\n");
    run(repo.path, "commit", "-q", "-am", "main");
    assert.throws(() => run(repo.path, "merge", "-q", "side"));
    assert.equal(collect(repo.script).git?.script, "modified");
  },
});

Deno.test({
  ...git,
  name: "provenancePermissions() names a worktree's folder and the shared one",
  fn() {
    using repo = repository();
    const tree = temporary();
    using _ = tree;
    run(repo.path, "worktree", "add", "-q", join(tree.path, "tree"));
    const script = join(tree.path, "tree/lab/run.ts");
    assert.deepEqual(provenancePermissions({ script: pathToFileURL(script).href }), [
      script,
      join(tree.path, "tree/lab/deno.lock"),
      join(tree.path, "tree/.git"),
      join(repo.path, ".git"),
    ]);
  },
});

Deno.test("findInIndex() refuses what is not an index it knows", () => {
  const bytes = (version: number, count: number) => {
    const head = new Uint8Array(12);
    head.set(new TextEncoder().encode("DIRC"));
    head[7] = version;
    head[11] = count;
    return head;
  };
  const table: [Uint8Array<ArrayBuffer>, RegExp][] = [
    [new Uint8Array(), /does not begin with "DIRC"/],
    [new Uint8Array(64), /does not begin with "DIRC"/],
    [bytes(5, 0), /versions 2 to 4 are known: 5/],
    [bytes(2, 1), /cut short/],
    [bytes(4, 1), /cut short/],
  ];
  for (const [input, expected] of table) {
    assert.throws(() => findInIndex(input, "a"), { name: "SyntaxError", message: expected });
  }
  assert.equal(findInIndex(bytes(2, 0), "a"), null);
});
