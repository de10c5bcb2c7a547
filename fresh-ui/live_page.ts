/**
 * The live page as a handler of web requests.
 *
 * @module
 */

import { drivenPage, type LivePage, type LivePageOptions } from "./driven_page.ts";
import { STATIC_ASSETS } from "./static_assets.ts";

/**
 * Makes a page of a session's file, of a folder of such files, or of a session of this program.
 *
 * @param options What it shows and under which path.
 * @throws {Error} If the file does not exist or is no session.
 *
 * @example
 * ```ts ignore
 * import { livePage } from "@stripchart/stripchart/live";
 *
 * using page = livePage({ source: "cooling.db", base: "/lab" });
 * Deno.serve({ hostname: "127.0.0.1", port: 8000 }, page.fetch);
 * ```
 */
export function livePage(options: LivePageOptions): LivePage {
  const { fetch, [Symbol.dispose]: dispose } = drivenPage(options, STATIC_ASSETS);
  return { fetch, [Symbol.dispose]: dispose };
}
