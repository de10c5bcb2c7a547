/**
 * Bundles the parts that run elsewhere than in the main program into one text each, which is imported
 * as text. `deno run -A tools/bundle.ts` writes them; with `--check` it exits 1 if one is stale.
 *
 * @module
 */

import { makeResvg, resvgIsCurrent } from "./resvg.ts";

/** A bundle to make. */
interface Bundle {
  /** Where it begins, from the root of the repository. */
  readonly entry: string;
  /** The text that is made. */
  readonly output: string;
  /** What it runs on. */
  readonly platform: "deno" | "browser";
  /** True to make it small, as what a browser loads should be. */
  readonly minify: boolean;
}

const BUNDLES: readonly Bundle[] = [
  {
    entry: "session/store/writer_worker.ts",
    output: "session/store/writer_worker.bundle.js",
    platform: "deno",
    minify: false,
  },
  {
    entry: "time/metronome_worker.ts",
    output: "time/metronome_worker.bundle.js",
    platform: "deno",
    minify: false,
  },
  {
    entry: "devices/transports/visa_library/visa_worker.ts",
    output: "devices/transports/visa_library/visa_worker.bundle.js",
    platform: "deno",
    minify: false,
  },
  {
    entry: "devices/transports/gpib/gpib_worker.ts",
    output: "devices/transports/gpib/gpib_worker.bundle.js",
    platform: "deno",
    minify: false,
  },
  {
    entry: "session/figures/picture_worker.ts",
    output: "session/figures/picture_worker.bundle.js",
    platform: "deno",
    minify: true,
  },
  {
    entry: "notify/mail_worker.ts",
    output: "notify/mail_worker.bundle.js",
    platform: "deno",
    minify: true,
  },
  {
    entry: "reports/desk_worker.ts",
    output: "reports/desk_worker.bundle.js",
    platform: "deno",
    minify: true,
  },
  {
    entry: "fresh-ui/page_worker.ts",
    output: "fresh-ui/page_worker.bundle.js",
    platform: "deno",
    minify: true,
  },
  {
    entry: "fresh-ui/islands/client.tsx",
    output: "fresh-ui/static/page.bundle.js",
    platform: "browser",
    minify: true,
  },
];

const HEADER = "// Made by tools/bundle.ts; do not edit.\n";

async function make({ entry, platform, minify }: Bundle, root: string): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    // Relative paths keep the machine's folders out of the text.
    args: ["bundle", "--quiet", "--platform", platform, ...minify ? ["--minify"] : [], entry],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  if (code !== 0) {
    throw new Error(`Cannot bundle ${entry} as ${new TextDecoder().decode(stderr)}`);
  }
  const text = new TextDecoder().decode(stdout).trimEnd();
  if (text.includes(root)) throw new Error(`Cannot bundle ${entry} as its text names ${root}.`);
  return `${HEADER}${text}\n`;
}

if (import.meta.main) {
  const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
  const check = Deno.args.includes("--check");
  let stale = 0;
  for (const bundle of BUNDLES) {
    const text = await make(bundle, root);
    const path = `${root}/${bundle.output}`;
    const before = await Deno.readTextFile(path).catch(() => "");
    if (before === text) continue;
    if (check) {
      // deno-lint-ignore no-console
      console.error(`${bundle.output} is stale: run deno run -A tools/bundle.ts`);
      stale += 1;
    } else await Deno.writeTextFile(path, text);
  }
  if (!resvgIsCurrent()) {
    if (check) {
      // deno-lint-ignore no-console
      console.error("pictures/assets/resvg.txt is stale: run deno run -A tools/bundle.ts");
      stale += 1;
    } else makeResvg();
  }
  if (stale > 0) Deno.exit(1);
}
