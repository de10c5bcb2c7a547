import assert from "node:assert/strict";
import { simpleParser } from "mailparser";
import { mail } from "../../notify/mail.ts";
import { DeliveryError } from "../../session/outbox/types.ts";
import { ROOT } from "../_child.ts";
import { needsPython } from "../_needs.ts";
import { CA_FILE, delivery, limits } from "../notify/_smtp.ts";
import { Python } from "./_python.ts";

/** Prints its port, and each mail that it accepts as a line: who it is for, and its text in base64. */
const SERVER = `
import asyncio, base64, json, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("gone@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        text = base64.b64encode(envelope.original_content).decode()
        print(json.dumps({"to": envelope.rcpt_tos, "from": envelope.mail_from, "text": text}), flush=True)
        return "250 OK"

def authenticate(server, session, envelope, mechanism, data):
    return AuthResult(success=data.login == b"rig" and data.password == b"s3cr3t pass", handled=False)

context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])

def session():
    # Without a name it would ask name servers for its own.
    return SMTP(Handler(), hostname="lab.test", tls_context=context, require_starttls=True, auth_required=True,
                authenticator=authenticate)

async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)

asyncio.run(main())
`;

const TLS = [CA_FILE, `${ROOT}/tests/fixtures/tls/localhost.key`];

interface Accepted {
  readonly to: readonly string[];
  readonly from: string;
  readonly text: string;
}

function channel(port: number, password: string) {
  return mail({
    from: "The rig <rig@lab.org>",
    to: ["you@lab.org", "gone@lab.org"],
    smtp: { host: "localhost", port, user: "rig", password, caFile: CA_FILE, timeout: "10s" },
  });
}

Deno.test({
  ...needsPython("aiosmtpd"),
  name: "mail() brings a message to aiosmtpd under STARTTLS, logged in, as it was given",
  fn: async () => {
    await using server = new Python(SERVER, ...TLS);
    const port = Number(await server.line());
    const { prepare, send } = bound(channel(port, "s3cr3t pass"));
    await prepare();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) % 256);
    // It is read meanwhile: what it prints is more than a pipe holds.
    const printed = server.line();
    const receipt = await send(
      delivery({
        subject: "Kühlung läuft ".repeat(12).trim(),
        text: ".\n.. Grüße\n" + "x".repeat(2000),
        html: '<img src="cid:plot-1">',
        attachments: [{ name: "p.png", type: "image/png", bytes, cid: "plot-1" }],
      }),
      limits(),
    );
    assert.match(receipt?.warnings.join() ?? "", /gone@lab\.org was refused.*no such user/);
    const accepted: Accepted = JSON.parse(await printed);
    assert.deepEqual([accepted.from, accepted.to], ["rig@lab.org", ["you@lab.org"]]);
    const raw = Uint8Array.fromBase64(accepted.text);
    for (const line of new TextDecoder("latin1").decode(raw).split("\r\n")) {
      assert.ok(line.length <= 998, "RFC 5322 has no longer lines");
    }
    // deno-lint-ignore no-explicit-any -- it takes what Node.js calls a Buffer
    const parsed = await simpleParser(new TextDecoder("latin1").decode(raw) as any);
    assert.equal(parsed.subject, "Kühlung läuft ".repeat(12).trim());
    assert.equal(parsed.text?.trimEnd(), ".\n.. Grüße\n" + "x".repeat(2000));
    assert.deepEqual([...parsed.attachments[0]?.content ?? []], [...bytes]);
    assert.equal(parsed.attachments[0]?.cid, "plot-1");
  },
});

Deno.test({
  ...needsPython("aiosmtpd"),
  name: "mail() gives up for good when aiosmtpd refuses the password",
  fn: async () => {
    await using server = new Python(SERVER, ...TLS);
    const port = Number(await server.line());
    const { prepare, send } = bound(channel(port, "wr0ng-pass"));
    await prepare();
    await assert.rejects(send(delivery(), limits()), (error) => {
      assert.ok(error instanceof DeliveryError && error.permanent);
      assert.match(error.message, /535/);
      return true;
    });
  },
});

/** A channel whose thread ends with each mail. */
function bound(one: ReturnType<typeof mail>) {
  return {
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
