/**
 * The rules of the house as functions of names and texts: each gives the breaches that it finds.
 *
 * @module
 */

import { dirname, join } from "node:path/posix";

/** Folders that a folder's files may import from, beside their own. */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  time: [],
  devices: ["time"],
  plots: ["time"],
  pictures: ["plots", "time"],
  session: ["pictures", "plots", "time"],
  "fresh-ui": ["plots", "session", "time"],
  reports: ["pictures", "plots", "session", "time"],
  notify: ["session", "time"],
  tasks: ["fresh-ui", "reports", "notify", "plots", "session", "time"],
  command_line: ["devices", "time"],
  dsl: ["tasks", "notify", "plots", "session", "devices", "command_line", "time"],
  cli: [
    "dsl",
    "tasks",
    "fresh-ui",
    "reports",
    "notify",
    "plots",
    "session",
    "devices",
    "command_line",
    "time",
  ],
};

/** Files that load a module of the user's, which no layer holds, and how that is written there. */
const LOADERS: Readonly<Record<string, string>> = {
  "cli/serve_sim/module_file.ts": "pathToFileURL(resolve(path)).href",
};

/** The first folder of a path; empty for a file at the root. */
export function folderOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

/** True for a file that users run, as against tests, benchmarks and tools. */
export function isLibrary(path: string): boolean {
  const folder = folderOf(path);
  return folder === "" ? path.endsWith(".ts") : folder in LAYERS;
}

/**
 * Imports that a file of the library or an example must not have.
 *
 * @param path The importing file, from the root.
 * @param imports Its specifiers.
 * @param packages Names of packages that deno.json maps.
 */
export function layeringBreaches(
  path: string,
  imports: readonly string[],
  packages: readonly string[],
): string[] {
  const breaches: string[] = [];
  const folder = folderOf(path);
  for (const specifier of imports) {
    const breach = (why: string) => breaches.push(`${path} imports ${specifier}: ${why}`);
    if (folder === "examples") {
      if (!/^(?:@stripchart\/stripchart(?:\/.*)?|node:.*)$/.test(specifier)) {
        breach("an example sees the public face only");
      }
    } else if (isLibrary(path)) {
      if (specifier.startsWith("node:") || specifier === LOADERS[path]) continue;
      if (!specifier.startsWith(".")) {
        if (!packages.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
          breach("it is not in deno.json's imports");
        }
        continue;
      }
      const target = folderOf(join(dirname(path), specifier));
      if (folder === "") {
        if (target !== "" && !(target in LAYERS)) breach("the library stands alone");
      } else if (target !== folder && !LAYERS[folder]?.includes(target)) {
        breach(`${folder}/ may import ${LAYERS[folder]?.join("/, ") || "nothing"} only`);
      } else if (folder === "cli" && target === "dsl" && !specifier.endsWith("/mod.ts")) {
        breach("cli/ sees dsl/mod.ts only");
      } else if (folder === "tasks" && target === "fresh-ui" && path !== "tasks/live.ts") {
        breach("the live task alone serves pages");
      }
    }
  }
  return breaches;
}

/** Time asked of the system where it should come from a clock. */
export function timeBreaches(
  path: string,
  timeNames: readonly string[],
  allowed: Readonly<Record<string, string>>,
): string[] {
  if (!isLibrary(path) || folderOf(path) === "time" || path in allowed) return [];
  return timeNames.map((name) => `${path} names ${name}`);
}

/** What a `mod.ts` holds beside re-exports. */
export function faceBreaches(path: string, ownStatements: readonly string[]): string[] {
  if (path !== "mod.ts" && !path.endsWith("/mod.ts")) return [];
  return ownStatements.map((statement) => `${path} is not only re-exports: ${statement}`);
}

/** Lines that a source file may have; tests are mostly tables. */
function mostLines(path: string): number {
  return path.startsWith("tests/") ? 500 : 300;
}

/** Source files that have too many lines, and names on the list that have no need of it. */
export function lengthBreaches(
  lengths: ReadonlyMap<string, number>,
  allowed: Readonly<Record<string, string>>,
): string[] {
  const breaches: string[] = [];
  for (const [path, lines] of lengths) {
    if (lines > mostLines(path) && !(path in allowed)) breaches.push(`${path} has ${lines} lines`);
  }
  for (const path of Object.keys(allowed)) {
    if ((lengths.get(path) ?? 0) <= mostLines(path)) {
      breaches.push(`${path} is on the list without need`);
    }
  }
  return breaches;
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:TODO|FIXME|XXX|HACK)\b/, "unfinished work"],
  [/(?<!\w)issues? #?\d/i, "a ticket"],
  // `#0` between quotes is what a block of IEEE 488.2 begins with.
  [/(?<![\w/"'`])#\d{1,5}\b(?![\w-])/, "a ticket"],
  [/(?<![\w.)}$~])\/(?:work|root|home)\/[\w.]/, "a machine's path"],
  [
    /\bregistry\.[\w-]+\.\w+|\bdeb\.debian\.org\b|\bpypi\.org\/simple|\bfiles\.pythonhosted\b/,
    "a host of packages",
  ],
  [/\blocalhost:\d{4,5}\/(?:npm|pypi|simple)/, "a host of packages"],
  [/\b(?:the founder|this brief|time-box|sub-?agent|code review)\b/i, "how it came to be"],
];

/** Words in a text that say where and by whom it was written instead of what it is. */
export function wordBreaches(path: string, text: string): string[] {
  return text.split("\n").flatMap((line, index) =>
    WORDS.filter(([pattern]) => pattern.test(line)).map(([, what]) =>
      `${path}:${index + 1} names ${what}: ${line.trim().slice(0, 80)}`
    )
  );
}

/**
 * Places where `any` stands in the documented types. A function's `this` may be any: it is the receiver of a
 * method that the user wrote, which no signature of ours can name.
 *
 * @param documentation What `deno doc --json` prints.
 */
export function anyBreaches(documentation: unknown, where = "exports"): string[] {
  if (typeof documentation !== "object" || documentation === null) return [];
  if ("kind" in documentation && documentation.kind === "keyword") {
    const keyword = "value" in documentation ? documentation.value : undefined;
    return keyword === "any" ? [`${where} is any`] : [];
  }
  if ("name" in documentation && documentation.name === "this") return [];
  const name = "name" in documentation && typeof documentation.name === "string"
    ? `${where} > ${documentation.name}`
    : where;
  return Object.values(documentation).flatMap((value) => anyBreaches(value, name));
}

/** Packages of deno.json that docs/dependencies.md does not speak of. */
export function dependencyBreaches(packages: readonly string[], documentation: string): string[] {
  return packages.filter((name) => !documentation.includes(`\`${name}\``))
    .map((name) => `${name} has no line in docs/dependencies.md`);
}
