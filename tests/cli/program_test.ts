import assert from "node:assert/strict";
import { join } from "node:path";
import type { CommandEntry } from "../../cli/command.ts";
import { COMMANDS } from "../../cli/commands.ts";
import { runProgram } from "../../cli/program.ts";
import { UsageError } from "../../command_line/flags.ts";
import { VERSION } from "../../session/version.ts";
import { ROOT, runProgram as runChild } from "../_child.ts";
import { paperContext } from "./_context.ts";

/** A command that does what its first word says. */
const TRIAL: CommandEntry = {
  name: "trial",
  summary: "try something",
  load: () =>
    Promise.resolve({
      words: { least: 1, most: 2, written: "WHAT [MORE]" },
      flags: [
        { name: "port", value: "N", optional: true, description: "a port" },
        { name: "json", description: "in JSON" },
      ],
      details: "More about it.",
      run({ words: [what], flags }, { stdout, signal }) {
        if (what === "fail") throw new RangeError("Cannot do it, as it is out of range: 7.");
        if (what === "misuse") throw new UsageError("Cannot do it, as --port is negative.");
        if (what === "stop") throw signal.reason;
        stdout.write(JSON.stringify({ what, flags }));
        return Promise.resolve(what === "three" ? 3 : 0);
      },
    }),
};

const ROWS: readonly (readonly [args: string, code: number, stdout: RegExp, stderr: RegExp])[] = [
  ["trial go", 0, /^\{"what":"go","flags":\{\}\}$/, /^$/],
  ["trial three", 3, /three/, /^$/],
  ["trial go --port --json", 0, /"flags":\{"port":true,"json":true\}/, /^$/],
  ["trial go --port 80", 0, /"flags":\{"port":"80"\}/, /^$/],
  ["trial --port go", 0, /^\{"what":"go","flags":\{"port":true\}\}/, /^$/],
  ["trial --port=80 go", 0, /^\{"what":"go","flags":\{"port":"80"\}\}/, /^$/],
  ["trial fail", 1, /^$/, /^error: Cannot do it, as it is out of range: 7\.\n$/],
  ["trial misuse", 2, /^$/, /^error: Cannot do it, as --port is negative\.\n$/],
  ["trial", 2, /^$/, /^error: Cannot run, as WHAT \[MORE\] is missing\. Run with --help/],
  ["trial a b c", 2, /^$/, /one word too many: "c"\./],
  ["trial go --jsno", 2, /^$/, /no flag --jsno\. Did you mean --json\?/],
  ["trail go", 2, /^$/, /no command trail\. Did you mean stripchart trial\?/],
  ["elephant", 2, /^$/, /no command elephant\. Run stripchart --help to see all\./],
  ["--versoin", 2, /^$/, /no flag --versoin\. Did you mean --version\?/],
  ["--version", 0, new RegExp(`^stripchart ${VERSION.replaceAll(".", "\\.")}\n$`), /^$/],
  ["", 2, /^$/, /^Usage: stripchart COMMAND/],
  ["--help", 0, /^Usage: stripchart COMMAND\n\nCommands\n {2}trial {2}try something\n/, /^$/],
  ["help", 0, /^Usage: stripchart COMMAND/, /^$/],
  ["help trial", 0, /^Usage: stripchart trial WHAT \[MORE\] \[FLAGS\]\n\nTry something\./, /^$/],
  ["trial --nonsense --help", 0, / {2}--port \[N\] {2}a port\n/, /^$/],
  ["trial -- --help", 0, /"what":"--help"/, /^$/],
];

for (const [args, code, stdout, stderr] of ROWS) {
  Deno.test(`runProgram() gives ${code} when the command line is ${JSON.stringify(args)}`, async () => {
    const context = paperContext();
    const words = args.split(" ").filter((word) => word !== "");
    assert.equal(await runProgram(words, context, [TRIAL]), code, context.stderr.text);
    assert.match(context.stdout.text, stdout);
    assert.match(context.stderr.text, stderr);
  });
}

Deno.test("runProgram() gives 130 and says nothing when Ctrl-C ended a command", async () => {
  const context = paperContext({ signal: AbortSignal.abort() });
  assert.equal(await runProgram(["trial", "stop"], context, [TRIAL]), 130);
  assert.equal(context.stderr.text, "");
});

Deno.test("every command has a help that fits a terminal", async () => {
  for (const { name } of COMMANDS) {
    const context = paperContext();
    assert.equal(await runProgram([name, "--help"], context), 0);
    assert.match(context.stdout.text, new RegExp(`^Usage: stripchart ${name}`));
    assert.deepEqual(context.stdout.text.split("\n").filter((line) => line.length > 100), []);
  }
});

Deno.test("the program prints its version and refuses nonsense when it has no permission", async () => {
  const main = join(ROOT, "cli/main.ts");
  const version = await runChild(main, { cwd: ROOT, args: ["--version"] });
  assert.deepEqual([version.code, version.stdout, version.stderr], [
    0,
    `stripchart ${VERSION}\n`,
    "",
  ]);
  const nonsense = await runChild(main, { cwd: ROOT, args: ["docter"] });
  assert.deepEqual([nonsense.code, nonsense.stdout], [2, ""]);
  assert.match(nonsense.stderr, /^error: .* Did you mean stripchart doctor\?\n$/);
});

Deno.test({
  name: "the program says nothing when the reader of its output has gone",
  ignore: Deno.build.os === "windows",
  async fn() {
    const main = join(ROOT, "cli/main.ts");
    // The reader has ended long before Deno has started.
    const line = `{ '${Deno.execPath()}' run --config '${join(ROOT, "deno.json")}' '${main}' ` +
      `--help; echo "code $?" >&2; } | true`;
    const { stderr } = await new Deno.Command("sh", {
      args: ["-c", line],
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "code 0\n");
  },
});
