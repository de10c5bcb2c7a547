/**
 * What is in `static/`.
 *
 * @module
 */

import type { Asset } from "./assets.ts";
import icon from "./static/icon.svg" with { type: "text" };
import script from "./static/page.bundle.js" with { type: "text" };
import style from "./static/page.css" with { type: "text" };

/** Every file that the page loads. */
export const STATIC_ASSETS: readonly Asset[] = [
  { name: "page.css", type: "text/css; charset=utf-8", text: style },
  { name: "icon.svg", type: "image/svg+xml", text: icon },
  { name: "page.js", type: "text/javascript; charset=utf-8", text: script },
];
