import assert from "node:assert/strict";
import { serialFinder } from "../../../devices/discovery/mod.ts";
import type { SerialPortInfo } from "../../../devices/transports/serial/control.ts";
import { search } from "./_collect.ts";

const usb = {
  vendorId: "0403",
  productId: "6001",
  serial: "A1",
  manufacturer: "FTDI",
  product: "FT232R USB UART",
};

const CASES: readonly (readonly [string, string, SerialPortInfo, object])[] = [
  [
    "by its stable name",
    "linux",
    {
      path: "/dev/ttyUSB0",
      stableName: "/dev/serial/by-id/usb-FTDI-if00",
      driver: "ftdi_sio",
      usb,
    },
    {
      resource: "ASRL/dev/serial/by-id/usb-FTDI-if00::INSTR",
      ways: [{ finder: "serial", how: "serial port (ftdi_sio)" }],
      path: "/dev/ttyUSB0",
      manufacturer: "FTDI",
      model: "FT232R USB UART",
      serialNumber: "A1",
      usb,
    },
  ],
  ["by its path", "linux", { path: "/dev/ttyS4" }, {
    resource: "ASRL/dev/ttyS4::INSTR",
    ways: [{ finder: "serial", how: "serial port" }],
    path: "/dev/ttyS4",
  }],
  ["on Windows", "windows", { path: "COM3" }, {
    resource: "ASRLCOM3::INSTR",
    ways: [{ finder: "serial", how: "serial port" }],
    path: "COM3",
  }],
];

for (const [what, os, port, expected] of CASES) {
  Deno.test(`serialFinder() names a port ${what}`, async () => {
    const { found } = await search({ finders: [serialFinder({ ports: () => [port], os })] });
    assert.deepEqual(found, [expected]);
  });
}

Deno.test("serialFinder() knows what VISA calls a port", async () => {
  const visa = (resource: string) => ({
    name: "visa" as const,
    missingFlags: () => [],
    find: ({ found }: { found: (finding: { resource: string; how: string }) => void }) => {
      found({ resource, how: "VISA library" });
      return Promise.resolve({ what: "all" });
    },
  });
  for (
    const [os, path, alias] of [["linux", "/dev/ttyS0", "ASRL1::INSTR"], [
      "windows",
      "COM3",
      "ASRL3::INSTR",
    ]] as const
  ) {
    const finders = [serialFinder({ ports: () => [{ path }], os }), visa(alias)];
    const { found } = await search({ finders });
    assert.deepEqual(found.map(({ ways }) => ways.map(({ finder }) => finder)), [[
      "serial",
      "visa",
    ]]);
  }
});
