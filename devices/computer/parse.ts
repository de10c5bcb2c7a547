/**
 * Reading what Linux tells in `/proc` and `/sys`. Pure functions of text.
 *
 * @module
 */

/** Bytes through network interfaces since boot. */
export interface NetworkCounters {
  /** Bytes received. */
  readonly received: number;
  /** Bytes sent. */
  readonly sent: number;
}

/** Bytes from and to disks since boot. */
export interface DiskCounters {
  /** Bytes read. */
  readonly read: number;
  /** Bytes written. */
  readonly written: number;
}

/** A temperature sensor the system names. */
export interface Sensor {
  /** What the system calls it, such as `"x86_pkg_temp"`. */
  readonly name: string;
  /** The file that holds its reading. */
  readonly path: string;
}

const integer = (text: string | undefined): number =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : NaN;

/**
 * Sums the interfaces of `/proc/net/dev`: a line an interface, `name: rx-bytes` and seven more fields, then
 * `tx-bytes` and seven more.
 *
 * @param text The file.
 * @param interfaces Which to count. By default all but the loopback.
 * @returns NaN if none of them is there.
 */
export function parseNetDev(text: string, interfaces?: readonly string[]): NetworkCounters {
  let found = false;
  let received = 0;
  let sent = 0;
  for (const line of text.split("\n")) {
    // A name may itself contain a colon, as an alias "eth0:1" does.
    const match = /^\s*(\S+):\s*(\d.*)$/.exec(line);
    if (match === null) continue;
    const [, name = "", values = ""] = match;
    if (interfaces === undefined ? name === "lo" : !interfaces.includes(name)) continue;
    const fields = values.trim().split(/\s+/);
    found = true;
    received += integer(fields[0]);
    sent += integer(fields[8]);
  }
  return found ? { received, sent } : { received: NaN, sent: NaN };
}

/** Block devices that hold no data of their own, or pass it on to others in the list. */
const VIRTUAL_DISK = /^(?:loop|ram|zram|dm-|md|sr|fd)\d+/;

/** The unit of `/proc/diskstats`, whatever the disk's own sectors are. */
const SECTOR = 512;

function isPartition(name: string, names: ReadonlySet<string>): boolean {
  // "sda1" is of "sda"; a disk whose name ends in a digit puts a "p" between: "nvme0n1p2".
  const stem = name.replace(/\d+$/, "");
  return stem !== name && (names.has(stem) || (/\dp$/.test(stem) && names.has(stem.slice(0, -1))));
}

/**
 * Sums the whole disks of `/proc/diskstats` (Documentation/admin-guide/iostats.rst): after major, minor and
 * name, the third field is sectors read and the seventh sectors written. Partitions, loop devices,
 * RAM disks, RAIDs and mapped volumes would count the same bytes twice.
 *
 * @param text The file.
 * @returns NaN if there is no disk.
 */
export function parseDiskstats(text: string): DiskCounters {
  const rows = text.split("\n").map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields.length >= 10);
  const names = new Set(rows.map((fields) => fields[2] ?? ""));
  let found = false;
  let read = 0;
  let written = 0;
  for (const fields of rows) {
    const name = fields[2] ?? "";
    if (VIRTUAL_DISK.test(name) || isPartition(name, names)) continue;
    found = true;
    read += integer(fields[5]) * SECTOR;
    written += integer(fields[9]) * SECTOR;
  }
  return found ? { read, written } : { read: NaN, written: NaN };
}

/**
 * A temperature file of `/sys/class/thermal` or `/sys/class/hwmon`: millidegrees Celsius.
 *
 * @param text The file; `undefined` if it can't be read.
 * @returns °C, or NaN.
 */
export function parseMillidegrees(text: string | undefined): number {
  const trimmed = text?.trim() ?? "";
  return /^-?\d+$/.test(trimmed) ? Number(trimmed) / 1e3 : NaN;
}

/** Names of processor sensors, the best first. */
const PROCESSOR = [/^x86_pkg_temp$/, /^(coretemp|k10temp|zenpower)$/, /^cpu/i, /^soc/i];

/**
 * The sensor that tells most of a computer's temperature: the processor's, or else the first.
 *
 * @param sensors In the system's order.
 */
export function chooseSensor(sensors: readonly Sensor[]): Sensor | undefined {
  for (const pattern of PROCESSOR) {
    const found = sensors.find(({ name }) => pattern.test(name));
    if (found !== undefined) return found;
  }
  return sensors[0];
}

/** Processor time of one processor, as `os.cpus()` gives it, in ms. */
export interface ProcessorTimes {
  /** Doing nothing. */
  readonly idle: number;
  /** Everything else, by kind. */
  readonly [kind: string]: number;
}

/**
 * Processor time spent, over all processors.
 *
 * @param processors The times of each.
 * @returns In ms; both only grow.
 */
export function sumProcessors(
  processors: readonly ProcessorTimes[],
): { readonly busy: number; readonly total: number } {
  let idle = 0;
  let total = 0;
  for (const times of processors) {
    idle += times.idle;
    for (const value of Object.values(times)) total += value;
  }
  return { busy: total - idle, total };
}
