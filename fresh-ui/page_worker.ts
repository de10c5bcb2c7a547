/**
 * The Worker in which the page is served. It is bundled to `page_worker.bundle.js` and started from a blob, so that it
 * needs no permission of its own and travels in a compiled program.
 *
 * @module
 */

import type { FromHost, ToHost } from "./hosting/messages.ts";
import { PageHost } from "./hosting/page_host.ts";

const scope = globalThis as unknown as {
  onmessage: ((event: MessageEvent<ToHost>) => void) | null;
  postMessage(message: FromHost): void;
};

const host = new PageHost((message) => scope.postMessage(message));
scope.onmessage = ({ data }) => host.hear(data);
