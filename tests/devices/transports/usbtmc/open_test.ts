import assert from "node:assert/strict";
import type { TransportEvent } from "../../../../devices/transports/transport.ts";
import { LinkError } from "../../../../devices/transports/errors.ts";
import { UDEV_RULE } from "../../../../devices/transports/usbtmc/advice.ts";
import { openUsbtmc } from "../../../../devices/transports/usbtmc/mod.ts";
import { visa } from "../../../../devices/visa.ts";
import { sleep } from "../../../../time/clock.ts";
import { systemClock } from "../../../../time/system_clock.ts";
import { needs } from "../../../_needs.ts";
import { Bench, FLAG, io, NAME, receive, send, soon, test } from "./_bench.ts";

/** That opening fails with a LinkError of this text. */
function refuses(message: RegExp) {
  return (error: unknown): true => {
    assert.ok(error instanceof LinkError, String(error));
    assert.match(error.message, message);
    return true;
  };
}

test("usbtmcDevices() lists what the kernel has, and why one can't be used", (bench) => {
  bench.plug(10, { serial: "MY2", model: "DMM 34", interface: "01", port: "2-1" });
  bench.plug(2, { serial: "MY2", model: "DMM 34", port: "2-1" });
  bench.plug(3, { vendor: "0AAD", product: "0054", serial: undefined, model: undefined });
  bench.plug(4, { serial: "a b::" });
  const [first, ...others] = bench.devices();
  assert.deepEqual(first, {
    resource: NAME,
    path: bench.path(0),
    vendor: 0x957,
    product: 0x1796,
    serial: "MY50000123",
    interface: 0,
    manufacturer: "ACME",
    model: "DSO 9000",
  });
  assert.deepEqual(others.map(({ resource, serial, interface: own }) => [resource, serial, own]), [
    ["USB0::0x0957::0x1796::MY2::0::INSTR", "MY2", 0],
    ["USB0::0x0AAD::0x0054::INSTR", undefined, 0],
    ["USB0::0x0957::0x1796::INSTR", "a b::", 0],
    ["USB0::0x0957::0x1796::MY2::1::INSTR", "MY2", 1],
  ]);
  bench.deny(13);
  assert.match(bench.devices()[0]?.unusable ?? "", /may not open .*usbtmc0\. Put this line/);
  return Promise.resolve();
});

test("an instrument is found by what its name says", async (bench) => {
  bench.plug(1, { serial: "MY2", interface: "00", port: "2-1" });
  bench.plug(2, { serial: "MY2", interface: "01", port: "2-1" });
  bench.plug(3, { product: "0054", serial: undefined });
  const found: [string, number][] = [
    [NAME, 0],
    ["USB::2391::6038::MY2::INSTR", 1],
    ["USB::2391::6038::MY2::1::INSTR", 2],
    ["USB::0x0957::0x0054::INSTR", 3],
  ];
  for (const [name, number] of found) {
    await using _scope = await bench.open({}, name);
    // It is locked under its own file.
    const other = bench.devices().find(({ path }) => path === bench.path(number))?.resource;
    await assert.rejects(bench.open({}, other), refuses(/this program has it open already/));
  }
  await assert.rejects(
    bench.open({}, "USB::0x0957::0x1796::INSTR"),
    refuses(
      /2 instruments have that name\. Say which: USB0::0x0957::0x1796::MY50000123::INSTR \(DSO 9000, .*usbtmc0\), USB0::0x0957::0x1796::MY2::0::INSTR/,
    ),
  );
  await assert.rejects(
    bench.open({}, "USB::1::2::S"),
    refuses(/Cannot open USB::1::2::S, as no such instrument is connected\. There are: USB0::/),
  );
});

test("where there is no instrument, the message says why", async (bench) => {
  bench.unplug(0);
  await assert.rejects(bench.open(), refuses(/no USB instrument is connected\. Look at its plug/));
  bench.says("bus/usb/devices/1-1:1.0/bInterfaceClass", "fe");
  bench.says("bus/usb/devices/1-1:1.0/bInterfaceSubClass", "03");
  await assert.rejects(bench.open(), refuses(/not loaded, .* Run: sudo modprobe usbtmc\. /));
  bench.says("bus/usb/drivers/usbtmc/module", "");
  await assert.rejects(bench.open(), refuses(/another program took the USB instrument/));
});

test("each way in which the file can't be opened says what to do", async (bench) => {
  const cases: [number, RegExp][] = [
    [13, /this user may not open .*usbtmc0\. Put this line into \/etc\/udev\/rules\.d\/60-usbtmc/],
    [2, /there is no .*usbtmc0\. In a container, pass the device on: --device=/],
    [19, /was unplugged this moment/],
    [24, /the system says error 24/],
  ];
  for (const [error, message] of cases) {
    bench.deny(error);
    await assert.rejects(bench.open(), refuses(message));
  }
  bench.deny(13);
  const error = await bench.open().then(() => assert.fail("it was denied"), String);
  assert.ok(error.includes(UDEV_RULE), error);
});

test("the rule in the message is that of the how-to", () => {
  const howTo = new URL("../../../../docs/how-to/instruments.md", import.meta.url);
  assert.ok(Deno.readTextFileSync(howTo).includes(UDEV_RULE));
  return Promise.resolve();
});

test("an instrument is used by one program, unless it is said otherwise", async (bench) => {
  await using _scope = await bench.open();
  await assert.rejects(bench.open(), refuses(new RegExp(`open already \\(pid ${Deno.pid}\\)`)));
  await using other = await bench.open({ exclusive: false });
  assert.equal(other.alive, true);
});

Deno.test({
  ignore: needs("gcc").ignore || needs("flock").ignore || Deno.build.os !== "linux",
  name: "the program that has an instrument is named",
  async fn() {
    using bench = new Bench();
    bench.plug(0);
    const holder = new Deno.Command("flock", {
      args: [bench.path(0), "sh", "-c", "echo held; read line"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    try {
      const reader = holder.stdout.getReader();
      await reader.read();
      await assert.rejects(bench.open(), refuses(/it is in use by .*pid \d+ \((?:flock|sh)\)/));
      await reader.cancel();
    } finally {
      await holder.stdin.close();
      await holder.status;
    }
    await using _scope = await bench.open();
  },
});

test("opening clears what a program before left unread, if the instrument can", async (bench) => {
  bench.reply("OLD?\n", "old\n");
  bench.reply("*IDN?\n", "ACME\n");
  {
    await using before = await bench.open();
    await send(before, "OLD?\n");
  }
  const events: TransportEvent[] = [];
  const onEvent = (event: TransportEvent): void => void events.push(event);
  {
    await using scope = await bench.open({ onEvent });
    await send(scope, "*IDN?\n");
    assert.equal(await receive(scope), "ACME\n");
  }
  const { clears } = bench.state();
  {
    await using _scope = await bench.open({ clear: false });
    assert.equal(bench.state().clears, clears);
  }
  assert.equal(events.length, 0);
  bench.flags(FLAG.NO_CLEAR);
  await using scope = await bench.open({ onEvent });
  await send(scope, "*IDN?\n");
  assert.equal(await receive(scope), "ACME\n");
  assert.deepEqual(events.map(({ kind }) => kind), ["note"]);
  assert.match(events[0]?.message ?? "", /Cannot clear .*does not do so/);
});

test("opening ends at its deadline and by its signal", async (bench) => {
  const enough = new Error("enough");
  await assert.rejects(bench.open({}, NAME, io(AbortSignal.abort(enough))), enough);
  for (const within of [soon(), io(AbortSignal.timeout(20))]) {
    bench.flags(FLAG.SLOW_CLEAR);
    await assert.rejects(bench.open({}, NAME, within), { name: "TimeoutError" });
    bench.flags();
    // It is closed as soon as the driver lets go of it.
    for (;;) {
      try {
        await using _scope = await bench.open();
        break;
      } catch (error) {
        refuses(/open already/)(error);
        await sleep(systemClock, 1);
      }
    }
  }
});

Deno.test("openUsbtmc() refuses what is no USB instrument", async () => {
  await assert.rejects(openUsbtmc("GPIB0::22::INSTR", io()), {
    name: "RangeError",
    message: /Cannot open GPIB0::22::INSTR as a USB instrument/,
  });
  const raw = { name: "RangeError", message: /USB0::0x0001::0x0002::S::RAW, as .* INSTR: RAW\./ };
  await assert.rejects(openUsbtmc("USB::1::2::S::RAW", io()), raw);
  assert.throws(() => visa("USB::1::2::S::RAW"), raw);
  await assert.rejects(openUsbtmc("nonsense", io()), SyntaxError);
});

Deno.test({
  ignore: Deno.build.os !== "linux",
  name: "visa() needs the C library only for a USB instrument",
  fn() {
    const { address, permissions } = visa("usb::0x0957::0x1796::MY50000123", {
      usbtmc: { clear: false },
    });
    assert.equal(address, NAME);
    assert.deepEqual(Object.keys(permissions ?? {}), ["ffi"]);
    assert.ok(permissions?.ffi?.every((path) => path.startsWith("/")));
  },
});
