/**
 * `GET api/sessions/:file/plan`
 *
 * @module
 */

import type { Json } from "../../session/store/types.ts";
import type { Page } from "../page.ts";
import type { PlanInfo } from "../protocol.ts";
import { fieldsOf } from "../../session/fields.ts";
import { byName } from "../wire.ts";
import { BadRequest, integerOf, type RouteContext, sessionOf } from "./request.ts";

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

/** Facts of a run's provenance, each with a name that a person reads. */
function factsOf(provenance: Json): [string, string][] {
  const all = fieldsOf(provenance);
  const [script, lock, git, versions, host] = ["script", "lock", "git", "versions", "host"]
    .map((part) => fieldsOf(all[part]));
  const facts: [string, Json | undefined][] = [
    ["script", script?.["path"] ?? script?.["url"]],
    ["script sha256", script?.["sha256"]],
    ["lock file sha256", lock?.["sha256"]],
    ["plan sha256", all["planHash"]],
    ["git commit", git?.["commit"]],
    ["git branch", git?.["branch"]],
    ["script in git", git?.["script"]],
    ["stripchart", versions?.["stripchart"]],
    ["deno", versions?.["deno"]],
    ["host", host?.["name"]],
    ["system", host?.["os"]],
    ["processor", host?.["arch"]],
    ["arguments", Array.isArray(all["args"]) ? all["args"].join(" ") : undefined],
    ["process", all["pid"]],
  ];
  return facts.flatMap(([name, value]) =>
    value === undefined || value === null || typeof value === "object" || value === ""
      ? []
      : [[name, String(value)]]
  );
}

/** What a run was: its plan in words, its script, what ran it. The last run, if none is named. */
export function plan(page: Page, c: RouteContext): Response {
  const { reader } = sessionOf(page, c);
  const runs = reader.runs();
  const last = runs.at(-1)?.id ?? 0;
  const id = integerOf(c, "run", last, [0, Number.MAX_SAFE_INTEGER]);
  const run = runs.find((one) => one.id === id);
  if (run === undefined) {
    throw new BadRequest(404, `Cannot find run ${id}: the last one is ${last}.`);
  }
  const { description, script } = fieldsOf(run.provenance);
  const info: PlanInfo = {
    run: id,
    description: textOf(description),
    source: textOf(fieldsOf(script)["source"]),
    facts: byName(factsOf(run.provenance)),
  };
  return Response.json(info);
}
