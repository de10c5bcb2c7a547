import assert from "node:assert/strict";
import fc from "fast-check";
import { closestString, levenshteinDistance } from "../../command_line/closest_string.ts";
import { type Flag, parseFlags, UsageError } from "../../command_line/flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "dry-run", description: "" },
  { name: "for", value: "DURATION", description: "" },
  { name: "session", value: "FILE", description: "" },
  { name: "quiet", description: "" },
  { name: "help", description: "" },
  { name: "output", short: "o", value: "FILE", description: "" },
];

const READ: readonly (readonly [args: string[], expected: Record<string, string | true>])[] = [
  [[], {}],
  [["--quiet"], { quiet: true }],
  [["--for", "1h 30min"], { for: "1h 30min" }],
  [["--for=2h"], { for: "2h" }],
  [["--session", "-x.db", "--dry-run"], { session: "-x.db", "dry-run": true }],
  [["--session=--odd"], { session: "--odd" }],
  [["--quiet", "--"], { quiet: true }],
  [["-o", "a.png"], { output: "a.png" }],
  [["-oa.png", "--quiet"], { output: "a.png", quiet: true }],
  [["--output", "a.png"], { output: "a.png" }],
];

for (const [args, expected] of READ) {
  Deno.test(`parseFlags() reads ${JSON.stringify(args)}`, () => {
    assert.deepEqual(parseFlags(args, FLAGS), expected);
  });
}

const REFUSED: readonly (readonly [args: string[], message: RegExp])[] = [
  [["--fro"], /^Cannot run, as there is no flag --fro\. Did you mean --for\?$/],
  [["--dryrun"], /no flag --dryrun\. Did you mean --dry-run\?$/],
  [["--elephant"], /no flag --elephant\. Run with --help to see all flags\.$/],
  [["-q"], /no flag -q\./],
  [["-output", "a"], /takes flags only: "a"/],
  [["-o"], /--output needs a value/],
  [["-o", "a", "--output", "b"], /--output is given twice/],
  [["--no-quiet"], /no flag --no-quiet\./],
  [["--for"], /^Cannot run, as --for needs a value: --for DURATION\.$/],
  [["--for="], /--for needs a value/],
  [["--for", "--quiet"], /--for needs a value/],
  [["--quiet=yes"], /^Cannot run, as --quiet takes no value: "yes"\.$/],
  [["--quiet", "--quiet"], /^Cannot run, as --quiet is given twice\.$/],
  [["--for", "1h", "--for", "2h"], /--for is given twice/],
  [["now"], /^Cannot run, as an experiment takes flags only: "now"\./],
  [["--", "now"], /takes flags only: "now"\./],
];

for (const [args, message] of REFUSED) {
  Deno.test(`parseFlags() refuses ${JSON.stringify(args)}`, () => {
    assert.throws(() => parseFlags(args, FLAGS), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, message);
      return true;
    });
  });
}

Deno.test("parseFlags() gives back any flags that are written out", () => {
  const value = fc.string({ minLength: 1 });
  const given = fc.record({
    for: value,
    session: value,
    quiet: fc.constant(true as const),
    help: fc.constant(true as const),
  }, { requiredKeys: [] });
  fc.assert(fc.property(given, (flags) => {
    const args = Object.entries(flags).map(([name, text]) =>
      text === true ? `--${name}` : `--${name}=${text}`
    );
    assert.deepEqual(parseFlags(args, FLAGS), { ...flags });
  }));
});

Deno.test("levenshteinDistance() counts changes of characters", () => {
  const rows: [string, string, number][] = [
    ["", "", 0],
    ["", "abc", 3],
    ["kitten", "sitting", 3],
    ["for", "fro", 2],
    ["né", "ne", 1],
    ["👍🏽", "👍", 1],
  ];
  for (const [a, b, distance] of rows) {
    assert.equal(levenshteinDistance(a, b), distance);
    assert.equal(levenshteinDistance(b, a), distance);
  }
});

Deno.test("closestString() finds the nearest word", () => {
  assert.equal(closestString("QUIT", ["help", "quiet"]), "quiet");
  assert.equal(closestString("ABC", ["abc", "ABD"], { caseSensitive: true }), "ABD");
  assert.throws(() => closestString("x", []), /^TypeError: Cannot find the closest word/);
});
