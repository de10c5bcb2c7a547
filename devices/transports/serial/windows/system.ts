/**
 * Serial ports on Windows, from its documentation. It is tested against a stand-in of its libraries, and has
 * not been run on Windows yet.
 *
 * @module
 */

import { LinkError } from "../../errors.ts";
import { type Share, SharedPlatform } from "../shared.ts";
import type { SerialHandle, SerialRequest, SerialSystem } from "../system.ts";
import { loadFirst } from "../unix/library.ts";
import {
  baudRateOf,
  DCB_SIZE,
  differences,
  linesOf,
  packDcb,
  packTimeouts,
  wideString,
} from "./dcb.ts";
import { Events } from "./events.ts";
import { INVALID_HANDLE, type Kernel32, KERNEL32_PATHS, loadKernel32 } from "./kernel32.ts";
import { ADVAPI32_PATHS, listWindowsPorts } from "./list.ts";
import { WindowsPort } from "./port.ts";

const READ_AND_WRITE = 0xc0000000;
const OPEN_EXISTING = 3;
const OVERLAPPED = 0x40000000;
const ERROR = { fileNotFound: 2, pathNotFound: 3, accessDenied: 5 } as const;

/** What all ports share: the library with the wait that hands out events. */
interface Windows {
  readonly kernel32: Kernel32;
  readonly events: Events;
}

/** The name that Windows takes for any port; without the prefix it knows nine. */
export function devicePath(path: string): string {
  return path.startsWith("\\\\.\\") ? path : `\\\\.\\${path}`;
}

function openingError(code: number): string {
  switch (code) {
    case ERROR.fileNotFound:
    case ERROR.pathNotFound:
      return "there is no such port. Look at its plug; serialPorts() tells which ports there are.";
    case ERROR.accessDenied:
      return "it is in use by another program, or this user may not. Windows does not say by which " +
        "program: look for one that has it open.";
    default:
      return `the system says error ${code}. Look at its plug and its driver.`;
  }
}

function openPort(request: SerialRequest, share: Share<Windows>): SerialHandle {
  const { kernel32: k, events } = share.calls;
  const { path, settings, resource } = request;
  const refuse = (why: string): LinkError =>
    new LinkError(`Cannot open ${path} as a serial port, as ${why}`, resource);
  // Nothing is shared: who comes second is refused.
  const name = wideString(devicePath(path));
  const handle = k.CreateFileW(name, READ_AND_WRITE, 0, 0n, OPEN_EXISTING, OVERLAPPED, 0n);
  if (handle === INVALID_HANDLE) throw refuse(openingError(k.GetLastError()));
  try {
    const dcb = new Uint8Array(new ArrayBuffer(DCB_SIZE));
    dcb[0] = DCB_SIZE;
    if (k.GetCommState(handle, dcb) === 0) {
      throw refuse("it is no serial port. Look at the name.");
    }
    if (
      k.SetCommState(handle, packDcb(dcb, settings)) === 0 ||
      k.SetCommTimeouts(handle, packTimeouts()) === 0 ||
      k.GetCommState(handle, dcb) === 0
    ) {
      throw refuse(
        `its driver refuses ${settings.baudRate} baud, ${settings.dataBits} data bits, parity ` +
          `${settings.parity}, ${settings.stopBits} stop bits. Choose others, here and at the ` +
          "instrument, or use another adapter.",
      );
    }
    const wrong = differences(dcb, settings);
    if (wrong.length > 0) {
      throw refuse(
        `its driver takes the settings otherwise: ${wrong.join(", ")}. ` +
          "Choose others, here and at the instrument, or use another adapter.",
      );
    }

    const facts = { handle, path, resource, baudRate: baudRateOf(dcb), lines: linesOf(dcb) };
    const registered = events.register();
    const port = new WindowsPort({ ...facts, ...registered }, {
      calls: k,
      poller: share.poller,
      give: () => share.give(),
    });
    try {
      port.flush(true, true);
    } catch (error) {
      share.poller.remove(registered.source);
      throw error;
    }
    return port;
  } catch (error) {
    k.CloseHandle(handle);
    throw error;
  }
}

/**
 * Serial ports on Windows.
 *
 * @param kernel32 Where the library of ports is.
 * @param advapi32 Where the library of the registry is, for the list.
 */
export function windowsSystem(
  kernel32: readonly string[] = KERNEL32_PATHS,
  advapi32: readonly string[] = ADVAPI32_PATHS,
): SerialSystem {
  const shared = new SharedPlatform<Windows>(() => {
    const library = loadFirst(kernel32, "open a serial port", loadKernel32);
    const events = new Events(library.symbols);
    return {
      calls: { kernel32: library.symbols, events },
      readiness: events,
      unload: () => library.close(),
    };
  });
  return {
    open(request) {
      const share = shared.take("open a serial port");
      try {
        return openPort(request, share);
      } catch (error) {
        share.giveNow();
        throw error;
      }
    },
    ports: () => listWindowsPorts(advapi32),
  };
}
