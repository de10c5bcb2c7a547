/**
 * Sessions in files, for tests of figures.
 *
 * @module
 */

import { join } from "node:path";
import { Session } from "../../../session/session.ts";
import { VirtualClock } from "../../../time/virtual_clock.ts";
import { APART, START } from "../_session.ts";
import { temporaryFolder } from "../../_child.ts";

/** A session that was recorded. */
export interface Recorded extends Disposable {
  /** Its file. */
  readonly file: string;
  /** The folder that it is in. */
  readonly folder: string;
}

/** Records a session of one run, which begins at {@linkcode START}, in a folder that is gone at the end of the block. */
export async function recorded(
  record: (session: Session & { clock: VirtualClock }) => unknown,
): Promise<Recorded> {
  const folder = temporaryFolder();
  const file = join(folder.path, "a.db");
  const clock = new VirtualClock({ start: START * 1e6 });
  {
    await using session = new Session("a", { ...APART, clock, file, quiet: true });
    await record(session as Session & { clock: VirtualClock });
  }
  return { file, folder: folder.path, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}
