import assert from "node:assert/strict";
import { join } from "node:path";
import type { Socket } from "node:net";
import { openSession, type SavedSession } from "../../../session/open_session.ts";
import { Session } from "../../../session/session.ts";
import { every } from "../../../tasks/every.ts";
import { lasting } from "../../../tasks/lasting.ts";
import { once } from "../../../tasks/once.ts";
import { plot } from "../../../tasks/plot.ts";
import { sendEmail } from "../../../tasks/email.ts";
import type { EmailOptions } from "../../../tasks/email/options.ts";
import { MailServer, RawServer } from "../../notify/_smtp.ts";
import { APART } from "../../session/_session.ts";

/** A server without encryption: the certificates of tests are nobody's to trust. */
const PLAIN = { disabledCommands: ["STARTTLS"] };

/** A server that takes everything but the sender. */
function atMailFrom(act: (socket: Socket) => void): (socket: Socket) => void {
  return (socket) => {
    socket.write("220 lab ESMTP\r\n");
    socket.on("data", (data: Uint8Array) => {
      const line = new TextDecoder().decode(data);
      if (/^MAIL FROM/i.test(line)) act(socket);
      else socket.write("250 lab\r\n");
    });
  };
}

/** Runs a session on the system's clock and in a file, and gives its summary and how many entries it has. */
async function runWith(
  port: number,
  options: Partial<EmailOptions> = {},
): Promise<{ status: string; entries: number; outbox: string[]; took: number }> {
  const folder = Deno.makeTempDirSync();
  try {
    const session = new Session("Kühlung <1>", {
      ...APART,
      file: join(folder, "kuehlung.db"),
      farewell: "5s",
    });
    await session.declareVariable("T", { unit: "°C", label: "Bad Köln" });
    await session.monitor(
      every("50ms", () => ({ T: 20.25, "<b>odd</b>": NaN })),
      plot(["T"], { title: "Größe & Zeit" }),
      sendEmail({
        from: "The rig <rig@lab.org>",
        to: ["you@lab.org", "me@lab.org"],
        smtp: { host: "127.0.0.1", port },
        ...options,
      }),
      once(async (session: Session, { sleep }) => {
        await sleep("1s");
        // Until the report of the beginning is made, on a machine that is busy.
        while (options.every !== undefined && session.outbox().length === 0) await sleep("50ms");
        session.askExit("that is enough");
      }),
    );
    const start = performance.now();
    const { status, entries } = await session.close();
    using saved = new SavedOutbox(join(folder, "kuehlung.db"));
    return {
      status,
      entries,
      outbox: saved.states,
      took: performance.now() - start,
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** How messages of a file stand. */
class SavedOutbox implements Disposable {
  readonly states: string[];
  readonly #session: SavedSession;

  constructor(file: string) {
    this.#session = openSession(file);
    this.states = this.#session.outbox().map(({ kind, state }) => `${kind} ${state}`);
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }
}

Deno.test("a report arrives whole: text, HTML, pictures and table, with every letter of them", async () => {
  await using server = await MailServer.start(PLAIN);
  const { status, outbox } = await runWith(server.port, {
    on: ["end"],
    attach: { csv: "1d" },
    subject: "{name} – {state}: {reason}",
    timeZone: "Europe/Berlin",
  });
  assert.equal(status, "completed");
  assert.deepEqual(outbox, ["end sent"]);
  const [received] = server.received;
  assert.equal(server.received.length, 1);
  assert.ok(received !== undefined);
  assert.deepEqual(received.recipients, ["you@lab.org", "me@lab.org"]);
  const { subject, text = "", html, attachments, headerLines } = received.mail;
  assert.equal(subject, "Kühlung <1> – completed: that is enough");
  assert.match(
    headerLines.find(({ key }) => key === "content-type")?.line ?? "",
    /multipart\/mixed/,
  );
  assert.match(text, /Bad Köln \(T\) +20\.25 °C/);
  assert.match(text, /<b>odd<\/b> +NaN/);
  const page = typeof html === "string" ? html : "";
  assert.ok(page.includes("Bad Köln") && page.includes("&lt;b&gt;odd&lt;/b&gt;"));
  assert.ok(page.includes("Größe &amp; Zeit"));
  // The parser puts a picture in the place of each cid that there is a file for.
  assert.match(page, /<img class="picture" src="data:image\/png;base64,/);
  assert.doesNotMatch(page, /cid:/);
  assert.deepEqual(
    attachments.map((
      { contentType, related, filename },
    ) => [contentType, related === true, filename]),
    [
      ["image/png", true, "plot-1.png"],
      ["text/csv", false, `Kühlung _1_ ${new Date().toISOString().slice(0, 10)}.csv`],
    ],
  );
  const [header, first] = new TextDecoder().decode(attachments[1]?.content).split("\r\n");
  assert.equal(header, "time,unix [s],T [°C],<b>odd</b>");
  assert.match(first ?? "", /,20\.25,NaN$/);
});

Deno.test("the parts of a report are nested as mail programs want them", async () => {
  let raw = "";
  await using server = await MailServer.start({
    ...PLAIN,
    onData(stream, _session, callback) {
      stream.on("data", (part: Uint8Array) => raw += new TextDecoder().decode(part));
      stream.on("end", () => callback());
    },
  });
  await runWith(server.port, { on: ["end"], attach: { csv: "1d" } });
  const types = [...raw.matchAll(/^Content-Type: ([\w/]+)/gm)].map(([, type]) => type);
  assert.deepEqual(types, [
    "multipart/mixed",
    "multipart/alternative",
    "text/plain",
    "multipart/related",
    "text/html",
    "image/png",
    "text/csv",
  ]);
  // No line is longer than mail servers take.
  assert.ok(Math.max(...raw.split("\r\n").map((line) => line.length)) <= 998);
});

Deno.test("a server that hangs, drops or refuses delays no entry and ends nothing", async () => {
  const acts: Readonly<Record<string, (socket: Socket) => void>> = {
    "hangs before it says a word": () => {},
    "drops after MAIL FROM": atMailFrom((socket) => socket.destroy()),
    "refuses the sender": atMailFrom((socket) => void socket.write("550 not you\r\n")),
    "is closed at once": (socket) => socket.destroy(),
    "refuses": (socket) => void socket.end("554 no\r\n"),
  };
  for (const [what, act] of Object.entries(acts)) {
    await using server = await RawServer.start(act);
    const { status, entries, outbox, took } = await runWith(server.port, { every: "10s" });
    assert.equal(status, "completed", what);
    // 20 of them are due at least; a machine that is busy misses some.
    assert.ok(entries >= 5, `${what}: ${entries}`);
    assert.ok(outbox.every((one) => !one.endsWith("sent")), `${what}: ${outbox}`);
    assert.deepEqual(outbox.map((one) => one.split(" ")[0]), ["report", "end"], what);
    assert.ok(took < 30_000, `${what}: ${took}`);
  }
});

Deno.test("what was not delivered goes out at the next run, once", async () => {
  const folder = Deno.makeTempDirSync();
  const file = join(folder, "cooling.db");
  const run = async (port: number, on: EmailOptions["on"]): Promise<void> => {
    await using session = new Session("cooling", { ...APART, file, farewell: "3s" });
    await session.monitor(
      every("100ms", () => ({ a: 1 })),
      sendEmail({
        from: "rig@lab.org",
        to: "you@lab.org",
        on: on ?? [],
        smtp: { host: "127.0.0.1", port },
      }),
      lasting("300ms"),
    );
  };
  try {
    {
      await using away = await RawServer.start((socket) => socket.destroy());
      await run(away.port, ["end"]);
    }
    await using server = await MailServer.start(PLAIN);
    await run(server.port, []);
    await run(server.port, []);
    assert.deepEqual(
      server.received.map(({ mail: { subject } }) => subject),
      ["cooling: completed, the time of 300ms is over"],
    );
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
});
