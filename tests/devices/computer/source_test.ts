import assert from "node:assert/strict";
import type { KernelFiles } from "../../../devices/computer/kernel_files.ts";
import { findSensors, systemSource } from "../../../devices/computer/source.ts";

/** A kernel of our own. */
class Folder implements KernelFiles {
  readonly files: Record<string, string>;
  closed = 0;
  constructor(files: Record<string, string>) {
    this.files = files;
  }
  read(path: string): string | undefined {
    return this.files[path];
  }
  [Symbol.dispose](): void {
    this.closed++;
  }
}

const THERMAL = "/sys/class/thermal/thermal_zone";
const HWMON = "/sys/class/hwmon/hwmon";

Deno.test("findSensors() finds what can be read, across holes in the numbers", () => {
  const files = new Folder({
    [`${THERMAL}0/type`]: "acpitz\n",
    [`${THERMAL}0/temp`]: "27800\n",
    [`${THERMAL}2/type`]: "silent\n",
    [`${THERMAL}5/type`]: "x86_pkg_temp\n",
    [`${THERMAL}5/temp`]: "51000\n",
    [`${HWMON}3/name`]: "nvme\n",
    [`${HWMON}3/temp1_input`]: "33850\n",
  });
  assert.deepEqual(findSensors(files), [
    { name: "acpitz", path: `${THERMAL}0/temp` },
    { name: "x86_pkg_temp", path: `${THERMAL}5/temp` },
    { name: "nvme", path: `${HWMON}3/temp1_input` },
  ]);
});

Deno.test("systemSource() reads the kernel's files afresh each time, and closes them", () => {
  const folder = new Folder({
    [`${HWMON}0/name`]: "coretemp\n",
    [`${HWMON}0/temp1_input`]: "40000\n",
    "/proc/net/dev": "eth0: 1000 0 0 0 0 0 0 0 500 0\n wg0: 10 0 0 0 0 0 0 0 5 0\n",
    "/proc/diskstats": "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n",
  });
  const source = systemSource(folder, ["eth0"]);
  assert.equal(source.temperature(), 40);
  assert.deepEqual(source.network(), { received: 1000, sent: 500 });
  assert.deepEqual(source.disk(), { read: 1536, written: 3584 });
  folder.files[`${HWMON}0/temp1_input`] = "41500\n";
  assert.equal(source.temperature(), 41.5);
  delete folder.files[`${HWMON}0/temp1_input`];
  assert.equal(source.temperature(), NaN);
  source[Symbol.dispose]();
  assert.equal(folder.closed, 1);
});

Deno.test("systemSource() knows nothing of the kernel when its files can't be read", () => {
  const source = systemSource(undefined, undefined);
  assert.equal(source.temperature(), NaN);
  assert.deepEqual(source.network(), { received: NaN, sent: NaN });
  assert.deepEqual(source.disk(), { read: NaN, written: NaN });
  source[Symbol.dispose]();
});
