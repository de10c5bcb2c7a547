/**
 * What is in `static/`.
 *
 * @module
 */

import type { Asset } from "./assets.ts";
import style from "./static/page.css" with { type: "text" };

/** Every file that the page loads. */
export const STATIC_ASSETS: readonly Asset[] = [
  { name: "page.css", type: "text/css; charset=utf-8", text: style },
];
