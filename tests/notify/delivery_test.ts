import assert from "node:assert/strict";
import { mail } from "../../notify/mail.ts";
import { webhook } from "../../notify/webhook.ts";
import { openReader } from "../../session/store/reader.ts";
import { Session } from "../../session/session.ts";
import { every } from "../../tasks/every.ts";
import { lasting } from "../../tasks/lasting.ts";
import { ROOT, temporaryFolder } from "../_child.ts";
import { APART, virtualSession } from "../session/_session.ts";
import { alarm, report } from "../session/outbox/_channels.ts";
import { closedPort, MailServer, reply } from "./_smtp.ts";

const PLAIN = { disabledCommands: ["STARTTLS"] };

function mailTo(port: number) {
  return mail({
    from: "rig@lab.org",
    to: "you@lab.org",
    smtp: { host: "127.0.0.1", port, security: "none", timeout: "5s" },
  });
}

/** Stops a virtual clock while something real is sent. Where nobody listens, no Worker is started to find that out. */
function held(session: ReturnType<typeof virtualSession>, port: number) {
  const channel = mailTo(port);
  return {
    name: channel.name,
    kind: channel.kind,
    settings: channel.settings,
    close: () => channel.close?.(),
    async send(...args: Parameters<typeof channel.send>) {
      using _hold = session.clock.hold();
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return await channel.send(...args);
    },
  };
}

Deno.test("Reports go out once, as one, when a mail server was down for days, and entries keep their grid", async () => {
  await using session = virtualSession();
  const port = closedPort();
  let server: MailServer | undefined;
  await session.addChannel(held(session, port));
  let n = 0;
  let most = 0;
  await session.monitor(
    every("30min", async () => {
      if (n % 12 === 0) await session.notify(report(`report ${n}`, { expires: "14d" }));
      // Mail is back after three days.
      if (n === 144) server = await MailServer.start(PLAIN, port);
      most = Math.max(most, session.outboxTotals().waiting);
      return { n: n++ };
    }),
    lasting("4d"),
  );
  await session.close();
  const [t] = [session.clock.monotonic()];
  assert.ok(t >= 4 * 86_400_000);
  assert.equal(n, 192);
  assert.equal(most, 1, "one report waits, however many there were");
  const subjects = server?.received.map(({ mail: { subject } }) => subject) ?? [];
  assert.deepEqual(subjects, [
    "report 144 (the latest of 13)",
    "report 156",
    "report 168",
    "report 180",
  ]);
  await server?.[Symbol.asyncDispose]();
});

Deno.test("A mail that is put off is accepted later, with the same Message-ID", async () => {
  const ids: string[] = [];
  let tries = 0;
  await using server = await MailServer.start({
    ...PLAIN,
    onRcptTo: (_, __, callback) => callback(++tries < 4 ? reply(451, "greylisted") : null),
  });
  await using session = virtualSession();
  const counting = held(session, server.port);
  await session.addChannel({
    ...counting,
    send(message, limits) {
      ids.push(message.id);
      return counting.send(message, limits);
    },
  });
  await session.notify(alarm("hot"));
  await session.sleep("1h");
  assert.equal(server.received.length, 1);
  assert.equal(ids.length, 4);
  assert.deepEqual([...new Set(ids)], [server.received[0]?.mail.messageId?.slice(1, -9)]);
  assert.equal(session.outbox()[0]?.attempts, 4);
});

Deno.test("What was not delivered goes out at the next run of the file, once", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/a.db`;
  const port = closedPort();
  const run = async (act: (session: Session) => unknown = () => {}): Promise<void> => {
    await using session = new Session("again", { ...APART, file, farewell: "300ms" });
    await session.addChannel(mailTo(port));
    await act(session);
  };
  await run(async (session) => {
    await session.notify(alarm("hot"));
    await session.notify(report("one"));
    await session.notify(report("two"));
  });
  await using server = await MailServer.start(PLAIN, port);
  await run(async (session) => {
    while (session.outboxTotals().waiting > 0) await session.sleep("10ms");
  });
  await run();
  assert.deepEqual(server.received.map(({ mail: { subject } }) => subject).toSorted(), [
    "hot",
    "two (the latest of 2)",
  ]);
  using reader = openReader(file);
  assert.deepEqual(reader.verify().damage, []);
  const { sent, coalesced, waiting } = reader.outboxTotals();
  assert.deepEqual([sent, coalesced, waiting], [2, 1, 0]);
});

Deno.test("A process that is killed between accepted and written down leaves one duplicate, of the same Message-ID", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/a.db`;
  await using server = await MailServer.start(PLAIN);
  const run = async (how: string): Promise<number> => {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        `${ROOT}/tests/notify/_killed.ts`,
        file,
        `${server.port}`,
        how,
      ],
    }).output();
    return code;
  };
  assert.equal(await run("stop"), 137);
  assert.equal(server.received.length, 1);
  assert.equal(await run("go on"), 0);
  assert.equal(await run("go on"), 0);
  assert.equal(server.received.length, 2);
  assert.equal(new Set(server.received.map(({ mail }) => mail.messageId)).size, 1);
});

Deno.test("No secret is kept: not in the file, nor in what is printed, though the script and the errors have it", async () => {
  using folder = temporaryFolder();
  const file = `${folder.path}/a.db`;
  const secrets = ["pa55-w0rd-one", "T0/B0/hush-hush-4", "late-secret-6"] as const;
  await using server = await MailServer.start({
    authOptional: false,
    allowInsecureAuth: true,
    ...PLAIN,
    onAuth: ({ password }, _, callback) =>
      callback(reply(535, `${password} or ${btoa(password ?? "")} is wrong`)),
  });
  const lines: string[] = [];
  const terminal = {
    interactive: false,
    columns: 100,
    write: (text: string) => void lines.push(text),
  };
  const secured = (password: string, name: string) =>
    mail({
      from: "rig@lab.org",
      to: "you@lab.org",
      name,
      smtp: {
        host: "127.0.0.1",
        port: server.port,
        user: "rig",
        password,
        allowInsecureAuth: true,
      },
    });
  const first = secured(secrets[0], "mail");
  const chat = webhook({ url: `http://127.0.0.1:${closedPort()}/${secrets[1]}` });
  // As a script that holds its passwords is kept, whether its channels are made before the session or after.
  const provenance = { script: { source: `mail("${secrets.join('"); mail("')}")`.repeat(200) } };
  {
    await using session = new Session("secrets", {
      ...APART,
      file,
      terminal,
      provenance,
      farewell: "500ms",
    });
    await session.flush();
    await session.addChannel(first);
    await session.addChannel(chat);
    await session.addChannel(secured(secrets[2], "late"));
    await session.notify(alarm(`it failed with ${secrets[0]}`, { text: `in ${secrets[1]}` }));
    while (session.outboxTotals().failed < 2) await session.sleep("10ms");
    session.log("error", `could not log in with ${secrets[0]}`, { at: [secrets[1]] });
  }
  const bytes = new TextDecoder("latin1").decode(Deno.readFileSync(file));
  for (const secret of secrets) {
    for (const form of [secret, btoa(secret), encodeURIComponent(secret)]) {
      assert.ok(!bytes.includes(form), `${form} is in the file`);
      assert.ok(!lines.join("").includes(form), `${form} was printed`);
    }
  }
  assert.match(lines.join(""), /535 \(secret\) or \(secret\) is wrong/);
  using reader = openReader(file);
  assert.match(JSON.stringify(reader.runs()[0]?.provenance), /mail\(\\"\(secret\)\\"\)/);
  assert.deepEqual(reader.verify().damage, []);
});
