import assert from "node:assert/strict";
import { runProgram } from "../../cli/program.ts";
import type { SessionFacts } from "../../cli/info/facts.ts";
import type { Session } from "../../session/session.ts";
import { every } from "../../tasks/mod.ts";
import { ROOT, runProgram as runChild } from "../_child.ts";
import { recorded } from "../session/figures/_recorded.ts";
import { START } from "../session/_session.ts";
import { alarm, recording } from "../session/outbox/_channels.ts";
import { paperContext } from "./_context.ts";

async function record(session: Session): Promise<void> {
  void session.declareVariable("temperature", { unit: "°C", label: "Bath temperature" });
  void session.declareVariable("never", { unit: "V" });
  void session.addEntry({ temperature: 20.5, broken: NaN }, { at: START + 1 });
  void session.saveParameter("gain", 1e-9);
  void session.saveMetadata({ sample: "Cu-7\u001b[31m\nsecond line" });
  void session.addDataset("scope", [1, 2, 3]);
  void session.addDataset("scope", [4, 5, 6]);
  session.event("plot", "debug", "", undefined, { kind: "time", left: ["temperature"] });
  session.event("log", "info", "nothing of note");
  session.event("failure", "error", "the bath boiled over", "every");
  let steps = 0;
  await session.monitor(every("1s", () => {
    if (++steps > 3) session.askExit("enough was seen");
  }));
}

async function info(file: string, ...flags: string[]): Promise<{ code: number; stdout: string }> {
  const context = paperContext();
  const code = await runProgram(["info", file, ...flags], context);
  return { code, stdout: context.stdout.text };
}

Deno.test("info tells what a session file holds", async () => {
  using session = await recorded(record);
  const { code, stdout } = await info(session.file);
  assert.equal(code, 0);
  const sections = stdout.split("\n\n");
  const lines = (title: string): string[] =>
    sections.find((text) => text.startsWith(title))?.trimEnd().split("\n").slice(1) ?? [];
  assert.match(sections[0] ?? "", /a\.db: [\d.]+ kB, 1 entry, from \d{4}-.* to /);
  assert.match(lines("Runs").join(), /^ {2}1 {2}a {2}completed {2}\d{4}-\d\d-.*enough was seen$/);
  assert.deepEqual(lines("Variables").map((line) => line.replace(/\d{4}-\S+ \S+/, "TIME")), [
    "  temperature  20.5 °C  TIME  Bath temperature",
    "  never                                      ".trimEnd(),
    "  broken       NaN      TIME",
  ]);
  assert.deepEqual(lines("Parameters"), ["  gain  1e−9"]);
  assert.deepEqual(lines("Metadata"), ["  sample  Cu-7·[31m second line"]);
  assert.deepEqual(lines("Datasets"), ["  scope  2"]);
  assert.deepEqual(lines("Plots"), ["  1  temperature"]);
  assert.match(lines("Tasks")[0] ?? "", /^ {2}NAME {2,}KIND .* LATE: MEDIAN/);
  assert.match(lines("Tasks")[1] ?? "", /^ {2}every\S* .* 1 s +4 +0 +0 {2}/);
  assert.match(lines("Last")[0] ?? "", / {2}run 1 {2}error {2}every {2}the bath boiled over$/);
  assert.equal(lines("Last").length, 1);
});

Deno.test("info --json tells the same as data", async () => {
  using session = await recorded(record);
  const { stdout } = await info(session.file, "--json");
  const facts: SessionFacts = JSON.parse(stdout);
  assert.deepEqual(facts.variables, [
    {
      name: "temperature",
      unit: "°C",
      label: "Bath temperature",
      last: { t: START + 1, value: 20.5 },
    },
    { name: "never", unit: "V" },
    { name: "broken", last: { t: START + 1, value: "NaN" } },
  ]);
  assert.equal(facts.entries, 1);
  assert.deepEqual(facts.span, [START + 1, START + 1]);
  assert.deepEqual(facts.runs.map(({ id, status, started }) => ({ id, status, started })), [
    { id: 1, status: "completed", started: START },
  ]);
  assert.deepEqual(facts.parameters, [{ name: "gain", value: 1e-9 }]);
  assert.deepEqual(facts.datasets, [{ name: "scope", count: 2 }]);
  assert.deepEqual(facts.plots, [
    { title: "temperature", plot: { kind: "time", left: ["temperature"] } },
  ]);
  assert.equal(facts.tasks[0]?.ticks, 4);
  assert.deepEqual(facts.troubles.map(({ kind, message }) => [kind, message]), [
    ["failure", "the bath boiled over"],
  ]);
});

Deno.test("info tells of a run that goes on, and of one whose program was killed", async () => {
  using session = await recorded(async (running) => {
    await running.addEntry({ a: 1 });
    const { stdout } = await info(running.file, "--json");
    assert.equal((JSON.parse(stdout) as SessionFacts).runs[0]?.status, "running");
  });
  const killed = `${session.folder}/killed.db`;
  const script = `${session.folder}/killed.ts`;
  Deno.writeTextFileSync(
    script,
    `import { Session } from "@stripchart/stripchart";
    const session = new Session("killed", { quiet: true });
    await session.addEntry({ a: 1 });
    Deno.kill(Deno.pid, "SIGKILL");`,
  );
  await runChild(script, { cwd: session.folder, flags: ["--allow-all"] });
  const { stdout } = await info(killed);
  assert.match(stdout, /\n {2}1 {2}killed {2}lost /);
});

Deno.test("info tells how messages to people stand", async () => {
  using session = await recorded(async (running) => {
    await running.addChannel(recording("lab"));
    await running.addChannel(recording("night", () => {
      throw new Error("nobody answers");
    }));
    await running.notify(alarm("too hot"));
  });
  const { stdout } = await info(session.file);
  const messages = stdout.split("\n\n").find((text) => text.startsWith("Messages"));
  const [title, ...rows] = messages?.trimEnd().split("\n") ?? [];
  assert.equal(title, "Messages: 1 waiting, 1 sent");
  assert.match(
    rows.join("\n"),
    / lab +sent +1 try +too hot\n.* night +waiting +\d+ tries +too hot +nobody answers$/,
  );
  const { messages: { totals, latest } } = JSON.parse((await info(session.file, "--json")).stdout);
  assert.deepEqual([totals.sent, totals.waiting, latest.length], [1, 1, 2]);
});

Deno.test("info says what is wrong with a file", async () => {
  const context = paperContext();
  assert.equal(await runProgram(["info", "absent.db"], context), 1);
  assert.match(context.stderr.text, /^error: Cannot open absent\.db as /);
});

Deno.test("stripchart info needs to read the session, and no more", async () => {
  using session = await recorded(record);
  const { code, stdout, stderr, used } = await runChild("cli/main.ts", {
    cwd: ROOT,
    flags: [`--allow-read=${session.file},${session.file}-wal`],
    args: ["info", session.file],
    audit: true,
  });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Bath temperature/);
  const granted = [`read:${session.file}`, `read:${session.file}-wal`];
  assert.deepEqual(used.filter((access) => !granted.includes(access)), []);
});
