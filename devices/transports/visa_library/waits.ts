/**
 * Waits in a VISA library that are cut in pieces, so that they can be given up in between.
 *
 * @module
 */

import { cstring, failed, type LoadedVisa } from "./load.ts";
import type { FromVisa } from "./messages.ts";
import { SERVICE_REQUEST, STATUS } from "./visa.ts";

/** Longest wait in one call. Milliseconds. */
const SLICE = 200;

type Symbols = LoadedVisa["library"]["symbols"];

/** Whether the one who asked has given up. */
export interface Asked {
  /** True from then on. */
  cancelled: boolean;
}

/** Locks a session; a lock that nobody waits for any longer is given back. */
export async function lockInSlices(
  { viLock, viUnlock }: Symbols,
  vi: number,
  { key, timeout }: { readonly key: string | undefined; readonly timeout: number },
  asked: Asked,
): Promise<number> {
  if (viLock === null || viUnlock === null) return STATUS.NSUP_OPER;
  const out = new Uint8Array(1024);
  const wanted = key === undefined ? null : cstring(key);
  for (let left = timeout;; left -= SLICE) {
    const slice = Math.max(0, Math.min(left, SLICE));
    const status = await viLock(vi, wanted === null ? 1 : 2, slice, wanted, out) >>> 0;
    if (!failed(status)) {
      if (!asked.cancelled) return status;
      await viUnlock(vi);
      return STATUS.TMO;
    }
    if (status !== STATUS.TMO || left <= SLICE || asked.cancelled) return status;
  }
}

/** Tells service requests with the status byte until it is stopped or the session is lost. */
export async function tellRequests(
  { viWaitOnEvent, viReadSTB, viClose }: Symbols,
  vi: number,
  state: { readonly stop: boolean },
  say: (message: FromVisa) => void,
): Promise<void> {
  while (!state.stop && viWaitOnEvent !== null) {
    const type = new Uint32Array(1);
    const context = new Uint32Array(1);
    const status = await viWaitOnEvent(vi, SERVICE_REQUEST, SLICE, type, context) >>> 0;
    if (status === STATUS.TMO) continue;
    if (failed(status)) return;
    await viClose(context[0] ?? 0);
    const out = new Uint16Array(1);
    const polled = viReadSTB === null ? STATUS.NSUP_OPER : await viReadSTB(vi, out) >>> 0;
    const statusByte = failed(polled) ? undefined : (out[0] ?? 0) & 0xff;
    if (!state.stop) say({ session: vi, statusByte });
  }
}
