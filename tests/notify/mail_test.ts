import assert from "node:assert/strict";
import { mail } from "../../notify/mail.ts";
import type { MailOptions, SmtpOptions } from "../../notify/mail_options.ts";
import { DeliveryError } from "../../session/outbox/types.ts";
import { temporaryFolder } from "../_child.ts";
import {
  addresses,
  CA_FILE,
  closedPort,
  delivery,
  limits,
  MailServer,
  RawServer,
  reply,
} from "./_smtp.ts";

type Options = Partial<Omit<MailOptions, "smtp">>;

/** A channel whose thread ends with each mail. */
function channel(port: number, smtp: Partial<SmtpOptions> = {}, more: Options = {}) {
  const one = mail({
    from: "The rig <rig@lab.org>",
    to: "you@lab.org",
    smtp: { host: "127.0.0.1", port, security: "none", timeout: "5s", ...smtp },
    ...more,
  });
  return {
    permissions: one.permissions,
    settings: one.settings,
    prepare: async () => await one.prepare?.(),
    async send(...args: Parameters<typeof one.send>) {
      try {
        return await one.send(...args);
      } finally {
        await one.close?.();
      }
    },
  };
}

async function refusal(sending: Promise<unknown>): Promise<DeliveryError> {
  try {
    await sending;
  } catch (error) {
    assert.ok(error instanceof DeliveryError, String(error));
    return error;
  }
  throw new Error("it was accepted");
}

Deno.test("mail() sends what a message says, to everybody, and hides the blind copies", async () => {
  await using server = await MailServer.start({ disabledCommands: ["STARTTLS"] });
  const pixel = new Uint8Array([137, 80, 78, 71, 0, 255, 10, 13]);
  const csv = new TextEncoder().encode("t,T\n1,20.5\n");
  await channel(server.port, {}, {
    to: ["you@lab.org", "Jürgen Müller <jm@lab.org>"],
    cc: "boss@lab.org",
    bcc: ["archive@lab.org"],
    replyTo: "lab@lab.org",
    prefix: "[rig 3]",
  }).send(
    delivery({
      subject: "Kühlung läuft 🌡 – 20 °C",
      text: "Grüße\n.\nfrom the rig\n",
      html: '<p>Grüße <img src="cid:plot-1"></p>',
      level: "error",
      attachments: [
        { name: "Temperatur (°C).png", type: "image/png", bytes: pixel, cid: "plot-1" },
        { name: "data.csv", type: "text/csv", bytes: csv },
      ],
    }),
    limits(),
  );
  const [{ recipients, mail: got } = { recipients: [], mail: undefined }] = server.received;
  assert.deepEqual(recipients.toSorted(), [
    "archive@lab.org",
    "boss@lab.org",
    "jm@lab.org",
    "you@lab.org",
  ]);
  assert.equal(got?.subject, "[rig 3] Kühlung läuft 🌡 – 20 °C");
  assert.equal(got?.messageId, "<8d0f5a2e-1111-4222-8333-444455556666@lab.org>");
  assert.equal(got?.date?.toISOString(), "2026-01-01T00:00:00.000Z");
  assert.equal(got?.from?.text, '"The rig" <rig@lab.org>');
  assert.deepEqual(addresses(got?.to), ["you@lab.org", "jm@lab.org"]);
  assert.equal([got?.to ?? []].flat()[0]?.value[1]?.name, "Jürgen Müller");
  assert.deepEqual(addresses(got?.cc), ["boss@lab.org"]);
  assert.deepEqual(addresses(got?.bcc), []);
  assert.deepEqual(addresses(got?.replyTo), ["lab@lab.org"]);
  assert.equal(got?.headers.get("priority"), "high");
  assert.equal(got?.headers.get("auto-submitted"), "auto-generated");
  assert.equal(got?.text, "Grüße\n.\nfrom the rig\n");
  assert.match(String(got?.html), /<p>Grüße <img src="data:image\/png;base64,iVBORwD\/Cg0="/);
  assert.deepEqual(
    got?.attachments.map(({ filename, contentType, related, cid, content }) => [
      filename,
      contentType,
      related ?? false,
      cid,
      [...content],
    ]),
    [
      ["Temperatur (°C).png", "image/png", true, "plot-1", [...pixel]],
      ["data.csv", "text/csv", false, undefined, [...csv]],
    ],
  );
});

Deno.test("mail() sends a message without HTML and files as plain text alone", async () => {
  await using server = await MailServer.start({ disabledCommands: ["STARTTLS"] });
  await channel(server.port).send(delivery({ text: "ü".repeat(3000) }), limits());
  const got = server.received[0]?.mail;
  assert.equal(got?.html, false);
  assert.equal(got?.text?.trim(), "ü".repeat(3000));
  assert.equal(got?.attachments.length, 0);
  assert.equal(got?.headers.get("priority"), undefined);
});

Deno.test("mail() names those that were refused though others were not", async () => {
  await using server = await MailServer.start({
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _, callback) {
      callback(address === "gone@lab.org" ? reply(550, "no such user here") : null);
    },
  });
  const to = ["a@lab.org", "gone@lab.org", "b@lab.org"];
  const receipt = await channel(server.port, {}, { to }).send(delivery(), limits());
  assert.deepEqual(server.received[0]?.recipients, ["a@lab.org", "b@lab.org"]);
  assert.equal(receipt?.warnings.length, 1);
  assert.match(receipt?.warnings[0] ?? "", /^gone@lab\.org was refused, .*550 no such user here/);
});

for (
  const [what, code, permanent] of [
    ["all recipients are unknown", 550, true],
    ["all recipients are put off", 450, false],
  ] as const
) {
  Deno.test(`mail() says ${permanent ? "that no attempt would help" : "to try again"} when ${what}`, async () => {
    await using server = await MailServer.start({
      disabledCommands: ["STARTTLS"],
      onRcptTo: (_, __, callback) => callback(reply(code, "not you")),
    });
    const error = await refusal(channel(server.port).send(delivery(), limits()));
    assert.equal(error.permanent, permanent);
    assert.match(
      error.message,
      new RegExp(`127\\.0\\.0\\.1:${server.port} did not take it: .*${code}`),
    );
  });
}

for (
  const [what, code, permanent] of [
    ["sender is refused for good", 553, true],
    ["sender is put off", 451, false],
  ] as const
) {
  Deno.test(`mail() tells temporary from final when the ${what}`, async () => {
    await using server = await MailServer.start({
      disabledCommands: ["STARTTLS"],
      onMailFrom: (_, __, callback) => callback(reply(code, "no")),
    });
    assert.equal(
      (await refusal(channel(server.port).send(delivery(), limits()))).permanent,
      permanent,
    );
  });
}

Deno.test("mail() says to try again when the connection is refused", async () => {
  const error = await refusal(channel(closedPort()).send(delivery(), limits()));
  assert.equal(error.permanent, false);
  assert.match(error.message, /did not take it: .*ECONNREFUSED.*Check host and port/);
});

Deno.test("mail() says to try again when the server is silent in its banner", async () => {
  await using server = await RawServer.start(() => {});
  const error = await refusal(
    channel(server.port, { timeout: "200ms" }).send(delivery(), limits()),
  );
  assert.equal(error.permanent, false);
  assert.match(error.message, /Greeting never received|Timeout. It did not answer in time/);
});

Deno.test("mail() ends at once when it is told to, though the server hangs", async () => {
  const connected = Promise.withResolvers<void>();
  await using server = await RawServer.start(() => connected.resolve());
  const controller = new AbortController();
  const sending = channel(server.port, { timeout: "1h" }).send(
    delivery(),
    limits(controller.signal),
  );
  await connected.promise;
  controller.abort(new Error("enough"));
  await assert.rejects(sending, /enough/);
  await assert.rejects(channel(server.port).send(delivery(), limits(controller.signal)), /enough/);
});

Deno.test("mail() says to try again when the server goes away after MAIL FROM", async () => {
  await using server = await RawServer.start((socket) => {
    socket.write("220 here\r\n");
    socket.on("data", (data) => {
      const command = String(data);
      if (/^EHLO/i.test(command)) socket.write("250 here\r\n");
      else if (/^MAIL/i.test(command)) socket.destroy();
    });
  });
  const error = await refusal(channel(server.port).send(delivery(), limits()));
  assert.equal(error.permanent, false);
  assert.match(error.message, /Connection closed unexpectedly|Socket/);
});

/** A server that asks for the password "s3cr3t pass". */
function guarded(options: object = {}): Promise<MailServer> {
  return MailServer.start({
    authOptional: false,
    onAuth({ username, password }, _, callback) {
      if (username === "rig" && password === "s3cr3t pass") return callback(null, { user: "rig" });
      callback(reply(535, `authentication of ${username} with ${password} failed`));
    },
    ...options,
  });
}

Deno.test("mail() logs in under STARTTLS, with the password from a file", async () => {
  using folder = temporaryFolder();
  const passwordFile = `${folder.path}/password`;
  Deno.writeTextFileSync(passwordFile, "s3cr3t pass\n");
  await using server = await guarded();
  const smtp = {
    host: "localhost",
    security: "auto",
    user: "rig",
    passwordFile,
    caFile: CA_FILE,
  } as const;
  const channel_ = channel(server.port, smtp);
  assert.deepEqual(channel_.permissions, {
    net: [`localhost:${server.port}`],
    read: [passwordFile, CA_FILE],
  });
  await channel_.prepare();
  await channel_.send(delivery(), limits());
  assert.equal(server.received.length, 1);
  assert.doesNotMatch(JSON.stringify(channel_.settings), /s3cr3t/);
});

Deno.test("mail() logs in under TLS from the start", async () => {
  await using server = await guarded({ secure: true });
  const smtp = {
    host: "localhost",
    security: "tls",
    user: "rig",
    password: "s3cr3t pass",
  } as const;
  const channel_ = channel(server.port, { ...smtp, caFile: CA_FILE });
  await channel_.prepare();
  await channel_.send(delivery(), limits());
  assert.equal(server.received.length, 1);
});

Deno.test("mail() gives up for good when the password is wrong, and repeats it nowhere", async () => {
  await using server = await guarded();
  const smtp = {
    host: "localhost",
    security: "starttls",
    user: "rig",
    password: "wr0ng pass",
  } as const;
  const channel_ = channel(server.port, { ...smtp, caFile: CA_FILE });
  await channel_.prepare();
  const error = await refusal(channel_.send(delivery(), limits()));
  assert.equal(error.permanent, true);
  assert.match(
    error.message,
    /535 authentication of rig with \(secret\) failed\. Check user and password\./,
  );
});

Deno.test("mail() trusts no certificate that the system does not, and says what to do", async () => {
  await using server = await guarded();
  const smtp = {
    host: "localhost",
    security: "auto",
    user: "rig",
    password: "s3cr3t pass",
  } as const;
  const error = await refusal(channel(server.port, smtp).send(delivery(), limits()));
  assert.equal(error.permanent, false);
  assert.match(error.message, /certificate|UnknownIssuer|self.signed/i);
  assert.equal(server.received.length, 0);
});

Deno.test("mail() sends no password to a server that does not encrypt, unless it may", async () => {
  let asked = 0;
  await using server = await guarded({
    disabledCommands: ["STARTTLS"],
    allowInsecureAuth: true,
    onAuth: (_: unknown, __: unknown, callback: (error: null, answer: object) => void) => {
      asked += 1;
      callback(null, { user: "rig" });
    },
  });
  const smtp = { security: "auto", user: "rig", password: "s3cr3t pass" } as const;
  const error = await refusal(channel(server.port, smtp).send(delivery(), limits()));
  assert.equal(error.permanent, false);
  assert.match(error.message, /STARTTLS/);
  assert.equal(asked, 0, "the password was not sent");
  await channel(server.port, { ...smtp, allowInsecureAuth: true }).send(delivery(), limits());
  assert.equal(server.received.length, 1);
});

const good = { from: "rig@lab.org", to: "you@lab.org", smtp: { host: "smtp.lab.org" } };
const wrong: [what: string, more: object, says: RegExp][] = [
  [
    "from has a second header in it",
    { from: "rig@lab.org\r\nBcc: all@lab.org" },
    /from must be one line/,
  ],
  ["to has a command in it", { to: ["a@lab.org\nDATA"] }, /to must be one line/],
  ["a name has a second header in it", { from: "A\rB <rig@lab.org>" }, /from must be one line/],
  [
    "the prefix has a second header in it",
    { prefix: "[x]\nBcc: all@lab.org" },
    /prefix must be one line/,
  ],
  ["to holds two addresses", { to: "a@lab.org, b@lab.org" }, /to must be one address/],
  ["to is no address", { to: "you" }, /to must be one address such as .*"you"/],
  ["an address is quoted away", { to: "<a@lab.org>b@lab.org" }, /to must be one address/],
  ["to is empty", { to: [] }, /to must name somebody/],
  ["from is missing", { from: undefined }, /from must be a text/],
  ["an option is unknown", { form: "x" }, /it has no option "form"\. There are: from, to/],
  ["there is no server", { smtp: undefined }, /smtp must be an object with a host/],
  ["the host is a URL", { smtp: { host: "smtp://lab.org" } }, /smtp\.host must be a name/],
  ["the port is none", { smtp: { host: "a", port: 0 } }, /its port must be 1 to 65535: 0/],
  [
    "the security is unknown",
    { smtp: { host: "a", security: "ssl" } },
    /smtp\.security is none of/,
  ],
  [
    "there is a password without a user",
    { smtp: { host: "a", password: "hunter22" } },
    /a password but no user/,
  ],
  [
    "there are two passwords",
    { smtp: { host: "a", user: "u", password: "hunter22", passwordFile: "f" } },
    /both a password and a passwordFile/,
  ],
  [
    "the password would go out in clear",
    { smtp: { host: "a", security: "none", user: "u", password: "hunter22" } },
    /for anybody on the way to read.*allowInsecureAuth: true/s,
  ],
  [
    "the password is no text",
    { smtp: { host: "a", user: "u", password: 12345678 } },
    /password must be a text/,
  ],
];

for (const [what, more, says] of wrong) {
  Deno.test(`mail() refuses its options when ${what}`, () => {
    assert.throws(() => mail({ ...good, ...more } as MailOptions), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, says);
      assert.doesNotMatch(error.message, /hunter22|12345678/);
      return true;
    });
  });
}

Deno.test("mail() takes the usual port of what it is told", () => {
  const port = (smtp: Partial<SmtpOptions>): unknown =>
    mail({ ...good, smtp: { host: "smtp.lab.org", ...smtp } }).permissions?.net?.[0];
  assert.equal(port({}), "smtp.lab.org:25");
  assert.equal(port({ user: "u" }), "smtp.lab.org:587");
  assert.equal(port({ security: "tls" }), "smtp.lab.org:465");
  assert.equal(port({ host: "::1", port: 2525 }), "[::1]:2525");
});

Deno.test("mail() sends one mail after the other by one thread, which starts again after it was closed", async () => {
  await using server = await MailServer.start({ disabledCommands: ["STARTTLS"] });
  const one = mail({
    ...good,
    smtp: { host: "127.0.0.1", port: server.port, security: "none" },
  });
  await one.prepare?.();
  await Promise.all([1, 2, 3].map((n) => one.send(delivery({ subject: `${n}` }), limits())));
  await one.close?.();
  await one.send(delivery({ subject: "4" }), limits());
  await one.close?.();
  await one.close?.();
  assert.deepEqual(server.received.map(({ mail }) => mail.subject).toSorted(), [
    "1",
    "2",
    "3",
    "4",
  ]);
});
