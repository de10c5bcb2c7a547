/**
 * The page as the server draws it: what is known at once, before any script runs.
 *
 * @module
 */

import type { VNode } from "preact";
import type { SessionInfo } from "../protocol.ts";
import { fromWire } from "./format.ts";
import { AlarmBanner } from "./alarm_banner.tsx";
import { Head } from "./head.tsx";
import { Overview } from "./page.tsx";

/** The overview of a session at the moment of the request. */
export function FirstPage({ session }: { readonly session: SessionInfo }): VNode {
  const { status, events, plots } = session;
  const last = new Map(session.variables.map(({ name, last }) => [name, last]));
  return (
    <>
      <Head info={session} status={status} now={status.now} view="overview" />
      <AlarmBanner status={status} now={status.now} />
      <main id="content" tabIndex={-1}>
        <Overview
          info={session}
          status={status}
          now={status.now}
          events={events.filter(({ level }) => level !== "debug")}
          reading={({ name }) => {
            const found = last.get(name);
            return found === undefined
              ? { t: NaN, value: NaN }
              : { t: found.t, value: fromWire(found.value) };
          }}
          plots={
            <div class="plots">
              {plots.map((_, index) => (
                <section key={index} class="panel plot">
                  <header>
                    <h2>…</h2>
                  </header>
                  <div class="surface" />
                </section>
              ))}
            </div>
          }
        />
      </main>
    </>
  );
}
