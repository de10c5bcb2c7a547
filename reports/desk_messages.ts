/**
 * What the main thread and the reports' Worker say to each other.
 *
 * @module
 */

import type { PackedAssets } from "../pictures/packed.ts";
import type { DeskRequest, MadeReport } from "./desk.ts";

/** From the main thread. */
export type ToDesk =
  | { readonly kind: "make"; readonly source: string; readonly request: DeskRequest }
  /** What pictures are made with, after the Worker asked for it. */
  | { readonly kind: "assets"; readonly assets: PackedAssets };

/** From the Worker. */
export type FromDesk =
  /** A report; `worn` if its pictures failed, after which what draws them may be of no use. */
  | { readonly kind: "made"; readonly made: MadeReport; readonly worn: boolean }
  /** A picture is wanted for the first time. */
  | { readonly kind: "assets wanted" }
  | { readonly kind: "failed"; readonly message: string };
