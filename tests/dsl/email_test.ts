import assert from "node:assert/strict";
import { join } from "node:path";
import { formatDryRun } from "../../dsl/dry_run.ts";
import { experiment } from "../../dsl/experiment.ts";
import { runProgram, temporaryFolder } from "../_child.ts";
import { printedFlags } from "../_flags.ts";
import { MailServer } from "../notify/_smtp.ts";
import { ADDRESSES } from "../tasks/email/_sender.ts";

const MODULE = import.meta.resolve("../../dsl/experiment.ts");

Deno.test("email() refuses what can't be meant", () => {
  const refused: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /TypeError: .*its options must be an object: undefined/],
    [{ ...ADDRESSES, form: "x" }, /TypeError: .*no option "form"\. There are: from, to, smtp/],
    [{ ...ADDRESSES, from: "" }, /TypeError: .*from must be an address: ""/],
    [{ ...ADDRESSES, to: [] }, /TypeError: .*to must be an address, or several: \[\]/],
    [{ ...ADDRESSES, to: ["you@lab.org", 5] }, /TypeError: .*to must be an address, or several/],
    [{ ...ADDRESSES, smtp: undefined }, /TypeError: .*smtp/],
    [{ ...ADDRESSES, from: "rig@lab.org\r\nBcc: all@lab.org" }, /TypeError: .*one line/],
    [{ ...ADDRESSES, every: "1s" }, /RangeError: .*10s or more from one to the next: 1s/],
    [{ ...ADDRESSES, every: 7200 }, /TypeError: .*carries no unit/],
    [{ ...ADDRESSES, every: "2 hours" }, /SyntaxError: .*"hours" is not a unit/],
    [{ ...ADDRESSES, every: "2h", at: "08:00" }, /TypeError: .*every and at can't both say when/],
    [{ ...ADDRESSES, initialDelay: "1h" }, /TypeError: .*initialDelay goes with every only/],
    [{ ...ADDRESSES, at: "8 am" }, /SyntaxError: .*time of day: "8 am"/],
    [{ ...ADDRESSES, timeZone: "Mars/Olympus" }, /RangeError: .*time zone: "Mars\/Olympus"/],
    [
      { ...ADDRESSES, subject: "{nmae} runs" },
      /TypeError: .*unknown field: \{nmae\}\. There are: \{name\}/,
    ],
    [{ ...ADDRESSES, on: ["finish"] }, /TypeError: .*no occasion "finish"\. There are: start, end/],
    [{ ...ADDRESSES, on: "end" }, /TypeError: .*on must be an array: "end"/],
    [{ ...ADDRESSES, attach: { pdf: "1d" } }, /TypeError: .*attach must be \{ csv: "1d" \}/],
    [{ ...ADDRESSES, attach: { csv: "0s" } }, /RangeError: .*a while above zero: 0s/],
    [{ ...ADDRESSES, plots: [-1] }, /TypeError: .*plots must be "all", false, or places/],
  ];
  for (const [options, message] of refused) {
    assert.throws(() => experiment().email(options as never), (error) => {
      assert.match(String(error), message);
      return true;
    });
  }
  const named = { ...ADDRESSES, name: "daily" };
  assert.throws(() => experiment().email(named).email(named), /a channel of the name "daily"/);
});

Deno.test("email() tells no password in plan and description", () => {
  const smtp = { host: "smtp.lab.org", user: "rig", password: "open sesame" };
  const told = experiment().every("1s", () => {}).email({ ...ADDRESSES, smtp, every: "2h" });
  assert.ok(!JSON.stringify(told.plan()).includes("sesame"));
  assert.ok(!told.describe().includes("sesame"));
  assert.match(
    told.describe(),
    /Notifications\n {2}report to you@lab\.org +every 2h, on end, failure, alarm\n/,
  );
});

Deno.test("dryRun() counts reports, and leaves the last one with its plots and its head", async () => {
  const result = await experiment("cooling <1>")
    .every("10min", ({ session }) => ({ a: session.clock.monotonic() }))
    .plot(["a"], { title: "All of it" })
    .email({ ...ADDRESSES, every: "2h", attach: { csv: "1d" } })
    .email({ ...ADDRESSES, to: ["boss@lab.org", "b@lab.org"], at: "08:00", on: [], plots: false })
    .for("3d")
    .dryRun();
  assert.equal(result.status, "completed");
  assert.deepEqual(result.troubles, []);
  const [first, second] = result.samples;
  assert.equal(result.samples.length, 2);
  assert.equal(first?.ending, "report.html");
  assert.match(
    first?.about ?? "",
    /^The last of 37 reports, "cooling <1>: completed, the time of 3d is over", is in$/,
  );
  assert.match(first?.text ?? "", /<b>From:<\/b> rig@lab\.org<\/div><div><b>To:<\/b> you@lab\.org/);
  assert.match(first?.text ?? "", /<b>Files:<\/b> [^<]*\.csv \(\d+ bytes\)/);
  assert.match(first?.text ?? "", /<img class="picture" src="data:image\/png;base64,iVBORw0KGgo/);
  assert.doesNotMatch(first?.text ?? "", /cid:/);
  assert.equal(second?.ending, "report-2.html");
  assert.match(second?.about ?? "", /^The last of 4 reports/);
  assert.match(second?.text ?? "", /boss@lab\.org, b@lab\.org/);
  assert.doesNotMatch(second?.text ?? "", /<img/);
  assert.match(formatDryRun(result), /\nNothing was opened and nothing was written\.\n$/);
});

Deno.test({
  name: "an experiment that reports uses the permissions that its --help prints and no others",
  sanitizeOps: false,
  async fn() {
    await using server = await MailServer.start({ disabledCommands: ["STARTTLS"] });
    const smtp = { host: "127.0.0.1", port: server.port };
    using folder = temporaryFolder();
    Deno.writeTextFileSync(
      join(folder.path, "lab.ts"),
      `import { experiment } from ${JSON.stringify(MODULE)};
      await experiment("cooling")
        .every("100ms", () => ({ temperature: 20 }))
        .plot(["temperature"])
        .email(${JSON.stringify({ ...ADDRESSES, smtp, attach: { csv: "1d" }, on: ["end"] })})
        .for("500ms").run();`,
    );
    const run = (args: string[], flags: string[] = []): ReturnType<typeof runProgram> =>
      runProgram("lab.ts", {
        cwd: folder.path,
        args: ["--no-live", ...args],
        flags: ["--no-check", "--no-lock", ...flags],
        audit: true,
      });
    const flags = printedFlags((await run(["--help"])).stdout);
    assert.ok(flags.includes(`--allow-net=127.0.0.1:${server.port}`), flags.join(" "));
    const { code, stderr, used } = await run([], flags);
    assert.equal(code, 0, stderr);
    assert.equal(server.received.length, 1, stderr);
    assert.equal(server.received[0]?.mail.attachments.length, 2);
    const kinds = new Set(used.map((access) => access.split(":")[0]));
    assert.deepEqual([...kinds].sort(), ["net", "read", "write"]);
    const net = used.filter((access) => access.startsWith("net:"));
    assert.deepEqual([...new Set(net)], [`net:127.0.0.1:${server.port}`]);
  },
});

Deno.test("--dry-run writes the report where that is permitted, says where it is not, and --help tells how", async () => {
  const folder = Deno.makeTempDirSync();
  try {
    Deno.writeTextFileSync(
      join(folder, "lab.ts"),
      `import { experiment } from ${JSON.stringify(MODULE)};
      await experiment("cooling")
        .every("10min", () => ({ temperature: 20 }))
        .plot(["temperature"])
        .email(${JSON.stringify({ ...ADDRESSES, every: "2h" })})
        .for("1d").run();`,
    );
    const run = (args: string[], flags: string[] = []): ReturnType<typeof runProgram> =>
      runProgram("lab.ts", { cwd: folder, args, flags: ["--no-check", "--no-lock", ...flags] });
    const help = await run(["--help"]);
    assert.match(help.stdout, /--allow-net=smtp\.lab\.org:25,127\.0\.0\.1 lab\.ts\n/);
    const command = "deno run --allow-write=cooling-report.html lab.ts --dry-run";
    assert.ok(help.stdout.includes(`See what it would send with\n  ${command}\n`), help.stdout);

    const refused = await run(["--dry-run"]);
    assert.equal(refused.code, 0, refused.stderr);
    assert.match(
      refused.stdout,
      /no file, as Deno does not permit to write cooling-report\.html\./,
    );
    assert.ok(refused.stdout.includes(`To look at it, run\n  ${command}\n`));
    assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["lab.ts"]);

    const written = await run(["--dry-run"], ["--allow-write=cooling-report.html"]);
    assert.equal(written.code, 0, written.stderr);
    assert.match(written.stdout, /is in cooling-report\.html: open it in a browser\./);
    assert.match(written.stdout, /Nothing was opened and nothing else was written\./);
    const html = Deno.readTextFileSync(join(folder, "cooling-report.html"));
    assert.match(html, /temperature/);
    assert.match(html, /src="data:image\/png;base64,/);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
