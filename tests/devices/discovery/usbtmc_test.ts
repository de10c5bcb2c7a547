import assert from "node:assert/strict";
import { type Finder, usbtmcFinder } from "../../../devices/discovery/mod.ts";
import type { UsbtmcDevice } from "../../../devices/transports/usbtmc/mod.ts";
import { search } from "./_collect.ts";

const DEVICE: UsbtmcDevice = {
  resource: "USB0::0x0957::0x1796::MY5::INSTR",
  path: "/dev/usbtmc0",
  vendor: 0x0957,
  product: 0x1796,
  serial: "MY5",
  interface: 1,
  manufacturer: "Keysight",
  model: "DSO-X",
};

Deno.test("usbtmcFinder() tells what the driver has, and why it may not be used", async () => {
  const bare: UsbtmcDevice = {
    resource: "USB0::0x1AB1::0x0588::INSTR",
    path: "/dev/usbtmc1",
    vendor: 0x1ab1,
    product: 0x0588,
    interface: 0,
    unusable: "Cannot open /dev/usbtmc1, as it is not permitted.",
  };
  const finders = [usbtmcFinder({ os: "linux", devices: () => [DEVICE, bare] })];
  const { found, report } = await search({ finders });
  const ways = [{ finder: "usbtmc", how: "USBTMC driver" }];
  assert.deepEqual(found, [
    {
      resource: DEVICE.resource,
      ways,
      manufacturer: "Keysight",
      model: "DSO-X",
      serialNumber: "MY5",
      path: "/dev/usbtmc0",
      usb: {
        vendorId: "0957",
        productId: "1796",
        serial: "MY5",
        manufacturer: "Keysight",
        product: "DSO-X",
        interfaceNumber: "01",
      },
    },
    {
      resource: bare.resource,
      ways,
      path: "/dev/usbtmc1",
      usb: { vendorId: "1ab1", productId: "0588", interfaceNumber: "00" },
    },
  ]);
  assert.equal(report.outcome, "searched");
  assert.deepEqual(report.gaps, ["Cannot open /dev/usbtmc1, as it is not permitted."]);
});

Deno.test("usbtmcFinder() knows an instrument by the name that a VISA library has for it", async () => {
  const visa: Finder = {
    name: "visa",
    missingFlags: () => [],
    find({ found }) {
      found({ resource: "USB0::0x0957::0x1796::MY5::1::INSTR", how: "VISA library" });
      return Promise.resolve({ what: "all" });
    },
  };
  const finders = [usbtmcFinder({ os: "linux", devices: () => [DEVICE] }), visa];
  const { found } = await search({ finders });
  assert.deepEqual(found.map(({ ways }) => ways.length), [2]);
});

Deno.test("usbtmcFinder() is skipped where there is no such driver", async () => {
  const { report } = await search({ finders: [usbtmcFinder({ os: "windows" })] });
  assert.equal(report.outcome, "skipped");
  assert.match(report.message, /^there is no such driver on windows/);
});
