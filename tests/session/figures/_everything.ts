/**
 * A run with something of every kind that a plot can show.
 *
 * @module
 */

import type { Session } from "../../../session/session.ts";
import { START } from "../_session.ts";

/** Seconds from one entry to the next. */
export const PERIOD = 0.5;
/** How many entries hold `noise` and `spiky`. */
export const ENTRIES = 6_000;
/** Which of them has the spike. */
export const SPIKE = 3_217;
/** The pause that is in them: after which entry, and how many seconds it takes. */
export const PAUSE = { after: 4_000, seconds: 300 };

/** When an entry was recorded, Unix seconds. */
export function timeOf(entry: number): number {
  return START + entry * PERIOD + (entry > PAUSE.after ? PAUSE.seconds : 0);
}

/** Numbers that look like chance and are always the same. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 31;
  };
}

/** Records it. */
export async function recordEverything(session: Session): Promise<void> {
  const random = chance(7);
  void session.declareVariable("noise", { unit: "V", label: "Noise" });
  void session.declareVariable("spiky", { unit: "°C", label: "Spiky & <bold>" });
  for (let entry = 0; entry < ENTRIES; entry++) {
    const spiky = 20 + 4 * Math.sin(entry / 900) + (entry === SPIKE ? 30 : 0);
    void session.addEntry({ noise: random() - 0.5, spiky }, { at: timeOf(entry) });
    if (entry % 1_000 === 0) await session.flush();
    if (entry === PAUSE.after) {
      const from = timeOf(entry) * 1e6;
      const to = from + PAUSE.seconds * 1e6;
      session.event("gap", "warning", "nothing was recorded", "every", { from, to });
    }
  }
  const end = timeOf(ENTRIES);
  for (let cell = 0; cell < 150; cell++) {
    const [field, gate] = [cell % 20, Math.floor(cell / 20)];
    const resistance = Math.sin(field / 4) * Math.cos(gate / 3);
    void session.addEntry({ field, gate, resistance }, { at: end + cell });
  }
  for (let n = 0; n < 4; n++) {
    const scope = Float64Array.from(
      { length: 9_000 },
      (_, i) => (i === 4_321 ? 3 : 0) + Math.exp(-i / 3_000) * Math.sin(i / 200 + n),
    );
    await session.addDataset("scope", scope, { at: end + n });
  }
  await session.flush();
}
