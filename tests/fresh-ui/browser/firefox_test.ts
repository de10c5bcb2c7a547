import assert from "node:assert/strict";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { needs } from "../../_needs.ts";
import { serve, sessionIn, temporaryFolder } from "./_browser.ts";

/** Firefox by WebDriver BiDi, https://www.w3.org/TR/webdriver-bidi/: commands and events as JSON on a WebSocket. */
class Firefox implements AsyncDisposable {
  readonly complaints: string[] = [];
  readonly #child: Deno.ChildProcess;
  readonly #socket: WebSocket;
  readonly #pending = new Map<number, (answer: Record<string, unknown>) => void>();
  #id = 0;

  private constructor(child: Deno.ChildProcess, socket: WebSocket) {
    this.#child = child;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => {
      const message = JSON.parse(data);
      if (typeof message.id === "number") this.#pending.get(message.id)?.(message);
      else if (message.params?.level === "error") this.complaints.push(message.params.text);
    });
  }

  static async start(profile: string): Promise<Firefox> {
    const child = new Deno.Command("firefox-esr", {
      args: ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"],
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    let said = "";
    const stderr = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
    let address: string | undefined;
    while (address === undefined) {
      const { value, done } = await stderr.read();
      assert.ok(!done, `Firefox ended: ${said}`);
      said += value;
      address = /BiDi listening on (ws:\S+)/.exec(said)?.[1];
    }
    void (async () => {
      while (!(await stderr.read()).done);
    })();
    const socket = new WebSocket(`${address}/session`);
    await new Promise((resolve, reject) => {
      socket.addEventListener("open", resolve);
      socket.addEventListener("error", reject);
    });
    const firefox = new Firefox(child, socket);
    await firefox.command("session.new", { capabilities: {} });
    await firefox.command("session.subscribe", { events: ["log.entryAdded"] });
    return firefox;
  }

  // deno-lint-ignore no-explicit-any -- the answers of a foreign protocol
  async command(method: string, params: unknown): Promise<any> {
    const id = ++this.#id;
    const { promise, resolve } = Promise.withResolvers<Record<string, unknown>>();
    this.#pending.set(id, resolve);
    this.#socket.send(JSON.stringify({ id, method, params }));
    const answer = await promise;
    assert.equal(answer["type"], "success", JSON.stringify(answer));
    return answer["result"];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#socket.close();
    this.#child.kill("SIGKILL");
    await this.#child.status;
  }
}

Deno.test({
  ...needs("firefox-esr"),
  sanitizeOps: false,
  sanitizeResources: false,
  name: "the page works in Firefox",
  async fn() {
    using folder = temporaryFolder();
    const clock = new VirtualClock({ start: 1_767_225_600_000_000 });
    const session = sessionIn(folder.path, "fox", { clock });
    session.declareVariable("a", { unit: "V" });
    session.event("plot", "debug", "a", undefined, { kind: "time", left: ["a"] });
    for (let i = 0; i < 500; i++) session.addEntry({ a: i / 100 }, { at: 1_767_225_600 + i });
    await session.close();
    await using served = serve({ source: session.file });
    await using firefox = await Firefox.start(folder.path);
    const { contexts: [{ context }] } = await firefox.command("browsingContext.getTree", {});
    await firefox.command("browsingContext.navigate", {
      context,
      url: served.url,
      wait: "complete",
    });
    const look = `(() => {
      const canvas = document.querySelector("canvas");
      const data = canvas?.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      let blue = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at + 2] - data[at] > 50 && data[at + 3] > 150) blue++;
      }
      return JSON.stringify([document.querySelector(".reading")?.textContent, blue]);
    })()`;
    let seen: readonly [string?, number?] = [];
    for (let i = 0; i < 100 && !((seen[1] ?? 0) > 300); i++) {
      await new Promise((next) => setTimeout(next, 100));
      const { result } = await firefox.command("script.evaluate", {
        expression: look,
        target: { context },
        awaitPromise: false,
      });
      seen = JSON.parse(result.value);
    }
    assert.equal(seen[0], "4.99V");
    assert.ok((seen[1] ?? 0) > 300, "the plot's line");
    assert.deepEqual(firefox.complaints, []);
  },
});
