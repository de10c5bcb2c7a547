/**
 * Where a computer's figures come from: the system, or a simulation.
 *
 * @module
 */

import { cpus } from "node:os";
import type { Clock } from "../../time/clock.ts";
import { isGranted, type KernelFiles } from "./kernel_files.ts";
import {
  chooseSensor,
  type DiskCounters,
  type NetworkCounters,
  parseDiskstats,
  parseMillidegrees,
  parseNetDev,
  type Sensor,
  sumProcessors,
} from "./parse.ts";

/** Figures as they are at the moment; NaN for what isn't known. */
export interface Source extends Disposable {
  /** Mean number of runnable processes over 1, 5 and 15 minutes. */
  load(): readonly [number, number, number];
  /** Memory in bytes. */
  memory(): { readonly used: number; readonly free: number; readonly swap: number };
  /** Processor time since boot. */
  processors(): { readonly busy: number; readonly total: number };
  /** °C. */
  temperature(): number;
  /** Bytes since boot. */
  network(): NetworkCounters;
  /** Bytes since boot. */
  disk(): DiskCounters;
  /** Seconds since boot. */
  uptime(): number;
}

/** The kinds of `--allow-sys` that the system's figures need. */
export const SYS = ["loadavg", "systemMemoryInfo", "cpus", "osUptime"] as const;

/** Highest number of a sensor that is looked for; numbers may have holes. */
const SENSORS = 16;

/** The sensors the kernel names. Folders aren't listed, as that would take further calls of C. */
export function findSensors(files: KernelFiles): readonly Sensor[] {
  const sensors: Sensor[] = [];
  for (const [folder, nameFile, valueFile] of SENSOR_FILES) {
    for (let index = 0; index < SENSORS; index++) {
      const name = files.read(`${folder}${index}/${nameFile}`)?.trim();
      const path = `${folder}${index}/${valueFile}`;
      if (name !== undefined && !Number.isNaN(parseMillidegrees(files.read(path)))) {
        sensors.push({ name, path });
      }
    }
  }
  return sensors;
}

const SENSOR_FILES = [
  ["/sys/class/thermal/thermal_zone", "type", "temp"],
  ["/sys/class/hwmon/hwmon", "name", "temp1_input"],
] as const;

/**
 * The system's own figures, as far as permissions that are granted already go.
 *
 * @param files The way to the kernel's files, if there is one; it is closed with the source.
 * @param interfaces Network interfaces to count. By default all but the loopback.
 */
export function systemSource(
  files: KernelFiles | undefined,
  interfaces: readonly string[] | undefined,
): Source {
  const allowed = new Set<string>(SYS.filter((kind) => isGranted({ name: "sys", kind })));
  const sensor = files === undefined ? undefined : chooseSensor(findSensors(files));
  const text = (path: string): string => files?.read(path) ?? "";
  return {
    load: () =>
      // Windows has no such figure, and Deno gives zeros there.
      allowed.has("loadavg") && Deno.build.os !== "windows"
        ? Deno.loadavg() as [number, number, number]
        : [NaN, NaN, NaN],
    memory: () => {
      if (!allowed.has("systemMemoryInfo")) return { used: NaN, free: NaN, swap: NaN };
      const { total, available, swapTotal, swapFree } = Deno.systemMemoryInfo();
      return { used: total - available, free: available, swap: swapTotal - swapFree };
    },
    processors: () =>
      allowed.has("cpus")
        ? sumProcessors(cpus().map(({ times }) => ({ ...times })))
        : { busy: NaN, total: NaN },
    temperature: () => sensor === undefined ? NaN : parseMillidegrees(files?.read(sensor.path)),
    network: () => parseNetDev(text("/proc/net/dev"), interfaces),
    disk: () => parseDiskstats(text("/proc/diskstats")),
    uptime: () => allowed.has("osUptime") ? Deno.osUptime() : NaN,
    [Symbol.dispose]: () => files?.[Symbol.dispose](),
  };
}

/** A slow wave between -1 and 1; `integral` is its integral over time from zero on, in seconds. */
function wave(seconds: number, period: number): { value: number; integral: number } {
  const omega = 2 * Math.PI / period;
  return {
    value: Math.sin(omega * seconds),
    integral: (1 - Math.cos(omega * seconds)) / omega,
  };
}

/**
 * Plausible figures that depend on the clock only. Counters are the exact integrals of their rates, so
 * they don't depend on how often they are read.
 *
 * @param clock The session's clock.
 */
export function simulatedSource(clock: Clock): Source {
  const seconds = (): number => clock.monotonic() / 1e3;
  const counter = (rate: number, period: number): number => {
    const t = seconds();
    return Math.round(rate * (t + 0.5 * wave(t, period).integral));
  };
  return {
    load: () => {
      const t = seconds();
      return [
        0.4 + 0.3 * wave(t, 1_800).value,
        0.4 + 0.2 * wave(t - 120, 1_800).value,
        0.4 + 0.1 * wave(t - 300, 1_800).value,
      ];
    },
    memory: () => {
      const used = Math.round(4e9 + 5e8 * wave(seconds(), 7_200).value);
      return { used, free: 16e9 - used, swap: 0 };
    },
    processors: () => {
      const t = seconds();
      return { busy: 0.2 * t + 0.15 * wave(t, 1_800).integral, total: t };
    },
    temperature: () => Math.round(1e3 * (48 + 6 * wave(seconds() - 60, 1_800).value)) / 1e3,
    network: () => ({ received: counter(20_000, 600), sent: counter(5_000, 900) }),
    disk: () => ({ read: counter(2_000, 1_200), written: counter(50_000, 300) }),
    uptime: () => Math.floor(seconds()),
    [Symbol.dispose]() {},
  };
}
