/**
 * All examinations, at once, each with its own deadline.
 *
 * @module
 */

import type { Io } from "../../devices/transports/transport.ts";
import { within } from "../../devices/transports/within.ts";
import { asError } from "../../session/stopped.ts";
import type { Clock } from "../../time/clock.ts";
import type { Facts } from "./facts.ts";
import type { Examination, Finding } from "./finding.ts";
import { examineGpib } from "./gpib.ts";
import { examineHost } from "./host.ts";
import { examineLibraries } from "./libraries.ts";
import { examineNetwork } from "./network.ts";
import { examinePermissions } from "./permissions.ts";
import { examineSerial } from "./serial.ts";
import { examineUsb } from "./usb.ts";

type Look = (facts: Facts, io: Io) => readonly Finding[] | Promise<readonly Finding[]>;

/** The subjects, in the order of the report. */
const LOOKS: Readonly<Record<string, Look>> = {
  "System": ({ host }) => examineHost(host),
  "Permissions": examinePermissions,
  "Serial ports": examineSerial,
  "USB instruments": examineUsb,
  "GPIB": examineGpib,
  "Vendor VISA": (facts, io) => examineLibraries("visa", facts, io),
  "Network": examineNetwork,
};

/** How long a look may take, in milliseconds. */
const PATIENCE = 5000;

/**
 * Examines a computer.
 *
 * @param facts The computer.
 * @param clock What deadlines are on.
 * @param signal Gives it up.
 */
export async function examine(
  facts: Facts,
  clock: Clock,
  signal: AbortSignal,
): Promise<Examination[]> {
  const deadline = clock.monotonic() + PATIENCE;
  return await Promise.all(
    Object.entries(LOOKS).map(async ([subject, look]) => {
      const late = (): Error => new Error(`it took longer than ${PATIENCE / 1000} s`);
      try {
        const looking = Promise.try(() => look(facts, { deadline, signal }));
        return { subject, findings: await within(looking, { deadline, signal }, clock, late) };
      } catch (error) {
        signal.throwIfAborted();
        // One look that fails must not keep the others from being told.
        const message = `it could not be looked at to the end: ${asError(error).message}`;
        return { subject, findings: [{ verdict: "warning" as const, message }] };
      }
    }),
  );
}
