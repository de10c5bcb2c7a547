/**
 * Records numbers that count up, from the one that it is given on, until it is killed.
 *
 * @module
 */

import { every, Session } from "@stripchart/stripchart";

const [file = "", first = "0"] = Deno.args;
await using session = new Session("counting", { file, quiet: true, provenance: null });
let count = Number(first);
await session.monitor(every("5ms", () => ({ count: count++ }), { name: "count" }));
