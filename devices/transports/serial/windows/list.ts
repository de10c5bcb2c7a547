/**
 * The serial ports of a Windows computer, from its registry.
 *
 * @module
 */

import type { SerialPortInfo } from "../control.ts";
import { loadFirst } from "../unix/library.ts";
import { fromWideString, wideString } from "./dcb.ts";

const SYMBOLS = {
  RegOpenKeyExW: { parameters: ["u64", "buffer", "u32", "u32", "buffer"], result: "u32" },
  RegEnumValueW: {
    parameters: ["u64", "u32", "buffer", "buffer", "u64", "u64", "buffer", "buffer"],
    result: "u32",
  },
  RegCloseKey: { parameters: ["u64"], result: "u32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** Where the library is. */
export const ADVAPI32_PATHS: readonly string[] = ["C:\\Windows\\System32\\advapi32.dll"];

const LOCAL_MACHINE = 0xffffffff80000002n;
const KEY_READ = 0x20019;
const MOST_PORTS = 256;
const LONGEST = 512;

function compareNumbers(a: SerialPortInfo, b: SerialPortInfo): number {
  return a.path.localeCompare(b.path, "en", { numeric: true });
}

/** The ports that drivers have entered. */
export function listWindowsPorts(candidates: readonly string[]): SerialPortInfo[] {
  const library = loadFirst(
    candidates,
    "list the serial ports",
    (path) => Deno.dlopen(path, SYMBOLS),
  );
  try {
    const { RegOpenKeyExW, RegEnumValueW, RegCloseKey } = library.symbols;
    const key = new BigUint64Array(1);
    const name = wideString("HARDWARE\\DEVICEMAP\\SERIALCOMM");
    // A computer without any port has no such key.
    if (RegOpenKeyExW(LOCAL_MACHINE, name, 0, KEY_READ, key) !== 0) return [];
    const ports: SerialPortInfo[] = [];
    for (let index = 0; index < MOST_PORTS; index++) {
      const valueName = new Uint8Array(LONGEST);
      const data = new Uint8Array(LONGEST);
      const nameLength = new Uint32Array([LONGEST / 2]);
      const dataLength = new Uint32Array([LONGEST]);
      const result = RegEnumValueW(
        key[0] ?? 0n,
        index,
        valueName,
        nameLength,
        0n,
        0n,
        data,
        dataLength,
      );
      if (result !== 0) break;
      ports.push({ path: fromWideString(data), driver: fromWideString(valueName) });
    }
    RegCloseKey(key[0] ?? 0n);
    return ports.sort(compareNumbers);
  } finally {
    library.close();
  }
}
