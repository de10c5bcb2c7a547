import assert from "node:assert/strict";
import fc from "fast-check";
import { formatResourceName, parseResourceName } from "../../devices/resource_name.ts";
import type { ResourceName } from "../../devices/resource_name/types.ts";

const VALID: readonly (readonly [text: string, name: ResourceName, canonical?: string])[] = [
  ["ASRL1::INSTR", { bus: "serial", port: 1 }],
  ["asrl1", { bus: "serial", port: 1 }, "ASRL1::INSTR"],
  ["ASRL/dev/ttyUSB0::instr", { bus: "serial", port: "/dev/ttyUSB0" }, "ASRL/dev/ttyUSB0::INSTR"],
  ["ASRL/dev/ttyUSB0", { bus: "serial", port: "/dev/ttyUSB0" }, "ASRL/dev/ttyUSB0::INSTR"],
  ["ASRLcom3::INSTR", { bus: "serial", port: "COM3" }, "ASRLCOM3::INSTR"],
  [
    "ASRL/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K3XYZ-if00-port0",
    { bus: "serial", port: "/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K3XYZ-if00-port0" },
    "ASRL/dev/serial/by-id/usb-FTDI_FT232R_USB_UART_A10K3XYZ-if00-port0::INSTR",
  ],
  [
    "ASRL/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0::INSTR",
    { bus: "serial", port: "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0" },
  ],
  [
    "TCPIP::192.168.0.20",
    { bus: "vxi11", board: 0, host: "192.168.0.20", device: "inst0" },
    "TCPIP0::192.168.0.20::inst0::INSTR",
  ],
  [
    "tcpip2::DMM.lab::INST1::instr",
    { bus: "vxi11", board: 2, host: "dmm.lab", device: "inst1" },
    "TCPIP2::dmm.lab::inst1::INSTR",
  ],
  [
    "TCPIP0::gate::gpib0,5::INSTR",
    { bus: "vxi11", board: 0, host: "gate", device: "gpib0,5" },
  ],
  [
    "TCPIP0::gate::usb0[2391::1031::MY44::0]::INSTR",
    { bus: "vxi11", board: 0, host: "gate", device: "usb0[2391::1031::MY44::0]" },
  ],
  [
    "TCPIP::127.0.0.1,1024::inst0::INSTR",
    { bus: "vxi11", board: 0, host: "127.0.0.1", port: 1024, device: "inst0" },
    "TCPIP0::127.0.0.1,1024::inst0::INSTR",
  ],
  [
    "TCPIP::[FE80::1%eth0]::inst0::INSTR",
    { bus: "vxi11", board: 0, host: "fe80::1%eth0", device: "inst0" },
    "TCPIP0::[fe80::1%eth0]::inst0::INSTR",
  ],
  [
    "TCPIP::10.0.0.5::HiSLIP0",
    { bus: "hislip", board: 0, host: "10.0.0.5", port: 4880, device: "hislip0" },
    "TCPIP0::10.0.0.5::hislip0::INSTR",
  ],
  [
    "TCPIP0::10.0.0.5::hislip1,14880::INSTR",
    { bus: "hislip", board: 0, host: "10.0.0.5", port: 14880, device: "hislip1" },
  ],
  [
    "TCPIP0::10.0.0.5::hislip0,4880::INSTR",
    { bus: "hislip", board: 0, host: "10.0.0.5", port: 4880, device: "hislip0" },
    "TCPIP0::10.0.0.5::hislip0::INSTR",
  ],
  [
    "TCPIP0::me@10.0.0.5::hislip0::INSTR",
    { bus: "hislip", board: 0, host: "10.0.0.5", port: 4880, device: "hislip0", credential: "me" },
  ],
  [
    "TCPIP0::[::1]::5025::SOCKET",
    { bus: "socket", board: 0, host: "::1", port: 5025 },
  ],
  [
    "USB::0x0957::6038::MY50000123",
    {
      bus: "usb",
      board: 0,
      vendor: 0x957,
      product: 6038,
      serial: "MY50000123",
      resourceClass: "INSTR",
    },
    "USB0::0x0957::0x1796::MY50000123::INSTR",
  ],
  [
    "USB1::0x0957::0x1796::RAW::3::raw",
    {
      bus: "usb",
      board: 1,
      vendor: 0x957,
      product: 0x1796,
      serial: "RAW",
      interface: 3,
      resourceClass: "RAW",
    },
    "USB1::0x0957::0x1796::RAW::3::RAW",
  ],
  [
    "USB::0x0957::0x1796",
    { bus: "usb", board: 0, vendor: 0x957, product: 0x1796, resourceClass: "INSTR" },
    "USB0::0x0957::0x1796::INSTR",
  ],
  ["GPIB::22", { bus: "gpib", board: 0, primary: 22 }, "GPIB0::22::INSTR"],
  [
    "gpib3::1::96::INSTR",
    { bus: "gpib", board: 3, primary: 1, secondary: 0 },
    "GPIB3::1::0::INSTR",
  ],
  ["GPIB1::INTFC", { bus: "gpib-interface", board: 1 }],
  [
    "prlgx-tcpip::10.0.0.7::INTFC",
    { bus: "prologix-tcp", board: 0, host: "10.0.0.7", port: 1234 },
    "PRLGX-TCPIP0::10.0.0.7::1234::INTFC",
  ],
  [
    "PRLGX-ASRL1::/dev/ttyUSB0::INTFC",
    { bus: "prologix-serial", board: 1, port: "/dev/ttyUSB0" },
  ],
];

Deno.test("parseResourceName() reads what VISA allows and formatResourceName() writes it in full", () => {
  for (const [text, name, canonical] of VALID) {
    assert.deepEqual(parseResourceName(text), name, text);
    assert.deepEqual(parseResourceName(` ${text}\n`), name, text);
    assert.equal(formatResourceName(name), canonical ?? text);
  }
});

const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
  ["", /part 1 must be ASRL, TCPIP, USB.*not ""/],
  ["VXI0::1::INSTR", /part 1 must be .*not "VXI0"/],
  ["ASRL::INSTR", /part 1 must be ASRL and a port's number or path/],
  ["ASRL1::RAW", /part 2 must be INSTR.*not "RAW"/],
  ["TCPIP0", /it ends where a host should follow/],
  ["TCPIP::a b::INSTR", /part 2 must be a host name.*not "a b"/],
  ["TCPIP::fe80::1::5025::SOCKET", /part 3 must be a port from 1 to 65535, not "1"|part 4/],
  ["TCPIP::h::70000::SOCKET", /part 3 must be a port from 1 to 65535, not "70000"/],
  ["TCPIP::h::SOCKET", /it ends where a port should follow/],
  [
    "TCPIP::h::5025",
    /part 3 must be a LAN device name.*a port needs ::SOCKET after it, not "5025"/,
  ],
  ["TCPIP::h::inst0::RAW", /part 4 must be INSTR or SOCKET, not "RAW"/],
  ["TCPIP::h,0::inst0", /part 2 must be a host, or host,port/],
  ["TCPIP::h::hislip0,99999", /part 3 must be a HiSLIP sub-address/],
  ["TCPIP::h::hislipX", /part 3 must be a HiSLIP sub-address/],
  ["USB::0x10000::1::S", /part 2 must be a vendor's number from 0 to 65535/],
  ["USB::1::INSTR", /it ends where a product's number should follow/],
  ["USB::1::2::S::x::INSTR", /part 5 must be a USB interface's number/],
  ["GPIB0::31::INSTR", /part 2 must be a primary address from 0 to 30, not "31"/],
  ["GPIB0::1::40::INSTR", /part 3 must be a secondary address from 0 to 30 or 96 to 126/],
  ["GPIB0::1::2::3::INSTR", /part 4 must be INSTR, not "3"/],
  ["GPIB0::1::INTFC", /part 2 must be INTFC, not "1"/],
  ["PRLGX-TCPIP::h::1234::INSTR", /part 4 must be INTFC, not "INSTR"/],
  ["TCPIP::" + "a".repeat(2000), /1024 characters at most: 2007/],
];

Deno.test("parseResourceName() says which part is wrong and what belongs there", () => {
  for (const [text, message] of WRONG) {
    assert.throws(() => parseResourceName(text), (error: unknown) => {
      assert.ok(error instanceof SyntaxError, text);
      assert.match(error.message, message);
      return true;
    });
  }
});

const board = fc.integer({ min: 0, max: 99999 });
const port = fc.integer({ min: 1, max: 65535 });
const host = fc.oneof(
  fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/),
  fc.ipV6().map((address) => address.toLowerCase()).filter((address) => address.includes(":")),
);
const serialPort = fc.oneof(
  fc.integer({ min: 0, max: 99999 }),
  fc.stringMatching(/^\/dev\/[A-Za-z0-9_./-]{1,40}$/),
);
const name: fc.Arbitrary<ResourceName> = fc.oneof(
  fc.record({ bus: fc.constant("serial" as const), port: serialPort }),
  fc.record({
    bus: fc.constant("vxi11" as const),
    board,
    host,
    port,
    device: fc.stringMatching(/^(inst\d{1,2}|gpib\d,\d{1,2})$/),
  }, { requiredKeys: ["bus", "board", "host", "device"] }),
  fc.record({
    bus: fc.constant("hislip" as const),
    board,
    host,
    port,
    device: fc.stringMatching(/^hislip\d{0,3}$/),
    credential: fc.stringMatching(/^[\w.+-]{1,20}$/),
  }, { requiredKeys: ["bus", "board", "host", "port", "device"] }),
  fc.record({ bus: fc.constant("socket" as const), board, host, port }),
  fc.record({
    bus: fc.constant("usb" as const),
    board,
    vendor: fc.integer({ min: 0, max: 65535 }),
    product: fc.integer({ min: 0, max: 65535 }),
    serial: fc.stringMatching(/^[A-Za-z0-9_#.-]{1,30}$/),
    interface: fc.integer({ min: 0, max: 255 }),
    resourceClass: fc.constantFrom("INSTR" as const, "RAW" as const),
  }, { requiredKeys: ["bus", "board", "vendor", "product", "serial", "resourceClass"] }),
  fc.record({
    bus: fc.constant("gpib" as const),
    board,
    primary: fc.integer({ min: 0, max: 30 }),
    secondary: fc.integer({ min: 0, max: 30 }),
  }, { requiredKeys: ["bus", "board", "primary"] }),
  fc.record({ bus: fc.constant("gpib-interface" as const), board }),
  fc.record({ bus: fc.constant("prologix-tcp" as const), board, host, port }),
  fc.record({ bus: fc.constant("prologix-serial" as const), board, port: serialPort }),
);

Deno.test("parseResourceName() reads back whatever formatResourceName() writes", () => {
  fc.assert(fc.property(name, (name) => {
    assert.deepEqual(parseResourceName(formatResourceName(name)), { ...name });
  }));
});

Deno.test("parseResourceName() refuses arbitrary text by a SyntaxError, and accepts its own canonical form", () => {
  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom("TCPIP", "USB", "GPIB", "ASRL", "::", ":", "[", "]", ",", "INSTR", "@", "0"),
      fc.string({ maxLength: 5 }),
    ),
    { maxLength: 12 },
  ).map((parts) => parts.join(""));
  fc.assert(fc.property(pieces, (text) => {
    let name: ResourceName;
    try {
      name = parseResourceName(text);
    } catch (error) {
      assert.ok(error instanceof SyntaxError);
      return;
    }
    assert.deepEqual(parseResourceName(formatResourceName(name)), name);
  }));
});

Deno.test("formatResourceName() refuses parts that can't stand in a name", () => {
  const wrong: readonly ResourceName[] = [
    { bus: "socket", board: 0, host: "h", port: 0 },
    { bus: "socket", board: 0, host: "H", port: 1 },
    { bus: "serial", port: "/dev/a::b" },
    { bus: "gpib", board: 0, primary: 31 },
    { bus: "gpib", board: -1, primary: 3 },
    { bus: "usb", board: 0, vendor: 1, product: 2, interface: 3, resourceClass: "INSTR" },
  ];
  for (const name of wrong) assert.throws(() => formatResourceName(name), SyntaxError);
});
