import assert from "node:assert/strict";
import {
  LinkError,
  TimeoutError,
  UnsupportedError,
} from "../../../../devices/transports/errors.ts";
import {
  visaLibraries,
  visaLibraryCandidates,
} from "../../../../devices/transports/visa_library/candidates.ts";
import { open } from "../../../../devices/open.ts";
import { visa } from "../../../../devices/visa.ts";
import { errorOf, timeoutOf } from "../../../../devices/transports/visa_library/transport.ts";
import {
  findVisaResources,
  openVisaLibrary,
} from "../../../../devices/transports/visa_library/open.ts";
import type { ReadIo } from "../../../../devices/transports/transport.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { VirtualClock } from "../../../../time/virtual_clock.ts";
import { needs } from "../../../_needs.ts";
import { bytes, query, readLine, text, within } from "../prologix/_bench.ts";
import { withStandin } from "./_standin.ts";

const gcc = needs("gcc");
const NAME = "GPIB0::5::INSTR";

function test(name: string, use: (library: string, log: string) => Promise<void>): void {
  Deno.test({ ...gcc, name, fn: () => withStandin(use) });
}

test("openVisaLibrary() writes, reads, and sees the end", async (library) => {
  await using link = await openVisaLibrary(NAME, within(10_000), {
    library,
    attributes: { 0x3fff000a: 0x123456789abcdef0n },
  });
  assert.deepEqual([link.resource, link.hasEnd, link.alive], [NAME, true, true]);
  const target = new Uint8Array(4);
  await link.write(bytes("*I"), false, within(5000));
  await link.write(bytes("DN?"), true, within(5000));
  assert.deepEqual(await link.read(target, within(5000)), { count: 4, end: false });
  assert.equal(text(target), "STAN");
  const rest = new Uint8Array(100);
  assert.deepEqual(await link.read(rest, within(5000)), { count: 6, end: true });
  assert.equal(text(rest.subarray(0, 6)), "DIN,1\n");
  assert.equal(await query(link, "USER?", within(5000)), "123456789ABCDEF0\n");
});

test("read() takes line feeds in a block as data, and stops at a byte only if told", async (library) => {
  await using link = await openVisaLibrary(NAME, within(10_000), { library });
  const block = new Uint8Array(100_009);
  await link.write(bytes("BLOCK? 100000"), true, within(5000));
  assert.deepEqual(await link.read(block, within(5000)), { count: 100_009, end: true });
  assert.ok(block.subarray(8, -1).every((byte, at) => byte === (at & 255)));
  await link.write(bytes("BLOCK? 100"), true, within(5000));
  assert.deepEqual(await link.read(block, { ...within(5000), stopAt: 10 }), {
    count: 19,
    end: false,
  });
  assert.deepEqual(await link.read(block, within(5000)), { count: 90, end: true });
});

test("a time-out, an abort and a close end a read, and recover() clears", async (library, log) => {
  await using link = await openVisaLibrary(NAME, within(10_000), { library });
  await link.write(bytes(`LOG ${log}`), true, within(5000));
  await assert.rejects(query(link, "SLOW? 200", within(50)), TimeoutError);
  assert.equal(await link.recover(within(5000)), `cleared ${NAME}`);
  assert.equal(await query(link, "*IDN?", within(5000)), "STANDIN,1\n");
  const giving = new AbortController();
  const reading = link.read(new Uint8Array(9), within(60_000, giving.signal));
  giving.abort(new Error("enough"));
  await assert.rejects(reading, /enough/);
  await link.recover(within(5000));
  assert.equal(await query(link, "*IDN?", within(5000)), "STANDIN,1\n");
  const unread = assert.rejects(link.read(new Uint8Array(9), within(60_000)), LinkError);
  await link[Symbol.asyncDispose]();
  await unread;
  await assert.rejects(link.write(bytes("x"), true, within(100)), LinkError);
  assert.equal(link.alive, false);
  assert.equal(Deno.readTextFileSync(log).match(/clear/g)?.length, 2);
});

test("a slow read of one instrument does not keep another, nor the program", async (library) => {
  await using one = await openVisaLibrary(NAME, within(10_000), { library });
  await using two = await openVisaLibrary("GPIB0::6::INSTR", within(10_000), { library });
  let done = false;
  const slow = query(one, "SLOW? 500", within(10_000)).then((line) => {
    done = true;
    return line;
  });
  for (let count = 0; count < 10; count++) {
    assert.equal(await query(two, "*IDN?", within(5000)), "STANDIN,1\n");
  }
  assert.equal(done, false);
  assert.equal(await slow, "slow\n");
});

test("signals reach the library", async (library, log) => {
  await using link = await openVisaLibrary(NAME, within(10_000), { library });
  await link.write(bytes(`LOG ${log}`), true, within(5000));
  await link.write(bytes("STB 33"), true, within(5000));
  assert.equal(await link.readStatusByte?.(within(5000)), 33);
  await link.trigger?.(within(5000));
  await link.clear?.(within(5000));
  await link.setRemote?.(true, within(5000));
  await link.setRemote?.(false, within(5000));
  await link.lock?.(within(5000));
  await using other = await openVisaLibrary(NAME, within(10_000), { library });
  await assert.rejects(other.write(bytes("x"), true, within(5000)), /BFFF000F/);
  assert.equal(other.alive, true);
  await assert.rejects(other.lock?.({ ...within(300), key: "k" }) ?? Promise.resolve(), {
    name: "TimeoutError",
  });
  // What was given up has ended when this is answered.
  assert.equal(await other.readStatusByte?.(within(5000)), 16);
  await link.unlock?.(within(5000));
  await other.lock?.({ ...within(5000), key: "k" });
  await other.unlock?.(within(5000));
  assert.deepEqual(Deno.readTextFileSync(log).trim().split("\n"), [
    "write STB 33",
    "stb 33",
    "trigger 0",
    "clear",
    "ren 3",
    "ren 6",
    "lock 1 -",
    "stb 16",
    "unlock",
    "lock 2 k",
    "unlock",
  ]);
});

test("onServiceRequest() tells requests until it is disposed", async (library, log) => {
  await using link = await openVisaLibrary(NAME, within(10_000), { library });
  await link.write(bytes(`LOG ${log}`), true, within(5000));
  const { promise, resolve } = Promise.withResolvers<number | undefined>();
  const requests = await link.onServiceRequest?.(resolve, within(5000));
  await link.write(bytes("SRQ"), true, within(5000));
  assert.equal(await promise, 0x50);
  await requests?.[Symbol.asyncDispose]();
  await requests?.[Symbol.asyncDispose]();
  assert.deepEqual(Deno.readTextFileSync(log).trim().split("\n"), [
    "enable",
    "write SRQ",
    "stb 80",
    "disable",
  ]);
});

test("a serial port gives what there is, without an end", async (library) => {
  await using link = await openVisaLibrary("ASRL1::INSTR", within(10_000), { library });
  assert.equal(link.hasEnd, false);
  await link.write(bytes("*IDN?\n"), true, within(5000));
  const target = new Uint8Array(100);
  assert.deepEqual(await link.read(target, within(60_000)), { count: 10, end: false });
  await link.write(bytes("*IDN?\n"), true, within(5000));
  const stopping: ReadIo = { ...within(60_000), stopAt: 10 };
  assert.equal(await readLine(link, stopping), "STANDIN,1\n");
  await assert.rejects(link.clear?.(within(5000)) ?? Promise.resolve(), UnsupportedError);
  await link.write(bytes("*IDN?\n"), true, within(5000));
  assert.match(await link.recover(within(5000)), /threw 10 bytes away/);
});

test("a lost link, an unknown and an unwanted resource are told apart", async (library) => {
  await using link = await openVisaLibrary(NAME, within(10_000), { library });
  await link.write(bytes("LOST"), true, within(5000));
  await assert.rejects(link.write(bytes("x"), true, within(5000)), (error) => {
    assert.ok(error instanceof LinkError);
    assert.match(error.message, /write to GPIB0::5::INSTR, as .* stand-in status BFFF00A6/);
    return true;
  });
  assert.equal(link.alive, false);
  await assert.rejects(openVisaLibrary("USB0::1::2", within(5000), { library }), /BFFF0011/);
  await assert.rejects(
    openVisaLibrary("TCPIP0::1.2.3.4::5025::SOCKET", within(5000), { library }),
    UnsupportedError,
  );
  const slow = openVisaLibrary("GPIB0::SLOWOPEN", within(60), { library });
  await assert.rejects(slow, TimeoutError);
});

test("findVisaResources() lists what the library finds", async (library) => {
  assert.deepEqual(await findVisaResources("?*INSTR", within(10_000), { library }), [
    "GPIB0::5::INSTR",
    "GPIB0::6::INSTR",
    "ASRL1::INSTR",
  ]);
  assert.deepEqual(await findVisaResources("USB?*", within(10_000), { library }), []);
});

Deno.test("openVisaLibrary() names what it tried when there is no library", async () => {
  await assert.rejects(
    openVisaLibrary(NAME, within(10_000), { library: "/nowhere/libvisa.so" }),
    (error) => {
      assert.ok(error instanceof LinkError);
      assert.match(error.message, /^Cannot load a VISA library.*\/nowhere\/libvisa\.so \(/);
      return true;
    },
  );
});

Deno.test({
  name: "openVisaLibrary() prints the exact flag when loading is not permitted",
  permissions: { ffi: false, env: false, read: false },
  async fn() {
    await assert.rejects(
      openVisaLibrary(NAME, within(10_000), { library: "/nowhere/libvisa.so" }),
      /Run with --allow-ffi=\/nowhere\/libvisa\.so/,
    );
  },
});

Deno.test("visaLibraryCandidates() takes the option, then the environment, then the usual places", () => {
  const none = () => undefined;
  assert.deepEqual(visaLibraryCandidates("linux", "/a", () => "/b"), ["/a"]);
  assert.deepEqual(
    visaLibraryCandidates("linux", undefined, (name) => name === "PYVISA_LIBRARY" ? "/b@ivi" : ""),
    ["/b"],
  );
  assert.ok(visaLibraryCandidates("linux", undefined, none).every((path) => path.startsWith("/")));
  assert.match(visaLibraryCandidates("windows", undefined, none).join(), /visa64\.dll/);
  assert.match(visaLibraryCandidates("darwin", undefined, none).join(), /VISA\.framework/);
  assert.deepEqual(visaLibraryCandidates("plan9", undefined, none), []);
});

Deno.test("errorOf() gives each status the error of its meaning", () => {
  const table: [number, string | undefined][] = [
    [0, undefined],
    [0x3fff0006, undefined],
    [0xbfff0015, "TimeoutError"],
    [0xbfff00a6, "LinkError"],
    [0xbfff0035, "ProtocolError"],
    [0xbfff0038, "ProtocolError"],
    [0xbfff0067, "UnsupportedError"],
    [0xbfff0000, "LinkError"],
  ];
  for (const [status, name] of table) {
    assert.equal(errorOf({ status, text: "why" }, "read from", NAME, 5)?.name, name, `${status}`);
  }
});

Deno.test("timeoutOf() rounds up, and stays in the library's range", () => {
  const clock = new VirtualClock();
  assert.equal(timeoutOf(clock, 1.2), 2);
  assert.equal(timeoutOf(clock, -5), 1);
  assert.equal(timeoutOf(clock, Infinity), 0x7fffffff);
  assert.ok(timeoutOf(systemClock, systemClock.monotonic() + 100) <= 100);
});

test(
  "visa() takes the library that the environment names, and sets a serial line up by it",
  async (library, log) => {
    Deno.env.set("STRIPCHART_VISA_LIBRARY", library);
    try {
      const options = { library: true, attributes: { 0x3fff000a: 7 }, timeout: "20s" } as const;
      assert.deepEqual(visa(NAME, options).permissions, { ffi: [library] });
      await using session = await open(visa(NAME, options));
      await session.write(`LOG ${log}`);
      assert.equal(await session.query("USER?"), "0000000000000007");
      await using _port = await open(
        visa("ASRL1::INSTR", {
          ...options,
          serial: { baudRate: 19_200, parity: "even", stopBits: 1.5, dataBits: 5, dtr: "off" },
        }),
      );
      assert.deepEqual(Deno.readTextFileSync(log).match(/(?<=attribute )\w+ \d+/g), [
        "3FFF0021 19200",
        "3FFF0022 5",
        "3FFF0023 2",
        "3FFF0024 15",
        "3FFF00B2 0",
      ]);
    } finally {
      Deno.env.delete("STRIPCHART_VISA_LIBRARY");
    }
  },
);

Deno.test("visaLibraries() are absolute, and at least one", () => {
  const libraries = visaLibraries();
  assert.ok(libraries.length > 0);
  assert.ok(libraries.every((path) => /^(?:\/|C:)/.test(path)), libraries.join());
});
