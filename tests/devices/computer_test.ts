import assert from "node:assert/strict";
import { type Computer, computer, type ComputerReading } from "../../devices/computer.ts";
import { libraryPaths } from "../../devices/computer/kernel_files.ts";
import type { DeviceContext, DeviceEvent } from "../../devices/device.ts";
import { VirtualClock } from "../../time/virtual_clock.ts";

function simulated(clock: VirtualClock): Computer {
  const { signal } = new AbortController();
  const context: DeviceContext = { name: "pc", clock, signal, report: () => {} };
  return computer().simulate?.(context) as Computer;
}

const linux = Deno.build.os === "linux";
const SYS = ["loadavg", "systemMemoryInfo", "cpus", "osUptime"];

Deno.test("computer() names the permissions it uses, the C library only when counters are asked for", () => {
  assert.deepEqual(computer().permissions, { sys: SYS });
  assert.deepEqual(computer({ libc: "/opt/libc.so" }).permissions, { sys: SYS });
  const asked = computer({ counters: true, libc: "/opt/libc.so" }).permissions;
  assert.deepEqual(asked, linux ? { sys: SYS, ffi: ["/opt/libc.so"] } : { sys: SYS });
  const usual = computer({ counters: true }).permissions?.ffi ?? [];
  assert.ok(usual.every((path) => path.startsWith("/")));
  assert.equal(usual.length > 0, linux);
});

Deno.test("simulate() gives the same values when the time is the same, however often they are read", async () => {
  const often = new VirtualClock({ automatic: false });
  const once = new VirtualClock({ automatic: false });
  const a = simulated(often);
  const b = simulated(once);
  for (let i = 0; i < 60; i++) {
    await often.advance(10_000);
    a.read();
  }
  await once.advance(600_000);
  const first = a.read();
  const second = b.read();
  for (const name of Object.keys(second) as (keyof ComputerReading)[]) {
    if (/Rate$|^cpu$/.test(name)) continue;
    assert.equal(first[name], second[name], name);
  }
});

Deno.test("simulate() gives plausible values, all of them, when time passes", async () => {
  const clock = new VirtualClock({ automatic: false });
  using pc = simulated(clock);
  let last = pc.read();
  assert.equal(last.cpu, undefined, "no time has passed since it was opened");
  for (let i = 0; i < 500; i++) {
    await clock.advance(60_000);
    const now = pc.read();
    const { cpu, temperature, memoryUsed, memoryFree, networkReceived, diskWritten } = now;
    assert.equal(Object.keys(now).length, 17);
    assert.ok(Object.values(now).every((value) => Number.isFinite(value) && value >= 0));
    assert.ok(cpu !== undefined && cpu > 0 && cpu < 1);
    assert.ok(temperature !== undefined && temperature > 30 && temperature < 70);
    assert.equal((memoryUsed ?? 0) + (memoryFree ?? 0), 16e9);
    assert.ok((networkReceived ?? 0) > (last.networkReceived ?? 0));
    assert.ok((diskWritten ?? 0) > (last.diskWritten ?? 0));
    last = now;
  }
});

Deno.test("network() and disk() give rates that are the counters' growth per second", async () => {
  const clock = new VirtualClock({ automatic: false });
  using pc = simulated(clock);
  await clock.advance(1_000);
  const [network, disk] = [pc.network(), pc.disk()];
  await clock.advance(4_000);
  const [later, laterDisk] = [pc.network(), pc.disk()];
  const rates: [number, number, number][] = [
    [later.networkReceiveRate, later.networkReceived, network.networkReceived],
    [later.networkSendRate, later.networkSent, network.networkSent],
    [laterDisk.diskReadRate, laterDisk.diskRead, disk.diskRead],
    [laterDisk.diskWriteRate, laterDisk.diskWritten, disk.diskWritten],
  ];
  for (const [rate, now, before] of rates) assert.equal(rate, (now - before) / 4);
  assert.equal(
    network.networkReceiveRate,
    network.networkReceived,
    "the first counts from opening",
  );
  assert.equal(pc.network().networkReceiveRate, NaN, "no time has passed");
});

Deno.test("[Symbol.dispose]() ends the use of a computer, once or twice", () => {
  const pc = simulated(new VirtualClock());
  pc[Symbol.dispose]();
  pc[Symbol.dispose]();
  for (
    const use of [
      () => pc.load(),
      () => pc.memory(),
      () => pc.cpu(),
      () => pc.temperature(),
      () => pc.network(),
      () => pc.disk(),
      () => pc.uptime(),
      () => pc.read(),
    ]
  ) assert.throws(use, { name: "TypeError", message: /closed/ });
});

Deno.test("a reading is an entry that a task can return", () => {
  const reading: ComputerReading = {};
  const entry: Record<string, number> = reading;
  assert.deepEqual(entry, {});
});

/** What a process of its own saw of the computer, and which permissions it touched. */
interface Seen {
  readonly reading: Record<string, number>;
  readonly direct: Record<string, number | null>;
  readonly events: DeviceEvent[];
  readonly texts: Record<string, string | null>;
  readonly touched: readonly string[];
}

const modules = new URL("../../devices/", import.meta.url);

function script(options: string, paths: readonly string[]): string {
  return `
    import { computer } from ${JSON.stringify(new URL("computer.ts", modules).href)};
    import { openKernelFiles } from ${
    JSON.stringify(new URL("computer/kernel_files.ts", modules).href)
  };
    const definition = computer(${options});
    const events = [];
    let now = 0;
    const pc = definition.open({
      name: "pc",
      clock: { monotonic: () => now += 1000 },
      signal: new AbortController().signal,
      report: (event) => events.push(event),
    });
    // Some ticks of the processor's time, so that cpu() has something to say.
    let previous = "";
    for (let i = 0; i < 5_000_000; i++) previous = String(i);
    const direct = { ...pc.load(), ...pc.memory(), ...pc.network(), ...pc.disk(), uptime: pc.uptime() };
    for (let i = 0; i < 5_000_000; i++) previous = String(i);
    const reading = pc.read();
    pc[Symbol.dispose]();
    const texts = {};
    const paths = ${JSON.stringify(paths)};
    if (paths.length > 0) {
      using files = openKernelFiles(${JSON.stringify(libraryPaths())});
      // Were files left open, so small a process would hold descriptor 300 now.
      for (let i = 0; i < 400; i++) files?.read(paths[0]);
      texts.leaked = files?.read("/proc/self/fdinfo/300") ?? null;
      for (const path of paths) texts[path] = files?.read(path) ?? null;
    }
    console.log(JSON.stringify({ reading, direct, events, texts }));
  `;
}

/** Runs the computer in a process of its own. With no terminal, a prompt would be a refusal. */
async function inProcess(
  flags: readonly string[],
  options: string,
  paths: readonly string[] = [],
): Promise<Seen> {
  const folder = Deno.makeTempDirSync();
  try {
    const file = `${folder}/main.js`;
    const audit = `${folder}/audit.jsonl`;
    Deno.writeTextFileSync(file, script(options, paths));
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "--no-lock", "--no-remote", ...flags, file],
      env: { DENO_AUDIT_PERMISSIONS: audit, NO_COLOR: "1" },
      stdin: "null",
    }).output();
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    let lines = "";
    try {
      lines = Deno.readTextFileSync(audit);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    const touched = lines.split("\n").filter((line) => line !== "").map((line) => {
      const { permission, value } = JSON.parse(line) as { permission: string; value: string };
      return `${permission} ${value}`;
    });
    const seen = JSON.parse(new TextDecoder().decode(stdout)) as Omit<Seen, "touched">;
    return { ...seen, touched: [...new Set(touched)].sort() };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** A machine may have no sensor, as many a virtual one; that alone may be missing, and is said. */
function assertOnlySensorMissing(
  reading: Readonly<Record<string, number>>,
  events: readonly DeviceEvent[],
): void {
  const said = "Temperature is not measured, as the system names no sensor.";
  const expected = "temperature" in reading ? [] : [said];
  assert.deepEqual(events.map(({ message }) => message), expected);
}

function flagsFor(permissions: Readonly<Record<string, readonly string[]>>): string[] {
  return Object.entries(permissions).map(([name, values]) => `--allow-${name}=${values.join(",")}`);
}

const ALWAYS = ["load1", "load5", "load15", "memoryUsed", "memoryFree", "swapUsed", "uptime"];

Deno.test("computer() measures and touches exactly what its definition names", async () => {
  const { reading, events, touched } = await inProcess(
    flagsFor({ sys: computer().permissions?.sys ?? [] }),
    "{}",
  );
  assert.deepEqual(touched, SYS.map((kind) => `sys ${kind}`).sort());
  const expected = ALWAYS.filter((name) => Deno.build.os !== "windows" || !/^load/.test(name));
  for (const name of expected) assert.ok((reading[name] ?? -1) >= 0, name);
  assert.ok((reading.memoryFree ?? 0) > 1e6, "bytes");
  const cpu = reading.cpu ?? NaN;
  assert.ok(cpu > 0 && cpu <= 1, `cpu ${cpu}`);
  for (const name of ["networkReceived", "diskRead", "temperature"]) {
    assert.equal(name in reading, false, name);
  }
  assert.equal(events.length, 1);
  const message = events[0]?.message ?? "";
  assert.match(message, linux ? /--allow-ffi=\/.*counters: true/ : /only Linux/);
});

Deno.test({
  name: "computer() with counters measures and touches exactly what its definition names",
  ignore: !linux,
  fn: async () => {
    const { sys = [], ffi = [] } = computer({ counters: true }).permissions ?? {};
    const { reading, direct, events, touched } = await inProcess(
      flagsFor({ sys, ffi }),
      "{ counters: true, interfaces: ['lo'] }",
    );
    const libraries = touched.filter((line) => line.startsWith("ffi "));
    assert.deepEqual(touched.filter((line) => line.startsWith("sys ")), [
      "sys cpus",
      "sys loadavg",
      "sys osUptime",
      "sys systemMemoryInfo",
    ]);
    assert.equal(touched.length, SYS.length + libraries.length, touched.join("\n"));
    assert.ok(libraries.length > 0);
    for (const line of libraries) assert.ok(ffi.includes(line.slice("ffi ".length)), line);
    assertOnlySensorMissing(reading, events);
    assert.ok((reading.networkReceived ?? -1) >= 0);
    assert.ok((reading.networkReceiveRate ?? -1) >= 0);
    assert.ok((reading.networkReceived ?? -1) >= (direct.networkReceived ?? 0));
  },
});

Deno.test({
  name: "computer() with everything allowed reads the kernel's files without the C library",
  ignore: !linux,
  fn: async () => {
    const { reading, events, touched } = await inProcess(["--allow-all"], "{ interfaces: ['lo'] }");
    assertOnlySensorMissing(reading, events);
    assert.ok((reading.networkReceived ?? -1) >= 0);
    assert.deepEqual(touched.filter((line) => line.startsWith("ffi ")), []);
  },
});

Deno.test("computer() asks for nothing when nothing is granted, and says what it lacks", async () => {
  const { reading, direct, events, touched } = await inProcess([], "{ counters: true }");
  assert.deepEqual(touched, []);
  assert.deepEqual(reading, {});
  // NaN travels as null in JSON.
  assert.deepEqual(new Set(Object.values(direct)), new Set([null]));
  assert.equal(events.length, 1);
  assert.equal(events[0]?.kind, "unavailable");
  assert.match(events[0]?.message ?? "", /--allow-sys=loadavg,systemMemoryInfo,cpus,osUptime/);
});

Deno.test({
  name: "computer() falls back when a deny flag takes the kernel's files away",
  ignore: !linux,
  fn: async () => {
    const { reading, events } = await inProcess(
      ["--allow-all", "--deny-net=example.invalid"],
      "{ interfaces: ['lo'] }",
    );
    assertOnlySensorMissing(reading, events);
    assert.ok((reading.networkReceived ?? -1) >= 0);
  },
});

Deno.test({
  name: "openKernelFiles() reads by the C library what Deno reads, whatever its length",
  ignore: !linux,
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    try {
      // Longer than a read of the library, with characters across the border of two reads.
      const long = "°µΩ 1234567 ".repeat(20_000);
      Deno.writeTextFileSync(`${folder}/long`, long);
      Deno.writeTextFileSync(`${folder}/empty`, "");
      const paths = [
        "/proc/version",
        `${folder}/long`,
        `${folder}/empty`,
        `${folder}/absent`,
        folder,
      ];
      const { texts } = await inProcess(flagsFor({ ffi: libraryPaths() }), "{}", paths);
      assert.equal(texts.leaked, null);
      assert.equal(texts["/proc/version"], Deno.readTextFileSync("/proc/version"));
      assert.ok(texts[`${folder}/long`] === long);
      assert.equal(texts[`${folder}/empty`], "");
      assert.equal(texts[`${folder}/absent`], null);
      assert.equal(texts[folder], null, "a folder opens but can't be read");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});
