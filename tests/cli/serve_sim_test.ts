import assert from "node:assert/strict";
import { join } from "node:path";
import type { CommandContext } from "../../cli/command.ts";
import { runProgram } from "../../cli/program.ts";
import { open } from "../../devices/open.ts";
import { parseResourceName } from "../../devices/resource_name.ts";
import { visa } from "../../devices/visa.ts";
import { systemClock } from "../../time/system_clock.ts";
import { ROOT, temporaryFolder } from "../_child.ts";
import { paperContext } from "./_context.ts";
import { serveSimChild } from "./_served.ts";

/** Runs `serve-sim` in process, until the end of the block. */
async function serveSim(args: readonly string[], given: Partial<CommandContext> = {}) {
  const stopping = new AbortController();
  const context = paperContext({ signal: stopping.signal, ...given });
  const done = runProgram(["serve-sim", ...args], context);
  await Promise.race([context.stdout.until(/\n$/), done]);
  return {
    context,
    done,
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await done;
    },
  };
}

/** The resource names in what was printed. */
function names(text: string): string[] {
  return text.match(/\b(?:TCPIP|ASRL)\S+/g) ?? [];
}

Deno.test("serve-sim serves an instrument on every bus at once, as one instrument", async () => {
  await using served = await serveSim(["psu"]);
  const { text } = served.context.stdout;
  assert.match(text, /^psu, a power supply, is at\n(?: {2}\w+ +\S+\n)+Ctrl-C ends it\.\n$/);
  const resources = names(text);
  const buses = resources.map((name) => parseResourceName(name).bus);
  assert.deepEqual(buses.slice(0, 3), ["socket", "vxi11", "hislip"]);
  if (Deno.build.os === "linux") assert.equal(buses[3], "serial");
  for (const [number, name] of resources.entries()) {
    await using psu = await open(visa(name, { timeout: "20s" }));
    assert.equal(await psu.query("*IDN?"), "STRIPCHART,SIM-PSU,0,1.0");
    assert.equal(await psu.query(`VOLT ${number + 1};*OPC?`), "1");
    // A serial port is had by one program at a time.
    for (const other of resources.filter((one) => one !== name || !one.startsWith("ASRL"))) {
      await using same = await open(visa(other, { timeout: "20s" }));
      assert.equal(await same.queryNumber("VOLT?"), number + 1, `${name} and ${other}`);
    }
  }
});

Deno.test("serve-sim ends with everything closed when it is stopped in the middle of a query", async () => {
  const served = await serveSim(["dmm", "--latency", "1h"]);
  const resources = names(served.context.stdout.text);
  await using stack = new AsyncDisposableStack();
  const queries: Promise<unknown>[] = [];
  for (const name of resources) {
    const link = stack.use(
      await open(visa(name, { reopen: false, identify: false, timeout: "10s" })),
    );
    queries.push(link.query("*IDN?").then(() => "answered", (error) => error.name));
  }
  await served[Symbol.asyncDispose]();
  assert.equal(await served.done, 0);
  assert.ok((await Promise.all(queries)).every((what) => what !== "answered"));
  for (const name of resources.slice(0, 3)) {
    await assert.rejects(open(visa(name)), { name: "LinkError" });
  }
});

Deno.test("serve-sim takes --latency from a query to its answer", async () => {
  await using served = await serveSim(["bath", "--socket", "--latency=60ms"]);
  const [name = ""] = names(served.context.stdout.text);
  await using bath = await open(visa(name, { timeout: "20s" }));
  const start = systemClock.monotonic();
  await bath.query("IN_SP_00");
  assert.ok(systemClock.monotonic() - start >= 60);
});

Deno.test("serve-sim serves on the buses and at the port that flags choose", async () => {
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr;
  free.close();
  await using served = await serveSim(["dmm", "--hislip", String(port), "--vxi11", "--json"]);
  const { instrument, serving, leftOut } = JSON.parse(served.context.stdout.text);
  assert.equal(instrument, "dmm");
  assert.deepEqual(leftOut, []);
  assert.deepEqual(serving.map(({ bus }: { bus: string }) => bus), ["vxi11", "hislip"]);
  assert.equal(serving[1].resource, `TCPIP::127.0.0.1::hislip0,${port}::INSTR`);

  const taken = await serveSim(["dmm", "--hislip", String(port)]);
  assert.equal(await taken.done, 1);
  assert.match(taken.context.stderr.text, /^error: Cannot serve it on hislip, as .*in use/i);
});

Deno.test("serve-sim serves a portmapper beside VXI-11", async () => {
  await using served = await serveSim(["dmm", "--vxi11", "--portmapper", "0", "--json"]);
  const { serving: [{ portmapper }] } = JSON.parse(served.context.stdout.text);
  const name = "TCPIP::127.0.0.1::inst0::INSTR";
  await using dmm = await open(visa(name, { vxi11: { portmapperPort: portmapper } }));
  assert.equal(await dmm.query("*IDN?"), "STRIPCHART,SIM-DMM,0,1.0");
});

const MODULES: readonly (readonly [text: string, what: RegExp])[] = [
  ["export default { receive: (message) => message };", /^TCPIP/],
  [
    "export default ({ clock }) => ({ receive: () => new TextEncoder().encode(typeof clock.monotonic()) });",
    /^TCPIP/,
  ],
  ["export const a = 1;", /its default export must be a Responder.*: there is none\.$/],
  ["export default 7;", /a function that makes one: number\.$/],
  ["export default () => { throw new Error('no mains'); };", /no mains/],
  ["export default {", /the module can't be loaded/],
];

for (const [text, what] of MODULES) {
  Deno.test(`serve-sim takes a module ${JSON.stringify(text)} for what it is`, async () => {
    using folder = temporaryFolder();
    const path = join(folder.path, "my instrument.ts");
    Deno.writeTextFileSync(path, text);
    await using served = await serveSim([path, "--socket"]);
    const [name] = names(served.context.stdout.text);
    if (name === undefined) {
      assert.equal(await served.done, 1);
      assert.match(served.context.stderr.text.split("\n").slice(0, -1).join(" "), what);
      return;
    }
    assert.match(name, what);
    await using link = await open(visa(name, { timeout: "20s" }));
    assert.match(await link.query("hello"), /^(?:hello|number)$/);
  });
}

Deno.test("serve-sim serves a device of a YAML file, with the ends of each bus", async () => {
  const file = join(ROOT, "tests/fixtures/instruments.yaml");
  await using served = await serveSim([file, "--device", "generator"]);
  for (const name of names(served.context.stdout.text)) {
    const line = name.startsWith("ASRL") ? { writeTerminator: "\r\n" } : {};
    await using generator = await open(visa(name, { timeout: "20s", ...line }));
    assert.equal(await generator.query("*IDN?"), "ACME,GENERATOR,1,1.0", name);
    const answer = await generator.query("!FREQ 20.5;?AMP");
    // A bus with a mark for the end of messages has both answers in one.
    const isLine = name.startsWith("ASRL") || name.endsWith("SOCKET");
    const both = isLine ? `${answer}\n${await generator.read()}` : answer;
    assert.equal(both, "OK\n+1.500E+00 V", name);
  }
});

const REFUSED: readonly (readonly [args: string[], message: RegExp])[] = [
  [[], /none is named\. Run stripchart serve-sim --list/],
  [["dnm"], /neither an instrument's name nor a file.* Did you mean dmm\?/],
  [["dmm", "--socket", "70000"], /--socket takes a port from 0 to 65535: "70000"/],
  [["dmm", "--socket", "--portmapper", "111"], /--portmapper goes with --vxi11/],
  [["dmm", "--latency", "soon"], /with --latency: /],
  [["dmm", "--device", "a"], /--device goes with a YAML file/],
  [
    ["tests/fixtures/instruments.yaml"],
    /several: generator, supply, noise\. .* The flag for it is --device NAME\./,
  ],
  [["dmm", "psu"], /one word too many: "psu"/],
];

for (const [args, message] of REFUSED) {
  Deno.test(`serve-sim refuses ${JSON.stringify(args)} when nothing is open yet`, async () => {
    const context = paperContext();
    assert.equal(await runProgram(["serve-sim", ...args], context), 2, context.stdout.text);
    assert.match(context.stderr.text, message);
  });
}

Deno.test("serve-sim --list names the instruments that need no file", async () => {
  const context = paperContext();
  assert.equal(await runProgram(["serve-sim", "--list"], context), 0);
  assert.deepEqual(context.stdout.text.match(/^\w+/gm), ["dmm", "psu", "bath"]);
});

Deno.test("the program serves on what Deno permits, says what it left out, and ends at Ctrl-C", async () => {
  await using child = await serveSimChild(["dmm"], ["--allow-net=127.0.0.1"]);
  assert.deepEqual(Object.keys(child.at), ["socket", "vxi11", "hislip"]);
  assert.match(child.leftOut.serial ?? "", /Deno does not permit it: run it with --allow-ffi=\//);
  await using dmm = await open(visa(child.at.hislip?.resource ?? "", { timeout: "20s" }));
  assert.equal(await dmm.query("*IDN?"), "STRIPCHART,SIM-DMM,0,1.0");
  const { code, signal } = await child.end("SIGINT");
  assert.deepEqual([code, signal], [0, null]);
});

Deno.test("deno task stripchart has the permissions that the commands need", () => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(join(ROOT, "deno.json")));
  const flags = tasks.stripchart.command.match(/--allow-\S+/g).join(" ");
  assert.match(flags, /--allow-net\b/);
  assert.doesNotMatch(flags, /--allow-(?:all|run|env|write|ffi(?!=))/);
});
