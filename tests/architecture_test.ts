import assert from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  anyBreaches,
  dependencyBreaches,
  faceBreaches,
  folderOf,
  isLibrary,
  layeringBreaches,
  LAYERS,
  lengthBreaches,
  timeBreaches,
  wordBreaches,
} from "./_architecture.ts";
import { VERSION } from "../session/version.ts";
import { needs } from "./_needs.ts";
import { sourceFacts } from "./_source_facts.ts";

/** Files outside `time/` that may ask the system for the time or a timer, and why. */
const OWN_TIME: Readonly<Record<string, string>> = {
  "fresh-ui/islands/browser.ts": "the browser's own clock, which the page takes all its time from",
  "session/store/durable_writer.ts": "runs in the writer's Worker, where no clock reaches",
};

/** Files that earn more than 300 lines, and how. */
const LONG: Readonly<Record<string, string>> = {
  "devices/message_session.ts":
    "the public face of a link: each method a few lines under its documentation",
  "devices/transports/hislip/link.ts":
    "one state machine: both channels share the message numbers, the RMT flag and the interrupted rules",
  "devices/transports/hislip/server_session.ts": "the server's half of the same state machine",
  "session/readings.ts":
    "the public reading side: each method a line or two under its documentation",
  "session/session.ts":
    "the public face of a session: each method a line or two under its documentation",
  "session/store/chunk_source.ts":
    "one class that decodes chunks, with each way a chunk may be damaged",
  "session/store/queue_store.ts":
    "every kind of record is checked, packed and counted in one place",
  "session/store/reader.ts": "the reader's methods, each a few lines under its documentation",
  "session/store/writer_core.ts":
    "one transaction: what is in memory must change with what is on disk",
};

/** Places of `any` in exported signatures, and why nothing else would do. */
const ANY: Readonly<Record<string, string>> = {
  "exports > TaskFunction > session is any":
    "a function may name its own subclass of Session, which a parameter of type Session refuses",
};

/** Files that name what {@linkcode wordBreaches} looks for, since they look for it. */
const WORD_LISTS = ["tests/_architecture.ts", "tests/architecture_rules_test.ts"];

const root = fileURLToPath(new URL("..", import.meta.url));

interface Manifest {
  readonly version: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly imports: Readonly<Record<string, string>>;
}
const manifest: Manifest = JSON.parse(Deno.readTextFileSync(join(root, "deno.json")));

/** The files that git tracks or would track, from the root, and their texts. */
function files(): ReadonlyMap<string, string> {
  const { success, stdout } = new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).outputSync();
  assert.ok(success, "git ls-files");
  const texts = new Map<string, string>();
  for (const path of new TextDecoder().decode(stdout).split("\0")) {
    if (path === "" || /\.(?:png|jpg|ttf|wasm|gz)$/.test(path)) continue;
    try {
      texts.set(path, Deno.readTextFileSync(join(root, path)));
    } catch (error) {
      // Deleted but not yet committed as such.
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
  return texts;
}

/** Those of the files that are written by hand in TypeScript. */
function sources(): [string, string][] {
  return [...files()].filter(([path]) =>
    /\.tsx?$/.test(path) && !path.startsWith("tests/fixtures/")
  );
}

const git = needs("git");
const none: string[] = [];

Deno.test({
  ...git,
  name: "imports run down the layers only",
  fn() {
    const packages = Object.keys(manifest.imports);
    const all = sources();
    assert.ok(all.filter(([path]) => isLibrary(path)).length > 10, "the library was found");
    assert.deepEqual(
      all.flatMap(([path, text]) =>
        layeringBreaches(path, sourceFacts(path, text).imports, packages)
      ),
      none,
    );
  },
});

Deno.test({
  ...git,
  name: "nothing but time/ asks the system for the time or a timer",
  fn() {
    assert.deepEqual(
      sources().flatMap(([path, text]) =>
        timeBreaches(path, sourceFacts(path, text).timeNames, OWN_TIME)
      ),
      none,
    );
    for (const path of Object.keys(OWN_TIME)) {
      const { timeNames } = sourceFacts(path, Deno.readTextFileSync(join(root, path)));
      assert.notEqual(timeNames.length, 0, `${path} is on the list without need`);
    }
  },
});

Deno.test({
  ...git,
  name: "mod.ts files only re-export",
  fn() {
    assert.deepEqual(
      sources().flatMap(([path, text]) =>
        faceBreaches(path, sourceFacts(path, text).ownStatements)
      ),
      none,
    );
  },
});

Deno.test({
  ...git,
  name: "no source file passes 300 lines but those that earn it",
  fn() {
    const lengths = new Map(sources().map(([path, text]) => [path, text.split("\n").length - 1]));
    assert.deepEqual(lengthBreaches(lengths, LONG), none);
  },
});

Deno.test({
  ...git,
  name: "no file says where, when and by whom it was written",
  fn() {
    assert.deepEqual(
      [...files()].filter(([path]) => !WORD_LISTS.includes(path))
        .flatMap(([path, text]) => wordBreaches(path, text)),
      none,
    );
  },
});

Deno.test("no exported signature holds any", async () => {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["doc", "--json", ...Object.values(manifest.exports)],
    cwd: root,
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  const found = anyBreaches(JSON.parse(new TextDecoder().decode(stdout)));
  assert.deepEqual(found.toSorted(), Object.keys(ANY).toSorted());
});

Deno.test("each package of deno.json has a line in docs/dependencies.md", () => {
  const documentation = Deno.readTextFileSync(join(root, "docs/dependencies.md"));
  assert.deepEqual(dependencyBreaches(Object.keys(manifest.imports), documentation), none);
});

Deno.test({
  ...git,
  name: "ARCHITECTURE.md names every folder of the library that there is",
  fn() {
    const text = Deno.readTextFileSync(join(root, "ARCHITECTURE.md"));
    const folders = [...new Set(sources().map(([path]) => folderOf(path)))]
      .filter((name) => name in LAYERS);
    assert.ok(folders.length >= 5);
    assert.deepEqual(folders.filter((name) => !text.includes(`\`${name}/\``)), none);
  },
});

Deno.test({
  name: "the sanitizers fail a test that leaks a timer or a file",
  async fn() {
    const folder = Deno.makeTempDirSync();
    try {
      Deno.copyFileSync(join(root, "deno.json"), join(folder, "deno.json"));
      const leaks = {
        timer: "setTimeout(() => {}, 60_000);",
        file: `Deno.openSync("deno.json");`,
        nothing: "",
      };
      for (const [what, body] of Object.entries(leaks)) {
        Deno.writeTextFileSync(join(folder, "a_test.ts"), `Deno.test("a", () => { ${body} });`);
        const { success, stdout } = await new Deno.Command(Deno.execPath(), {
          args: ["test", "--no-lock", "--allow-read", "a_test.ts"],
          cwd: folder,
          stderr: "null",
        }).output();
        assert.equal(success, what === "nothing");
        if (!success) assert.match(new TextDecoder().decode(stdout), new RegExp(`A ${what} was`));
      }
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("VERSION is that of deno.json and of CHANGELOG.md's first entry", () => {
  assert.equal(VERSION, manifest.version);
  const changelog = Deno.readTextFileSync(join(root, "CHANGELOG.md"));
  assert.equal(/^## \[?(\d[^\]\s]*)/m.exec(changelog)?.[1], manifest.version);
});
