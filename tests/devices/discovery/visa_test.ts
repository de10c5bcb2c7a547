import assert from "node:assert/strict";
import { visaFinder } from "../../../devices/discovery/mod.ts";
import { factsOf } from "../../../devices/discovery/visa.ts";
import { needs } from "../../_needs.ts";
import { withStandin } from "../transports/visa_library/_standin.ts";
import { search } from "./_collect.ts";

Deno.test({
  ...needs("gcc"),
  name: "visaFinder() finds what a library finds",
  async fn() {
    await withStandin(async (library) => {
      const { found, report } = await search({ finders: [visaFinder({ library })] });
      assert.equal(report.outcome, "searched", report.message);
      assert.deepEqual(
        found.map(({ resource }) => resource),
        ["GPIB0::5::INSTR", "GPIB0::6::INSTR", "ASRL1::INSTR"],
      );
      for (const { ways } of found) {
        assert.deepEqual(ways, [{ finder: "visa", how: "VISA library" }]);
      }
    });
  },
});

Deno.test("visaFinder() is skipped without a library, and says what is wrong with one that is there", async () => {
  const absent = await search({ finders: [visaFinder({ library: "/nowhere/libvisa.so" })] });
  assert.equal(absent.report.outcome, "skipped");
  assert.equal(absent.report.message, "no VISA library could be loaded from 1 places");
  const wrong = new URL(import.meta.url).pathname;
  const { report } = await search({ finders: [visaFinder({ library: wrong })] });
  assert.equal(report.outcome, "skipped");
  assert.match(report.message, /visa_test\.ts \(Could not open library/);
});

Deno.test("factsOf() tells what a name says of a USB instrument", () => {
  const usb = { vendorId: "0957", productId: "1796", serial: "MY5" };
  assert.deepEqual(factsOf("USB0::0x957::0x1796::MY5::INSTR"), { serialNumber: "MY5", usb });
  assert.deepEqual(factsOf("GPIB0::5::INSTR"), {});
  assert.deepEqual(factsOf("PXI0::3::INSTR"), {});
});
