import assert from "node:assert/strict";
import {
  chooseSensor,
  parseDiskstats,
  parseMillidegrees,
  parseNetDev,
  sumProcessors,
} from "../../../devices/computer/parse.ts";

const NET = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    3193      29    0    0    0     0          0         0     3193      29    0    0    0     0       0          0
  eth0: 78613444    1810    0    0    0     0          0         0    77596     903    0    0    0     0       0          0
wlan0:9007199254740991 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0
eth0:1:    100       1    0    0    0     0          0         0      200       1    0    0    0     0       0          0
`;

Deno.test("parseNetDev() sums the interfaces that are asked for", () => {
  const table: [string, readonly string[] | undefined, number, number][] = [
    [NET, ["eth0"], 78613444, 77596],
    [NET, ["lo"], 3193, 3193],
    [NET, ["eth0", "lo", "absent"], 78616637, 80789],
    [NET, ["eth0:1"], 100, 200],
    [NET, ["wlan0"], 9007199254740991, 5],
    [NET.replace(/^wlan0.*\n/m, ""), undefined, 78613544, 77796],
    [NET, ["absent"], NaN, NaN],
    [NET, [], NaN, NaN],
    ["", undefined, NaN, NaN],
    ["eth0: 1 2 3\n", undefined, 1, NaN],
  ];
  for (const [text, interfaces, received, sent] of table) {
    assert.deepEqual(parseNetDev(text, interfaces), { received, sent }, String(interfaces));
  }
});

/** A line of /proc/diskstats: sectors read and written, and whatever else is there. */
function disk(name: string, read: number, written: number): string {
  return `   8       0 ${name} 26577 5190 ${read} 3185 5705 5692 ${written} 1490 0 1872 4804 3261 2 3 4 5\n`;
}

Deno.test("parseDiskstats() sums whole disks of 512-byte sectors, each byte once", () => {
  const table: [string, string, number, number][] = [
    ["one disk", disk("vda", 2, 3), 1024, 1536],
    ["partitions", disk("sda", 10, 20) + disk("sda1", 4, 5) + disk("sda12", 6, 7), 5120, 10240],
    ["the sixteenth disk", disk("sdp", 3, 3) + disk("sdp1", 1, 1), 1536, 1536],
    ["two disks", disk("sda", 1, 1) + disk("sdb", 2, 2), 1536, 1536],
    ["nvme", disk("nvme0n1", 8, 9) + disk("nvme0n1p1", 1, 1) + disk("nvme1n1", 1, 0), 4608, 4608],
    [
      "card",
      disk("mmcblk0", 4, 4) + disk("mmcblk0p2", 2, 2) + disk("mmcblk0boot0", 1, 0),
      2560,
      2048,
    ],
    [
      "virtual",
      ["loop0", "ram1", "zram0", "dm-0", "md127", "sr0", "fd0"].map((n) => disk(n, 9, 9)).join("") +
      disk("xvda", 1, 2),
      512,
      1024,
    ],
    ["a partition without its disk", disk("xvda1", 1, 2), 512, 1024],
    ["old kernel without discards", "8 0 sda 1 2 3 4 5 6 7 8 9 10 11\n", 1536, 3584],
    ["nothing but loops", disk("loop0", 1, 1), NaN, NaN],
    ["nothing", "", NaN, NaN],
    ["noise", "what is this\n", NaN, NaN],
  ];
  for (const [name, text, read, written] of table) {
    assert.deepEqual(parseDiskstats(text), { read, written }, name);
  }
});

Deno.test("parseMillidegrees() reads °C, and NaN where there is none", () => {
  const table: [string | undefined, number][] = [
    ["45000\n", 45],
    ["-12500\n", -12.5],
    ["0", 0],
    [undefined, NaN],
    ["", NaN],
    ["N/A", NaN],
    ["45.2", NaN],
  ];
  for (const [text, expected] of table) assert.equal(parseMillidegrees(text), expected);
});

Deno.test("chooseSensor() prefers the processor's", () => {
  const table: [string[], string | undefined][] = [
    [["acpitz", "iwlwifi_1", "x86_pkg_temp", "coretemp"], "x86_pkg_temp"],
    [["nvme", "k10temp"], "k10temp"],
    [["gpu-thermal", "cpu-thermal"], "cpu-thermal"],
    [["battery", "soc_thermal"], "soc_thermal"],
    [["acpitz", "nvme"], "acpitz"],
    [[], undefined],
  ];
  for (const [names, expected] of table) {
    const sensors = names.map((name) => ({ name, path: `/${name}` }));
    assert.equal(chooseSensor(sensors)?.name, expected);
  }
});

Deno.test("sumProcessors() counts all but idle as busy", () => {
  const one = { user: 10, nice: 1, sys: 5, idle: 100, irq: 2 };
  assert.deepEqual(sumProcessors([one, { ...one, idle: 50 }]), { busy: 36, total: 186 });
  assert.deepEqual(sumProcessors([]), { busy: 0, total: 0 });
});
