import assert from "node:assert/strict";
import fc from "fast-check";
import { unpackCounts } from "../../../../devices/transports/serial/linux/dialect.ts";
import {
  EVENT,
  packEvent,
  unpackEvents,
} from "../../../../devices/transports/serial/linux/epoll.ts";
import { libcCandidates } from "../../../../devices/transports/serial/linux/libc.ts";
import { listLinuxPorts } from "../../../../devices/transports/serial/linux/list.ts";
import {
  baudRateOf,
  differences,
  packTermios2,
  TERMIOS2_SIZE,
} from "../../../../devices/transports/serial/linux/termios2.ts";
import { checkOptions, type SerialOptions } from "../../../../devices/transports/serial/options.ts";
import { findHolders, inUseBy } from "../../../../devices/transports/serial/unix/holder.ts";

function settings(options: SerialOptions = {}) {
  return checkOptions(options).settings;
}

function words(bytes: Uint8Array): Record<string, number> {
  const at = (offset: number) =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset, true);
  return { iflag: at(0), oflag: at(4), cflag: at(8), lflag: at(12), in: at(36), out: at(40) };
}

Deno.test("packTermios2() gives the kernel's layout", () => {
  const cases: [SerialOptions, number, number][] = [
    [{}, 0, 0x1cb0],
    [{ dtr: "keep" }, 0, 0x18b0],
    [{ dataBits: 7, parity: "even" }, 0, 0x1da0],
    [{ dataBits: 7, parity: "odd" }, 0, 0x1fa0],
    [{ parity: "mark" }, 0, 0x40001fb0],
    [{ parity: "space" }, 0, 0x40001db0],
    [{ stopBits: 2 }, 0, 0x1cf0],
    [{ dataBits: 5, stopBits: 1.5 }, 0, 0x1cc0],
    [{ dataBits: 6 }, 0, 0x1c90],
    [{ flowControl: "rts/cts" }, 0, 0x80001cb0],
    [{ flowControl: "xon/xoff" }, 0x1400, 0x1cb0],
  ];
  for (const [options, iflag, cflag] of cases) {
    // All flags were on: those of no concern are bits that no setting has.
    const packed = packTermios2(
      new Uint8Array(TERMIOS2_SIZE),
      settings({ ...options, baudRate: 31_250 }),
    );
    assert.deepEqual(
      words(packed),
      { iflag, oflag: 0, cflag, lflag: 0, in: 31_250, out: 31_250 },
      JSON.stringify(options),
    );
    assert.deepEqual([...packed.subarray(17 + 5, 17 + 10)], [0, 1, 0, 0x11, 0x13]);
    assert.equal(baudRateOf(packed), 31_250);
  }
});

Deno.test("packTermios2() leaves nothing of the settings before, and keeps what has no setting", () => {
  const option = fc.record({
    baudRate: fc.integer({ min: 1, max: 4_000_000 }),
    dataBits: fc.constantFrom(5, 6, 7, 8) as fc.Arbitrary<5 | 6 | 7 | 8>,
    parity: fc.constantFrom("none", "even", "odd", "mark", "space"),
    stopBits: fc.constantFrom(1, 2) as fc.Arbitrary<1 | 2>,
    flowControl: fc.constantFrom("none", "rts/cts", "xon/xoff"),
    dtr: fc.constantFrom("on", "off", "keep"),
  });
  fc.assert(fc.property(option, fc.uint8Array({ minLength: 44, maxLength: 44 }), (options, was) => {
    const packed = packTermios2(was, settings(options as SerialOptions));
    assert.deepEqual(packTermios2(packed, settings(options as SerialOptions)), packed);
    assert.deepEqual(differences(packed, settings(options as SerialOptions), false), []);
    assert.equal(packed[16], was[16]);
    assert.deepEqual(packed.subarray(17, 22), was.subarray(17, 22));
  }));
});

Deno.test("differences() says what a driver made otherwise", () => {
  const cases: [SerialOptions, SerialOptions, string[]][] = [
    [{ baudRate: 115_200 }, { baudRate: 115_000 }, []],
    [{ baudRate: 115_200 }, { baudRate: 9600 }, ["9600 baud instead of 115200"]],
    [{ dataBits: 7, parity: "mark", stopBits: 2, flowControl: "rts/cts" }, {}, [
      "not 7 data bits",
      "not parity mark",
      "not 2 stop bits",
      "not flow control rts/cts",
    ]],
    [{}, { parity: "odd" }, ["not parity none"]],
  ];
  for (const [asked, made, expected] of cases) {
    const read = packTermios2(new Uint8Array(TERMIOS2_SIZE), settings(made));
    assert.deepEqual(differences(read, settings(asked), false), expected);
    assert.deepEqual(
      differences(read, settings(asked), true),
      expected.filter((text) => text.includes("baud")),
    );
  }
  const halved = packTermios2(new Uint8Array(TERMIOS2_SIZE), settings());
  new DataView(halved.buffer).setUint32(36, 4800, true);
  assert.deepEqual(differences(halved, settings(), true), ["4800 baud instead of 9600"]);
  new DataView(halved.buffer).setUint32(36, 0, true);
  assert.deepEqual(differences(halved, settings(), true), []);
});

Deno.test("checkOptions() refuses what no port can do", () => {
  const cases: [object, RegExp][] = [
    [{ baudRate: 0 }, /baud rate is a whole number/],
    [{ baudRate: 9600.5 }, /9600\.5/],
    [{ baudRate: NaN }, /NaN/],
    [{ baudRate: 1e9 }, /1000000000/],
    [{ dataBits: 9 }, /dataBits is one of 5, 6, 7, 8: 9/],
    [{ parity: "Even" }, /parity is one of none, even, odd, mark, space: Even/],
    [{ stopBits: 3 }, /stopBits is one of 1, 1\.5, 2: 3/],
    [{ stopBits: 1.5 }, /5 data bits only: 8/],
    [{ flowControl: "hardware" }, /flowControl is one of/],
    [{ dtr: true }, /dtr is one of on, off, keep: true/],
    [{ exclusive: "yes" }, /exclusive/],
  ];
  for (const [options, message] of cases) {
    assert.throws(() => checkOptions(options), { name: "RangeError", message });
  }
  assert.throws(() => checkOptions({ quiet: "soon" as "1s" }), SyntaxError);
  assert.equal(checkOptions({}).quiet, 50);
});

Deno.test("epoll's events are packed on x64 only", () => {
  assert.deepEqual([...packEvent("x86_64", 5, 0x102)], [5, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...packEvent("aarch64", 5, 0x102)], [
    ...[5, 0, 0, 0, 0, 0, 0, 0],
    ...[2, 1, 0, 0, 0, 0, 0, 0],
  ]);
  for (const arch of ["x86_64", "aarch64"]) {
    const events: [number, string[]][] = [
      [EVENT.IN, ["read"]],
      [EVENT.OUT, ["write"]],
      [EVENT.IN | EVENT.OUT, ["read", "write"]],
      [EVENT.PRI, ["priority"]],
      [EVENT.HUP, ["read", "write", "priority"]],
      [EVENT.ERR, ["read", "write", "priority"]],
    ];
    const array = new Uint8Array(
      events.flatMap(([bits], fd) => [...packEvent(arch, bits, fd + 7)]),
    );
    assert.deepEqual(
      unpackEvents(arch, array, events.length),
      events.map(([, directions], index) => ({ source: index + 7, directions })),
    );
    assert.deepEqual(unpackEvents(arch, array, 0), []);
  }
});

Deno.test("unpackCounts() reads the driver's structure", () => {
  const fields = new Int32Array(20);
  fields.set([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  assert.deepEqual(unpackCounts(new Uint8Array(fields.buffer)), {
    framing: 7,
    overrun: 8,
    parity: 9,
    breaks: 10,
    bufferOverrun: 11,
  });
});

Deno.test("libcCandidates() are absolute and of the processor", () => {
  for (const arch of ["x86_64", "aarch64"]) {
    const paths = libcCandidates(arch);
    assert.equal(paths[0], `/lib/${arch}-linux-gnu/libc.so.6`);
    assert.ok(paths.every((path) => path.startsWith("/")));
  }
});

/** Files that are there in the test only: texts, and links as `["to"]`. */
function tree(files: Readonly<Record<string, string | readonly [string]>>) {
  const names = Object.keys(files);
  const real = (path: string): string | undefined => {
    for (const [name, file] of Object.entries(files)) {
      if (typeof file !== "string" && (path === name || path.startsWith(`${name}/`))) {
        return real(file[0] + path.slice(name.length));
      }
    }
    return names.some((name) => name === path || name.startsWith(`${path}/`)) ? path : undefined;
  };
  return {
    realPath: real,
    list: (folder: string) => [
      ...new Set(
        names.filter((name) => name.startsWith(`${folder}/`))
          .map((name) => name.slice(folder.length + 1).split("/")[0] ?? ""),
      ),
    ],
    readLink(path: string) {
      const file = files[path];
      return typeof file === "object" ? file[0] : undefined;
    },
    readText(path: string) {
      const file = files[real(path) ?? ""];
      return typeof file === "string" ? file : undefined;
    },
  };
}

Deno.test("listLinuxPorts() finds adapters with their identity, and no phantom", () => {
  const usb = "/sys/devices/pci0/usb1/1-1";
  const files = tree({
    "/sys/class/tty/tty0/dev": "4:0",
    "/sys/class/tty/ttyS0/type": "4",
    "/sys/class/tty/ttyS0/device": ["/sys/devices/pnp0/00:01"],
    "/sys/devices/pnp0/00:01/driver": ["../../bus/pnp/drivers/serial"],
    "/sys/class/tty/ttyS1/type": "0",
    "/sys/class/tty/ttyS1/device": ["/sys/devices/platform/serial8250"],
    "/sys/devices/platform/serial8250/driver": ["x"],
    "/sys/class/tty/ttyUSB0/device": [`${usb}/1-1:1.0/ttyUSB0`],
    [`${usb}/1-1:1.0/ttyUSB0/driver`]: ["../../bus/usb-serial/drivers/ftdi_sio"],
    [`${usb}/1-1:1.0/bInterfaceNumber`]: "00",
    [`${usb}/idVendor`]: "0403",
    [`${usb}/idProduct`]: "6001",
    [`${usb}/serial`]: "A50285BI",
    [`${usb}/manufacturer`]: "FTDI",
    [`${usb}/product`]: "FT232R USB UART",
    "/sys/class/tty/ttyACM0/device": ["/sys/devices/pci0/usb1/1-2/1-2:1.1"],
    "/sys/devices/pci0/usb1/1-2/1-2:1.1/bInterfaceNumber": "01",
    "/sys/devices/pci0/usb1/1-2/idVendor": "2E8A",
    "/sys/devices/pci0/usb1/1-2/idProduct": "000a",
    "/dev/ttyUSB0": "",
    "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0": ["/dev/ttyUSB0"],
  });
  assert.deepEqual(listLinuxPorts(files), [
    { path: "/dev/ttyS0", driver: "serial" },
    {
      path: "/dev/ttyUSB0",
      stableName: "/dev/serial/by-id/usb-FTDI_FT232R_A50285BI-if00-port0",
      driver: "ftdi_sio",
      usb: {
        vendorId: "0403",
        productId: "6001",
        serial: "A50285BI",
        manufacturer: "FTDI",
        product: "FT232R USB UART",
        interfaceNumber: "00",
      },
    },
    {
      path: "/dev/ttyACM0",
      usb: { vendorId: "2e8a", productId: "000a", interfaceNumber: "01" },
    },
  ]);
  assert.deepEqual(listLinuxPorts(tree({})), []);
});

Deno.test("findHolders() names who locks a port, or else who has it open", () => {
  const files = {
    "/proc/self/fd/0": ["/dev/ttyUSB0"] as const,
    "/proc/7/fd/3": ["/dev/ttyUSB0"] as const,
    "/proc/7/fd/4": ["/dev/ttyUSB1"] as const,
    "/proc/7/comm": "screen",
    "/proc/42/fd/9": ["/dev/ttyUSB0"] as const,
    "/proc/42/fdinfo/9": "pos:\t0\nflags:\t02\n",
    "/proc/99/fd/5": ["/dev/ttyUSB0"] as const,
  };
  const except = { pid: 99, fd: 5 };
  assert.deepEqual(findHolders(tree(files), "/dev/ttyUSB0", except), [
    { pid: 7, name: "screen" },
    { pid: 42, name: "?" },
  ]);
  const locked = {
    ...files,
    "/proc/42/fdinfo/9": "pos:\t0\nlock:\t1: FLOCK  ADVISORY  WRITE 42\n",
  };
  assert.deepEqual(findHolders(tree(locked), "/dev/ttyUSB0", except), [{ pid: 42, name: "?" }]);
  assert.deepEqual(findHolders(tree(files), "/dev/ttyUSB2", except), []);
});

Deno.test("inUseBy() says by whom and what to do", () => {
  const screen = { pid: 7, name: "screen" };
  const own = { pid: 1, name: "deno" };
  assert.equal(
    inUseBy([own, screen], "/dev/ttyUSB0", 1),
    "it is in use by pid 7 (screen). Stop that program, or close the port in it.",
  );
  assert.match(inUseBy([own], "/dev/ttyUSB0", 1), /already \(pid 1\)/);
  assert.match(inUseBy([], "/dev/ttyUSB0", 1), /may not see\. .*fuser \/dev\/ttyUSB0/);
});
