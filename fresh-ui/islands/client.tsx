/// <reference lib="dom" />
/**
 * Where the browser begins: the page that the server drew comes to life.
 *
 * @module
 */

import { render } from "preact";
import type { InitialData } from "../protocol.ts";
import { Api } from "./api.ts";
import { App } from "./app.tsx";
import { SessionStore } from "./store.ts";
import { followTheme } from "./theme.tsx";

const root = document.getElementById("page");
const text = document.getElementById("initial")?.textContent;
if (root !== null && text !== null && text !== undefined) {
  const { base, session }: InitialData = JSON.parse(text);
  followTheme();
  if (session !== null) {
    const store = new SessionStore(session, new Api(`${base}/`));
    root.replaceChildren();
    render(<App store={store} />, root);
  }
}
