/**
 * What the main thread and the reports' Worker say to each other.
 *
 * @module
 */

import type { ReadReport, ReadRequest, WrittenReport } from "./desk.ts";
import type { Report } from "./report.ts";

/** From the main thread. */
export type ToDesk =
  | { readonly kind: "read"; readonly source: string; readonly request: ReadRequest }
  | { readonly kind: "write"; readonly report: Report; readonly timeZone: string };

/** From the Worker: one answer to each. */
export type FromDesk =
  | { readonly kind: "read"; readonly read: ReadReport }
  | { readonly kind: "written"; readonly written: WrittenReport }
  | { readonly kind: "failed"; readonly message: string };
