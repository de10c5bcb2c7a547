/**
 * The GPIB library as the Worker calls it: each request is one call that waits, on the one thread whose counters
 * are looked at afterwards.
 *
 * @module
 */

import { ERROR, SETTING, STATUS, STOP_AT, timeoutCode } from "./ib.ts";
import type { GpibRequest, GpibResult } from "./messages.ts";
import type { LoadedGpib } from "./load.ts";
import { POLL } from "./pace.ts";

type DeviceRequest = Extract<GpibRequest, { device: number }>;
type BoardRequest = Extract<GpibRequest, { board: number }>;

/** The devices of one board. */
export class GpibCalls {
  readonly #library: LoadedGpib;
  readonly #devices = new Set<number>();
  /** What was set last, so that nothing is set twice: device or board, and the setting. */
  readonly #set = new Map<string, number>();

  /** @param library Belongs to these calls from now on. */
  constructor(library: LoadedGpib) {
    this.#library = library;
  }

  /** Does what is asked. */
  do(request: Exclude<GpibRequest, { kind: "load" | "end" }>): GpibResult {
    if (request.kind === "open") return this.#open(request);
    return "device" in request ? this.#forDevice(request) : this.#forBoard(request);
  }

  /** Closes all devices. */
  end(): void {
    for (const device of this.#devices) this.#library.symbols.ibonl(device, 0);
    this.#devices.clear();
    this.#library.close();
  }

  /** The result of a call that has just returned. */
  #result(status: number, more: Omit<GpibResult, "status"> = {}): GpibResult {
    const bits = status & 0xffff;
    if ((bits & STATUS.ERR) === 0) return { status: bits, ...more };
    return { status: bits, error: this.#library.error(), count: this.#library.count(), ...more };
  }

  #open({ board, primary, secondary }: Extract<GpibRequest, { kind: "open" }>): GpibResult {
    const { ibdev, ibconfig } = this.#library.symbols;
    const device = ibdev(board, primary, secondary, timeoutCode(1000), 1, 0);
    if (device < 0) return this.#result(STATUS.ERR);
    this.#devices.add(device);
    // A library that polls by itself would take service requests away. Those that can't, refuse this.
    ibconfig(board, SETTING.AUTOPOLL, 0);
    ibconfig(device, SETTING.POLL_TIME, timeoutCode(POLL));
    return { status: 0, value: device };
  }

  #forDevice(request: DeviceRequest): GpibResult {
    const { device } = request;
    const { symbols } = this.#library;
    if ("timeout" in request) {
      const failure = this.#configure(device, SETTING.TMO, request.timeout);
      if (failure !== undefined) return failure;
    }
    switch (request.kind) {
      case "close": {
        this.#devices.delete(device);
        for (const key of [...this.#set.keys()]) {
          if (key.startsWith(`${device}:`)) this.#set.delete(key);
        }
        return this.#result(symbols.ibonl(device, 0));
      }
      case "write": {
        const failure = this.#configure(device, SETTING.EOT, request.end ? 1 : 0);
        if (failure !== undefined) return failure;
        const status = symbols.ibwrt(device, request.data, BigInt(request.data.length));
        return this.#result(status, { count: this.#library.count() });
      }
      case "read":
        return this.#read(request);
      case "clear":
        return this.#result(symbols.ibclr(device));
      case "trigger":
        return this.#result(symbols.ibtrg(device));
      case "local":
        return this.#result(symbols.ibloc(device));
      case "poll": {
        const out = new Uint8Array(1);
        return this.#result(symbols.ibrsp(device, out), { value: out[0] ?? 0 });
      }
    }
  }

  #read({ device, most, stopAt }: Extract<GpibRequest, { kind: "read" }>): GpibResult {
    const mode = stopAt === undefined ? 0 : STOP_AT | stopAt;
    const failure = this.#configure(device, SETTING.EOS_READ, mode);
    if (failure !== undefined) return failure;
    const buffer = new Uint8Array(most);
    const status = this.#library.symbols.ibrd(device, buffer, BigInt(most));
    // A time-out may come after a part. A failed system call leaves its own number instead of a count.
    const failed = (status & STATUS.ERR) !== 0 && this.#library.error() === ERROR.EDVR;
    const data = buffer.slice(0, failed ? 0 : this.#library.count());
    return this.#result(status, { data });
  }

  #forBoard(request: Exclude<BoardRequest, { kind: "open" }>): GpibResult {
    const { board } = request;
    const { symbols } = this.#library;
    switch (request.kind) {
      case "remote":
        return this.#result(symbols.ibsre?.(board, 1) ?? symbols.ibconfig(board, SETTING.SRE, 1));
      case "interfaceClear":
        return this.#result(symbols.ibsic(board));
      case "requested":
        // A mask of nothing does not wait.
        return this.#result(symbols.ibwait(board, 0));
      case "ownAddress": {
        const out = new Int32Array(1);
        return this.#result(symbols.ibask(board, SETTING.PAD, out), { value: out[0] ?? 0 });
      }
      case "listens": {
        const failure = this.#configure(board, SETTING.TMO, request.timeout);
        if (failure !== undefined) return failure;
        const out = new Int16Array(1);
        const status = symbols.ibln(board, request.primary, request.secondary, out);
        return this.#result(status, { value: out[0] ?? 0 });
      }
    }
  }

  /** Sets something that is not so already; gives the failure if it can't be. */
  #configure(unit: number, setting: number, value: number): GpibResult | undefined {
    const key = `${unit}:${setting}`;
    if (this.#set.get(key) === value) return undefined;
    const status = this.#apply(unit, setting, value);
    if ((status & STATUS.ERR) !== 0) return this.#result(status);
    this.#set.set(key, value);
    return undefined;
  }

  #apply(unit: number, setting: number, value: number): number {
    const { ibtmo, ibeot, ibeos, ibconfig } = this.#library.symbols;
    const one = setting === SETTING.TMO ? ibtmo : setting === SETTING.EOT ? ibeot : ibeos;
    if (one !== null) return one(unit, value);
    if (setting !== SETTING.EOS_READ) return ibconfig(unit, setting, value);
    // The same in three settings, and their errors in one status.
    return ibconfig(unit, SETTING.EOS_BYTE, value & 0xff) |
      ibconfig(unit, SETTING.EOS_COMPARE, value === 0 ? 0 : 1) |
      ibconfig(unit, SETTING.EOS_READ, value === 0 ? 0 : 1);
  }
}
