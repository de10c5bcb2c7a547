import assert from "node:assert/strict";
import { experiment } from "../../dsl/experiment.ts";
import { command } from "../../notify/command.ts";
import { mail } from "../../notify/mail.ts";
import { webhook } from "../../notify/webhook.ts";
import { openSession } from "../../session/open_session.ts";
import { granted, printedFlags } from "../_flags.ts";
import { ROOT, runProgram, temporaryFolder } from "../_child.ts";
import { MailServer } from "../notify/_smtp.ts";
import { recording } from "../session/outbox/_channels.ts";

const base = experiment("notify").every("10ms", () => ({ n: 1 })).for("30ms");
const quiet = { args: [], file: null, quiet: true } as const;
const apart = { terminal: null, signals: false, exitCode: false } as const;

Deno.test("notify() tells its channel how the run ended", async () => {
  const [chat, alarms] = [recording("chat"), recording("alarms")];
  await base.notify(chat).notify(alarms, { on: ["alarm"] }).run({ ...quiet, session: apart });
  assert.deepEqual(chat.accepted.map(({ kind, subject, session }) => [kind, subject, session]), [
    ["end", "notify ended: the time of 30ms is over", "notify"],
  ]);
  assert.deepEqual(alarms.accepted, []);
});

Deno.test("notify() tells its channel that a device could not be opened", async () => {
  const chat = recording("chat");
  await experiment("notify")
    .notify(chat)
    .device("bath", () => {
      throw new Error("no such port");
    })
    .every("10ms", () => ({ n: 1 }))
    .run({ ...quiet, session: apart });
  assert.match(
    chat.accepted[0]?.subject ?? "",
    /^notify failed: .*Cannot open "bath".*no such port/,
  );
});

Deno.test("notify() tells nobody of a dry run, and what is sent by name finds its channel all the same", async () => {
  const chat = recording("chat");
  const prepared: boolean[] = [];
  const { status } = await experiment("dry")
    .every("1min", async ({ session }) => {
      await session.notify({ kind: "note", subject: "n", text: "" }, ["chat"]);
      return { n: 1 };
    })
    .for("5min")
    .notify({ ...chat, send: chat.send, prepare: () => void prepared.push(true) })
    .dryRun();
  assert.equal(status, "completed");
  assert.deepEqual([chat.tries, prepared], [0, []]);
});

Deno.test("notify() does not begin when a channel can't get ready", async () => {
  const chat = { ...recording("chat"), prepare: () => Promise.reject(new Error("no password")) };
  const opened: string[] = [];
  const summary = await experiment("unready")
    .device("bath", () => void opened.push("bath"))
    .every("10ms", () => ({ n: 1 }))
    .notify(chat)
    .run({ ...quiet, session: apart });
  assert.match(summary.reason, /no password/);
  assert.deepEqual(opened, []);
});

Deno.test("notify() stands in the plan without secrets, and in the description", () => {
  const smtp = { host: "smtp.lab.org", user: "rig", password: "pa55word-x" };
  const plan = base
    .notify(mail({ from: "rig@lab.org", to: "you@lab.org", smtp }), { on: ["log"], level: "error" })
    .notify(webhook({ url: "https://chat.lab.org/hooks/hush-hush-9", preset: "slack" }))
    .notify(command({ program: "logger", args: ["--key=hush"] }));
  const text = JSON.stringify(plan.plan());
  assert.doesNotMatch(text, /pa55word|hush/);
  assert.deepEqual(plan.plan().nodes.filter(({ kind }) => kind === "notify")[0], {
    kind: "notify",
    channel: {
      name: "mail",
      kind: "mail",
      settings: {
        from: "rig@lab.org",
        to: ["you@lab.org"],
        server: "smtp.lab.org:587",
        security: "auto",
        user: "rig",
      },
    },
    on: ["log"],
    level: "error",
  });
  assert.match(
    plan.describe(),
    /Notifications\n {2}mail +log from error on\n {2}slack \(webhook\) +end, failure, alarm\n/,
  );
});

Deno.test("notify() refuses a second channel of a name, and what is none, at once", () => {
  const chat = recording("chat");
  assert.throws(
    () => base.notify(chat).notify(chat),
    /by "chat", as there is a channel of that name/,
  );
  assert.throws(() => base.notify({} as never), /must have a name, a kind and a function send/);
  assert.throws(() => base.notify(chat, { on: ["x"] as never }), /on must be a list of end/);
});

Deno.test("an experiment with mail uses the permissions that its --help prints, and no others", async () => {
  using folder = temporaryFolder();
  await using server = await MailServer.start({
    authOptional: false,
    onAuth: ({ password }, _, callback) =>
      password === "pa55word-y" ? callback(null, { user: "rig" }) : callback(new Error("wrong")),
  });
  Deno.copyFileSync(`${ROOT}/tests/fixtures/tls/localhost.crt`, `${folder.path}/lab.crt`);
  Deno.writeTextFileSync(`${folder.path}/smtp.password`, "pa55word-y\n");
  Deno.writeTextFileSync(
    `${folder.path}/mailing.ts`,
    `import { experiment, mail } from "@stripchart/stripchart";
    await experiment("mailing").every("10ms", () => ({ n: 1 })).for("50ms").notify(mail({
      from: "rig@lab.org",
      to: "you@lab.org",
      smtp: { host: "localhost", port: ${server.port}, user: "rig", passwordFile: "smtp.password", caFile: "lab.crt" },
    })).run();`,
  );
  const help = await runProgram("mailing.ts", { cwd: folder.path, args: ["--help"] });
  const flags = printedFlags(help.stdout);
  assert.ok(flags.includes(`--allow-net=localhost:${server.port}`), help.stdout);
  const run = await runProgram("mailing.ts", { cwd: folder.path, flags, audit: true });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(server.received.length, 1, run.stderr);
  assert.doesNotMatch(run.stderr, /Requires \w+ access/i);
  const kinds = new Set(granted(flags, folder.path).map((grant) => grant.split(":")[0]));
  for (const access of run.used) assert.ok(kinds.has(access.split(":")[0] ?? ""), access);
  using saved = openSession(`${folder.path}/mailing.db`);
  assert.equal(saved.outboxTotals().sent, 1);
  assert.ok(
    !new TextDecoder("latin1").decode(Deno.readFileSync(`${folder.path}/mailing.db`)).includes(
      "pa55word-y",
    ),
  );
});
