import assert from "node:assert/strict";
import { join } from "node:path";
import { examine } from "../../cli/doctor/examine.ts";
import type { Facts, Owner, SystemFiles } from "../../cli/doctor/facts.ts";
import type { Verdict } from "../../cli/doctor/finding.ts";
import { examineHost } from "../../cli/doctor/host.ts";
import { formatReport, isWell } from "../../cli/doctor/report.ts";
import { runProgram } from "../../cli/program.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";
import { ROOT, runProgram as runChild } from "../_child.ts";
import { paperContext } from "./_context.ts";

/** Files by their paths: text, a link `->…`, or a device that this user may use or not. */
type Tree = Readonly<Record<string, string | (Owner & { readonly mine: boolean })>>;

function fakeFiles(tree: Tree, uid = 1000, groups: readonly number[] = [1000]): SystemFiles {
  const link = (path: string): string | undefined => {
    const entry = tree[path];
    return typeof entry === "string" && entry.startsWith("->") ? entry.slice(2) : undefined;
  };
  const text = (path: string): string | undefined => {
    const entry = tree[path];
    return typeof entry === "string" && !entry.startsWith("->") ? entry : undefined;
  };
  const device = (path: string) => {
    const entry = tree[path];
    return typeof entry === "object" ? entry : undefined;
  };
  return {
    list: (folder) => [
      ...new Set(
        Object.keys(tree).filter((path) => path.startsWith(`${folder}/`))
          .map((path) => path.slice(folder.length + 1).split("/")[0] ?? ""),
      ),
    ],
    readText: (path) => text(path),
    wholeText: (path) => text(path),
    readLink: link,
    realPath: (path) =>
      Object.keys(tree).some((other) => other === path || other.startsWith(`${path}/`))
        ? path
        : undefined,
    mayUse: (path) => device(path)?.mine ?? false,
    owner: device,
    user: () => ({ uid, groups }),
  };
}

const GROUPS: Tree = {
  "/etc/group": "root:x:0:\ndialout:x:20:carol\nplugdev:x:46:\ngpib:x:70:\nbench:x:1000:\n",
  "/etc/passwd":
    "root:x:0:0::/:/bin/sh\ncarol:x:1000:1000::/:/bin/sh\ndave:x:1001:1000::/:/bin/sh\n",
};
const ROOT_ONLY = { uid: 0, gid: 0, mode: 0o600, mine: false };
const DIALOUT = { uid: 0, gid: 20, mode: 0o660, mine: false };

/** A computer with everything permitted and nothing plugged in, but for what is given. */
function facts(given: Partial<Facts> = {}, tree: Tree = GROUPS): Facts {
  return {
    host: { deno: "2.9.6", os: "linux", arch: "x86_64" },
    files: fakeFiles(tree),
    granted: () => true,
    systemLibraries: ["/lib/libc.so.6"],
    libraryPlaces: (kind) => [`/usr/lib/lib${kind}.so`],
    tryLibrary: () => Promise.resolve(undefined),
    serialPorts: () => [],
    networks: () => [{ address: "10.0.0.2", broadcast: "10.0.0.255" }],
    listens: () => Promise.resolve(false),
    ...given,
  };
}

const nobody = new AbortController().signal;

/** Findings of a computer on one subject. */
async function findings(subject: string, of: Facts) {
  const all = await examine(of, new VirtualClock(), nobody);
  return all.find((one) => one.subject === subject)?.findings ?? assert.fail(subject);
}

const USBTMC: Tree = {
  ...GROUPS,
  "/sys/bus/usb/devices/1-2:1.0/bInterfaceClass": "fe",
  "/sys/bus/usb/devices/1-2:1.0/bInterfaceSubClass": "03",
  "/sys/bus/usb/devices/1-2/manufacturer": "ACME",
  "/sys/bus/usb/devices/1-2/product": "Scope",
};
const PORT = {
  path: "/dev/ttyUSB0",
  stableName: "/dev/serial/by-id/usb-FTDI-1",
  usb: { vendorId: "0403", productId: "6001", manufacturer: "FTDI", product: "FT232R" },
};

interface Row {
  readonly when: string;
  readonly subject: string;
  readonly of: Facts;
  readonly verdict: Verdict;
  readonly message: RegExp;
  readonly fix?: RegExp;
}

const ROWS: readonly Row[] = [
  {
    when: "a port is the group dialout's, which this user has been added to",
    subject: "Serial ports",
    of: facts({ serialPorts: () => [PORT] }, { ...GROUPS, "/dev/ttyUSB0": DIALOUT }),
    verdict: "problem",
    message:
      /^\/dev\/serial\/by-id\/usb-FTDI-1 \(\/dev\/ttyUSB0\), FTDI FT232R: .* but the group dialout may$/,
    fix: /^log in again: carol is in the group dialout since this session began$/,
  },
  {
    when: "a port is the group dialout's, which this user is not in",
    subject: "Serial ports",
    of: facts({
      serialPorts: () => [PORT],
      files: fakeFiles({ ...GROUPS, "/dev/ttyUSB0": DIALOUT }, 1001),
    }),
    verdict: "problem",
    message: /but the group dialout may$/,
    fix: /^sudo usermod -aG dialout dave, and log in again$/,
  },
  {
    when: "a port may be used by nobody but root",
    subject: "Serial ports",
    of: facts({ serialPorts: () => [PORT] }, { ...GROUPS, "/dev/ttyUSB0": ROOT_ONLY }),
    verdict: "problem",
    message: /nor may any group$/,
  },
  {
    when: "a port is in use",
    subject: "Serial ports",
    of: facts({ serialPorts: () => [PORT] }, {
      ...GROUPS,
      "/dev/ttyUSB0": { ...DIALOUT, mine: true },
      "/proc/77/fd/5": "->/dev/ttyUSB0",
      "/proc/77/comm": "minicom",
    }),
    verdict: "warning",
    message: /in use by pid 77 \(minicom\)$/,
    fix: /^stop that program/,
  },
  {
    when: "there is no port, and this user is not in dialout",
    subject: "Serial ports",
    of: facts({ files: fakeFiles(GROUPS, 1001) }),
    verdict: "warning",
    message: /not in the group dialout, which owns serial ports/,
    fix: /^sudo usermod -aG dialout dave/,
  },
  {
    when: "this user is in dialout",
    subject: "Serial ports",
    of: facts({ files: fakeFiles(GROUPS, 1001, [1000, 20]) }),
    verdict: "ok",
    message: /^this user is in the group dialout$/,
  },
  {
    when: "the ports can't be listed",
    subject: "Serial ports",
    of: facts({
      serialPorts: () => {
        throw new Error("Cannot list the serial ports, as the library is broken");
      },
    }),
    verdict: "problem",
    message: /as the library is broken$/,
  },
  {
    when: "the system's library is not permitted",
    subject: "Serial ports",
    of: facts({ granted: ({ name }) => name !== "ffi" }),
    verdict: "unseen",
    message: /can't be listed/,
    fix: /^--allow-ffi=\/lib\/libc\.so\.6$/,
  },
  {
    when: "a USB instrument has no driver",
    subject: "USB instruments",
    of: facts({}, USBTMC),
    verdict: "problem",
    message: /^ACME Scope: the kernel's driver usbtmc is not loaded$/,
    fix: /^sudo modprobe usbtmc;/,
  },
  {
    when: "another program took a USB instrument from the driver",
    subject: "USB instruments",
    of: facts({}, {
      ...USBTMC,
      "/sys/bus/usb/drivers/usbtmc/bind": "",
      "/sys/bus/usb/devices/1-2:1.0/driver": "->../../../bus/usb/drivers/usbfs",
    }),
    verdict: "problem",
    message: /another driver has it: usbfs$/,
    fix: /plug the instrument in again/,
  },
  {
    when: "a USB instrument's file has no rule of udev's",
    subject: "USB instruments",
    of: facts({}, { ...GROUPS, "/dev/usbtmc0": ROOT_ONLY }),
    verdict: "problem",
    message: /^\/dev\/usbtmc0: .*a rule for udev is missing$/,
    fix:
      /GROUP="plugdev", MODE="0660", TAG\+="uaccess"' \| sudo tee \/etc\/udev\/rules\.d\/60-usbtmc\.rules; .*usermod -aG plugdev carol/,
  },
  {
    when: "a USB instrument is ready",
    subject: "USB instruments",
    of: facts({}, {
      ...USBTMC,
      "/sys/bus/usb/devices/1-2:1.0/driver": "->../../../bus/usb/drivers/usbtmc",
      "/dev/usbtmc0": { ...DIALOUT, mine: true },
    }),
    verdict: "ok",
    message: /^\/dev\/usbtmc0: this user may use it$/,
  },
  {
    when: "there is a board and no library",
    subject: "GPIB",
    of: facts({}, {
      ...GROUPS,
      "/dev/gpib0": { ...DIALOUT, mine: true },
      "/sys/module/gpib_common/x": "",
    }),
    verdict: "problem",
    message: /there is a board \(gpib0\), but no library/,
    fix: /libgpib\.so\.0/,
  },
  {
    when: "a board may be used by nobody",
    subject: "GPIB",
    of: facts({}, { ...GROUPS, "/dev/gpib0": ROOT_ONLY }),
    verdict: "problem",
    message: /^\/dev\/gpib0: this user may not use it/,
    fix: /usermod -aG gpib carol/,
  },
  {
    when: "linux-gpib has no boards described",
    subject: "GPIB",
    of: facts({}, { ...GROUPS, "/sys/module/gpib_common/refcnt": "0" }),
    verdict: "problem",
    message: /there is no \/etc\/gpib\.conf/,
    fix: /sudo gpib_config/,
  },
  {
    when: "a VISA library is there and broken",
    subject: "Vendor VISA",
    of: facts(
      { tryLibrary: () => Promise.resolve("its resource manager fails") },
      { ...GROUPS, "/usr/lib/libvisa.so": "" },
    ),
    verdict: "warning",
    message: /^\/usr\/lib\/libvisa\.so is of no use: its resource manager fails$/,
  },
  {
    when: "a VISA library loads",
    subject: "Vendor VISA",
    of: facts({}, { ...GROUPS, "/usr/lib/libvisa.so": "" }),
    verdict: "ok",
    message: /libvisa\.so loads$/,
  },
  {
    when: "a VISA library is there and not permitted",
    subject: "Vendor VISA",
    of: facts({
      granted: (permission) => !("path" in permission) || permission.path !== "/usr/lib/libvisa.so",
    }, { ...GROUPS, "/usr/lib/libvisa.so": "" }),
    verdict: "unseen",
    message: /there, but not tried/,
    fix: /^--allow-ffi=\/usr\/lib\/libvisa\.so$/,
  },
  {
    when: "a library hangs",
    subject: "Vendor VISA",
    of: facts(
      { tryLibrary: () => new Promise(() => {}) },
      { ...GROUPS, "/usr/lib/libvisa.so": "" },
    ),
    verdict: "warning",
    message: /not be looked at to the end: it took longer than 5 s$/,
  },
  {
    when: "a portmapper runs here",
    subject: "Network",
    of: facts({ listens: () => Promise.resolve(true) }),
    verdict: "ok",
    message: /serve-sim can't have that port too/,
  },
  {
    when: "there is no network",
    subject: "Network",
    of: facts({ networks: () => [] }),
    verdict: "warning",
    message: /in no network/,
    fix: /cable/,
  },
  {
    when: "the files can't be seen",
    subject: "USB instruments",
    of: facts({ files: { why: "Deno does not permit it", fix: "--allow-ffi=x" } }),
    verdict: "unseen",
    message: /as Deno does not permit it$/,
    fix: /^--allow-ffi=x$/,
  },
];

for (const { when, subject, of, verdict, message, fix } of ROWS) {
  Deno.test(`doctor finds ${verdict} when ${when}`, async () => {
    const all = await findings(subject, of);
    const found = all.find((one) => message.test(one.message));
    assert.ok(found !== undefined, JSON.stringify(all));
    assert.equal(found.verdict, verdict);
    if (fix === undefined) assert.equal(found.fix, undefined);
    else assert.match(found.fix ?? "", fix);
  });
}

Deno.test("doctor finds nothing wrong when nothing is plugged in", async () => {
  const all = await examine(facts({ files: fakeFiles(GROUPS, 0) }), new VirtualClock(), nobody);
  assert.deepEqual(
    all.flatMap(({ findings }) => findings).filter(({ verdict }) => verdict !== "ok"),
    [],
  );
  assert.ok(isWell(all));
  assert.match(formatReport(all), /\n0 problems, 0 warnings, 0 unseen\.\n$/);
});

Deno.test("doctor tells old versions of Deno and systems that it was not run on", () => {
  const rows: readonly (readonly [deno: string, os: string, verdicts: Verdict[]])[] = [
    ["2.9.6", "linux", ["ok", "ok", "ok"]],
    ["2.10.0", "linux", ["ok", "ok", "ok"]],
    ["3.0.0-rc.1", "darwin", ["ok", "ok", "warning"]],
    ["2.9.5", "windows", ["ok", "problem", "warning"]],
    ["1.46.0", "linux", ["ok", "problem", "ok"]],
  ];
  for (const [deno, os, verdicts] of rows) {
    const found = examineHost({ deno, os, arch: "aarch64" });
    assert.deepEqual(found.map(({ verdict }) => verdict), verdicts, `${deno} on ${os}`);
  }
});

Deno.test("doctor is given up when Ctrl-C comes", async () => {
  const context = paperContext({ signal: AbortSignal.abort() });
  assert.equal(await runProgram(["doctor"], context), 130);
  assert.equal(context.stdout.text, "");
});

Deno.test("the program doctor names each flag, and fails at nothing, when it has no permission", async () => {
  const { code, stdout, stderr } = await runChild(join(ROOT, "cli/main.ts"), {
    cwd: ROOT,
    args: ["doctor"],
    within: 30_000,
  });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /HiSLIP: not granted here; .*\n +--allow-net=HOST:4880\n/);
  assert.match(stdout, /Serial ports\n {2}unseen .*\n +--allow-ffi=/);
  assert.match(stdout, /--allow-sys=networkInterfaces/);
  assert.match(stdout, /\n0 problems, 0 warnings, \d+ unseen\.\n$/);
});

Deno.test("the program doctor sees everything when it may, and its exit code is what it found", async () => {
  const { code, stdout, stderr } = await runChild(join(ROOT, "cli/main.ts"), {
    cwd: ROOT,
    flags: ["--allow-all"],
    args: ["doctor", "--json"],
    within: 30_000,
  });
  assert.equal(stderr, "");
  const { well, examinations } = JSON.parse(stdout);
  assert.equal(code, well ? 0 : 1);
  const all: { verdict: Verdict }[] = examinations.flatMap(
    ({ findings }: { findings: { verdict: Verdict }[] }) => findings,
  );
  assert.equal(all.length > 10, true);
  if (Deno.build.os === "linux") {
    assert.deepEqual(all.filter(({ verdict }) => verdict === "unseen"), []);
  }
});
