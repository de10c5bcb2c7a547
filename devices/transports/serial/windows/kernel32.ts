/**
 * Windows' library, as far as serial ports need it. Handles are numbers here.
 *
 * @module
 */

const SYMBOLS = {
  CreateFileW: {
    parameters: ["buffer", "u32", "u32", "u64", "u32", "u32", "u64"],
    result: "u64",
  },
  CloseHandle: { parameters: ["u64"], result: "i32" },
  GetLastError: { parameters: [], result: "u32" },
  GetCommState: { parameters: ["u64", "buffer"], result: "i32" },
  SetCommState: { parameters: ["u64", "buffer"], result: "i32" },
  SetCommTimeouts: { parameters: ["u64", "buffer"], result: "i32" },
  PurgeComm: { parameters: ["u64", "u32"], result: "i32" },
  ClearCommError: { parameters: ["u64", "buffer", "buffer"], result: "i32" },
  EscapeCommFunction: { parameters: ["u64", "u32"], result: "i32" },
  GetCommModemStatus: { parameters: ["u64", "buffer"], result: "i32" },
  ReadFile: { parameters: ["u64", "buffer", "u32", "u64", "buffer"], result: "i32" },
  WriteFile: { parameters: ["u64", "buffer", "u32", "u64", "buffer"], result: "i32" },
  CancelIoEx: { parameters: ["u64", "u64"], result: "i32" },
  CreateEventW: { parameters: ["u64", "i32", "i32", "u64"], result: "u64" },
  SetEvent: { parameters: ["u64"], result: "i32" },
  WaitForSingleObject: { parameters: ["u64", "u32"], result: "u32" },
  WaitForMultipleObjects: {
    parameters: ["u32", "buffer", "i32", "u32"],
    result: "u32",
    nonblocking: true,
  },
} as const satisfies Deno.ForeignLibraryInterface;

/** The functions as they are loaded. */
export type Kernel32 = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** Where the library is. */
export const KERNEL32_PATHS: readonly string[] = ["C:\\Windows\\System32\\kernel32.dll"];

/** What a failed opening gives for a handle. */
export const INVALID_HANDLE = 0xffffffffffffffffn;

/** Loads the library at this path. */
export function loadKernel32(path: string): { readonly symbols: Kernel32; close(): void } {
  return Deno.dlopen(path, SYMBOLS);
}
