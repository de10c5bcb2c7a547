/**
 * A run that tells of an alarm by mail. With the argument `stop` its process is killed when the server has accepted the
 * mail and before that is written down.
 *
 * @module
 */

import { mail } from "../../notify/mail.ts";
import { Session } from "../../session/session.ts";

const [file = "", port = "", how = ""] = Deno.args;
const session = new Session("killed", { file, terminal: null, provenance: null });
const channel = mail({
  from: "rig@lab.org",
  to: "you@lab.org",
  smtp: { host: "127.0.0.1", port: Number(port), security: "none" },
});
await session.addChannel({
  ...channel,
  name: channel.name,
  kind: channel.kind,
  settings: channel.settings,
  close: () => channel.close?.(),
  async send(message, limits) {
    const receipt = await channel.send(message, limits);
    if (how === "stop") Deno.kill(Deno.pid, "SIGKILL");
    return receipt;
  },
});
if (how === "stop") {
  await session.notify({ kind: "alarm", subject: "too hot", text: "81 °C" });
  await session.sleep("1min");
}
await session.close();
