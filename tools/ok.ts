/**
 * The gate: everything that must hold before a change is committed. Each step runs though one before it
 * failed, so that one run tells all.
 *
 * `--skip=NAME` leaves a step out; CI does so with the tests, which it has run on their own.
 *
 * @module
 */

const manifest: { exports: Record<string, string> } = JSON.parse(
  Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
);

/** Each step's name and the arguments that Deno is run with. */
const steps: Readonly<Record<string, readonly string[]>> = {
  fmt: ["fmt", "--check"],
  lint: ["lint"],
  check: ["check"],
  doc: ["doc", "--lint", ...Object.values(manifest.exports)],
  bundle: ["task", "--quiet", "bundle", "--check"],
  test: ["task", "--quiet", "test"],
};

const skipped = Deno.args.filter((arg) => arg.startsWith("--skip=")).map((arg) => arg.slice(7));
const unknown = [
  ...Deno.args.filter((arg) => !arg.startsWith("--skip=")),
  ...skipped.filter((name) => !(name in steps)),
];
if (unknown.length > 0) {
  throw new RangeError(
    `Cannot run the gate as asked: ${unknown.join(" ")}. ` +
      `Leave steps out by --skip=${Object.keys(steps).join(", --skip=")}.`,
  );
}

const failed: string[] = [];
for (const [name, args] of Object.entries(steps)) {
  if (skipped.includes(name)) continue;
  const start = performance.now();
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    stdin: "null",
    // The documentation's text is of no interest here; what is wrong with it goes to stderr.
    stdout: name === "doc" ? "null" : "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) failed.push(name);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  say(`${success ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
}
say(failed.length === 0 ? "The gate is open." : `The gate is shut: ${failed.join(", ")}.`);
Deno.exit(failed.length === 0 ? 0 : 1);

function say(line: string): void {
  // deno-lint-ignore no-console -- a command speaks to whoever runs it
  console.log(line);
}
