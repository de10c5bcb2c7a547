/**
 * The plots that a run declares.
 *
 * @module
 */

import type { PlotDefinition } from "../../plots/definition.ts";
import { parsePlotDefinition } from "../../plots/parse_definition.ts";
import type { Reader } from "../store/reader.ts";
import type { RunOutline } from "../store/reader_types.ts";

/** Most plots of a run that are shown. */
const MOST_PLOTS = 200;

/** The plots that a run declares; none if there is no run. */
export function plotsOf(reader: Reader, run: RunOutline | undefined): PlotDefinition[] {
  if (run === undefined) return [];
  return reader.events({ kinds: ["plot"], since: run.firstSeq - 1, limit: MOST_PLOTS })
    .map(({ data }) => parsePlotDefinition(data))
    .filter((plot) => plot !== undefined);
}
