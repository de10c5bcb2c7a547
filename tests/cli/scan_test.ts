import assert from "node:assert/strict";
import type { CommandEntry } from "../../cli/command.ts";
import { runProgram } from "../../cli/program.ts";
import { scanCommand } from "../../cli/scan.ts";
import type { Finder, FinderContext, FinderName } from "../../devices/discovery/mod.ts";
import { serveVxi11 } from "../../devices/transports/vxi11/mod.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { ROOT, runProgram as runChild } from "../_child.ts";
import { granted } from "../_flags.ts";
import { Instrument } from "../devices/transports/vxi11/_instrument.ts";
import { type PaperContext, paperContext } from "./_context.ts";

type Find = (context: FinderContext) => Promise<{ what: string; gaps?: readonly string[] }>;

function finder(name: FinderName, find: Find, flags: readonly string[] = []): Finder {
  return { name, missingFlags: () => flags, find };
}

const SERIAL = finder("serial", ({ found }) => {
  found({
    resource: "ASRL/dev/serial/by-id/usb-FTDI-if00::INSTR",
    how: "serial port (ftdi_sio)",
    path: "/dev/ttyUSB0",
    usb: { vendorId: "0403", productId: "6001" },
  });
  return Promise.resolve({ what: "the serial ports of this computer" });
});

const MDNS = finder("mdns", async ({ found, clock }) => {
  const dmm = { resource: "TCPIP::10.0.0.9::hislip0", how: "mDNS _hislip._tcp" };
  found(dmm);
  await clock.sleepUntil(100);
  found({ ...dmm, manufacturer: "ACME", model: "DMM", serialNumber: "42", hostName: "dmm.local" });
  return { what: "_hislip._tcp", gaps: ["Only the first network is asked."] };
});

const BARRED = finder("vxi11", () => Promise.reject(new Error("not reached")), [
  "--allow-net=0.0.0.0:0",
]);

/** Runs the command with these finders. */
async function scan(
  args: readonly string[],
  finders: readonly Finder[],
  context: PaperContext = paperContext({ clock: new VirtualClock() }),
): Promise<{ code: number; stdout: string; stderr: string }> {
  const entry: CommandEntry = {
    name: "scan",
    summary: "search",
    load: () => Promise.resolve(scanCommand(() => finders)),
  };
  const code = await runProgram(["scan", ...args], context, [entry]);
  return { code, stdout: context.stdout.text, stderr: context.stderr.text };
}

Deno.test("scan prints a line for each resource, and on the side what was searched", async () => {
  assert.deepEqual(await scan([], [SERIAL, MDNS, BARRED]), {
    code: 0,
    stdout: [
      "ASRL/dev/serial/by-id/usb-FTDI-if00::INSTR\tUSB 0403:6001\t\t\t/dev/ttyUSB0\t" +
      "serial port (ftdi_sio)\t\n",
      "TCPIP0::10.0.0.9::hislip0::INSTR\tACME DMM\t42\t\tdmm.local\tmDNS _hislip._tcp\t\n",
    ].join(""),
    stderr: [
      "2 resources were found.\n",
      "skipped    vxi11   it needs --allow-net=0.0.0.0:0\n",
      "searched   serial  the serial ports of this computer: 1 found\n",
      "searched   mdns    _hislip._tcp: 1 found\n",
      "                   Only the first network is asked.\n",
    ].join(""),
  });
});

Deno.test("scan takes an expression and the names of finders", async () => {
  const { code, stdout, stderr } = await scan(
    ["TCPIP?*", "--only", "mdns,serial", "--timeout", "1s"],
    [SERIAL, MDNS, BARRED],
  );
  assert.equal(code, 0);
  assert.match(stdout, /^TCPIP0::10\.0\.0\.9::hislip0::INSTR\t.*\n$/);
  assert.match(stderr, /^1 resource was found\.\n/);
  assert.doesNotMatch(stderr, /vxi11/);
});

Deno.test("scan --json prints each event as it comes", async () => {
  const { code, stdout, stderr } = await scan(["--json"], [MDNS, BARRED]);
  const events = stdout.trimEnd().split("\n").map((line): { kind: string } => JSON.parse(line));
  assert.deepEqual(events.map(({ kind }) => kind), ["found", "finder", "changed", "finder"]);
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

const MISUSE: readonly (readonly [string, RegExp])[] = [
  ["*", /^error: Cannot read the search expression/],
  ["--timeout 3", /^error: Cannot read a duration/],
  ["--only serial,gpbi", /^error: Cannot search as asked, as there is no such finder: gpbi\./],
  ["--idn-serial fast", /^error: Cannot scan, as --idn-serial takes a baud rate: "fast"\./],
  ["--idn-serial 0", /^error: Cannot scan/],
  ["a b", /too many/],
];

for (const [args, message] of MISUSE) {
  Deno.test(`scan refuses ${args} before anything is searched`, async () => {
    const asked = finder("serial", () => Promise.reject(new Error("it was asked")));
    const { code, stdout, stderr } = await scan(args.split(" "), [asked]);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, message);
  });
}

Deno.test("scan gives 1 only when every finder has failed", async () => {
  const failing = finder("mdns", () => Promise.reject(new Error("Cannot do it.")));
  const { code, stderr } = await scan([], [failing]);
  assert.equal(code, 1);
  assert.match(stderr, /^Nothing was found\.\nfailed {5}mdns {4}Cannot do it\.\n$/);
  assert.equal((await scan([], [failing, SERIAL])).code, 0);
  assert.equal((await scan([], [failing, BARRED])).code, 0);
  assert.equal((await scan([], [BARRED])).code, 0);
});

Deno.test("scan ends at once at Ctrl-C, with what was found", async () => {
  const stop = new AbortController();
  const clock = new VirtualClock();
  const context = paperContext({ clock, signal: stop.signal });
  const hanging = finder("visa", () => new Promise(() => stop.abort()));
  const { code, stdout, stderr } = await scan(["--timeout", "1h"], [SERIAL, hanging], context);
  assert.equal(code, 130);
  assert.ok(clock.monotonic() < 1000);
  assert.match(stdout, /^ASRL/);
  assert.match(stderr, /stopped {4}visa {4}the search was ended before it was through\n/);
});

Deno.test("scan --idn asks what is found, and says of serial ports that it has not", async () => {
  await using server = serveVxi11(new Instrument());
  const resource = `TCPIP0::127.0.0.1,${server.ports.core}::inst0::INSTR`;
  const vxi11 = finder("vxi11", ({ found }) => {
    found({ resource, how: "VXI-11 broadcast" });
    return Promise.resolve({ what: "127.0.0.1" });
  });
  const { stdout, stderr } = await scan(["--idn"], [vxi11, SERIAL], paperContext());
  assert.ok(stdout.includes(`${resource}\t\t\t\t\tVXI-11 broadcast\tACME,42,0,1.0\n`), stdout);
  assert.match(stderr, /Serial ports were not asked who they are; --idn-serial BAUD does so\.\n$/);
  const asked = await scan(["--idn-serial", "9600"], [SERIAL], paperContext());
  assert.match(asked.stdout, /\t! Cannot open .*\n$/);
  assert.doesNotMatch(asked.stderr, /not asked/);
});

Deno.test("stripchart scan needs no permission, and says which flag each finder needs", async () => {
  const { code, stdout, stderr, used } = await runChild("cli/main.ts", {
    cwd: ROOT,
    args: ["scan", "--idn", "--timeout", "10s"],
    audit: true,
  });
  assert.equal(code, 0, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, /^Nothing was found\.\n/);
  for (const name of ["serial", "usbtmc", "gpib", "vxi11", "mdns", "visa"]) {
    assert.match(stderr, new RegExp(`skipped {4}${name} +it needs --allow-(?:ffi|net)=`));
  }
  assert.deepEqual(used, []);
});

Deno.test("stripchart scan uses no more than the flag that it asks for", async () => {
  const args = ["scan", "--json", "--only", "serial"];
  const first = await runChild("cli/main.ts", { cwd: ROOT, args });
  const { report }: { report: { flags: string[] } } = JSON.parse(first.stdout);
  const second = await runChild("cli/main.ts", {
    cwd: ROOT,
    args,
    flags: report.flags,
    audit: true,
  });
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /"outcome":"searched"/);
  const grants = granted(report.flags, ROOT);
  assert.ok(second.used.length > 0);
  assert.deepEqual(second.used.filter((access) => !grants.includes(access)), []);
});
