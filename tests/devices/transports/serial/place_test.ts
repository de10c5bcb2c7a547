import assert from "node:assert/strict";
import type { SerialPortInfo } from "../../../../devices/transports/serial/control.ts";
import { findPort, type PortPlace } from "../../../../devices/transports/serial/place.ts";

/** An adapter at a path. */
function port(path: string, serial?: string, interfaceNumber = "00"): SerialPortInfo {
  const usb = { vendorId: "0403", productId: "6001", product: "FT232R", interfaceNumber };
  return { path, usb: serial === undefined ? usb : { ...usb, serial } };
}

Deno.test("findPort() finds an adapter again under whatever name it has now", () => {
  const cases: readonly [
    what: string,
    known: SerialPortInfo | undefined,
    there: readonly SerialPortInfo[],
    found: string | RegExp,
  ][] = [
    ["at first, what was written", undefined, [port("/dev/ttyUSB1", "A")], "/dev/bath"],
    ["a port that is no adapter's", { path: "/dev/ttyS0" }, [], "/dev/bath"],
    ["where it was", port("/dev/ttyUSB0", "A"), [port("/dev/ttyUSB0", "A")], "/dev/bath"],
    [
      "where it is now, beside another in its old place",
      port("/dev/ttyUSB0", "A"),
      [port("/dev/ttyUSB0", "B"), port("/dev/ttyUSB1", "A")],
      "/dev/ttyUSB1",
    ],
    [
      "the right one of an adapter's several ports",
      port("/dev/ttyUSB0", "A", "01"),
      [port("/dev/ttyUSB1", "A", "00"), port("/dev/ttyUSB2", "A", "01")],
      "/dev/ttyUSB2",
    ],
    [
      "nothing, though another has its name",
      port("/dev/ttyUSB0", "A"),
      [port("/dev/ttyUSB0", "B")],
      /FT232R \(USB 0403:6001\), serial number A$/,
    ],
    [
      "the only one without a serial number",
      port("/dev/ttyUSB0"),
      [port("/dev/ttyUSB3"), port("/dev/ttyUSB0", "B")],
      "/dev/ttyUSB3",
    ],
    [
      "of several that can't be told apart, what was written",
      port("/dev/ttyUSB0"),
      [port("/dev/ttyUSB1"), port("/dev/ttyUSB2")],
      "/dev/bath",
    ],
  ];
  for (const [what, known, there, found] of cases) {
    const place: PortPlace = known === undefined ? {} : { known };
    const find = () => findPort("/dev/bath", place, () => there, "ASRL/dev/bath::INSTR");
    if (typeof found === "string") assert.equal(find(), found, what);
    else assert.throws(find, { name: "LinkError", message: found }, what);
  }
});
