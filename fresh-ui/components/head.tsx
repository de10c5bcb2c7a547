/**
 * The head of the page: what runs, how it stands, where to go.
 *
 * @module
 */

import type { ComponentChildren, VNode } from "preact";
import type { RunRow, SessionInfo, Status } from "../protocol.ts";
import { formatCount, formatLength, formatMoment } from "./format.ts";

/** The views of the page. */
export const VIEWS = {
  overview: "Overview",
  sessions: "Sessions",
  details: "Details",
} as const;

/** A view of the page. */
export type View = keyof typeof VIEWS;

/** What the head shows. */
export interface HeadProps {
  /** The session. */
  readonly info: SessionInfo;
  /** How its run stands. */
  readonly status: Status;
  /** The server's time. */
  readonly now: number;
  /** The view that is open. */
  readonly view: View;
  /** What stands at the far end: buttons. */
  readonly children?: ComponentChildren;
}

/** How a run is, in one word. */
export function stateOf(status: Status): { readonly word: string; readonly className: string } {
  if (status.state === "running" && status.stopping === true) {
    return { word: "stopping", className: "state state-stopping" };
  }
  return { word: status.state, className: `state state-${status.state}` };
}

/** The head. */
export function Head({ info, status, now, view, children }: HeadProps): VNode {
  const run = info.runs.at(-1);
  const state = stateOf(status);
  const percent = status.fraction === undefined ? undefined : status.fraction * 100;
  return (
    <header class="head">
      <a class="skip" href="#content">Skip to the content</a>
      <div class="head-row">
        <h1>{run?.name === undefined || run.name === "" ? info.file : run.name}</h1>
        <span class={state.className} role="status">{state.word}</span>
        <div class="facts">{run === undefined ? "no run yet" : runFacts(run, status, now)}</div>
        <span class="spacer" />
        <nav class="tabs" aria-label="Views">
          {(Object.keys(VIEWS) as View[]).map((one) => (
            <a
              key={one}
              href={`#/${one === "overview" ? "" : one}`}
              aria-current={one === view ? "page" : undefined}
            >
              {VIEWS[one]}
            </a>
          ))}
        </nav>
        {children !== undefined && <div class="controls">{children}</div>}
      </div>
      {percent !== undefined && status.state === "running" && (
        <progress class="bar" max={100} value={percent} aria-label="How much of the run is done" />
      )}
    </header>
  );
}

function runFacts(run: RunRow, status: Status, now: number): VNode[] {
  const facts: VNode[] = [];
  const add = (key: string, content: VNode): void => {
    facts.push(<span key={key} class="number nowrap">{content}</span>);
  };
  if (status.state === "running") {
    add(
      "since",
      <>
        since {formatMoment(run.started, now)} ·{" "}
        <b>{formatLength(Math.floor(now - run.started))}</b>
      </>,
    );
    if (status.fraction !== undefined) add("done", <>{Math.floor(status.fraction * 100)} %</>);
    if (status.endsAt !== undefined) {
      add(
        "left",
        <>
          <b>{formatLength(Math.max(0, Math.round(status.endsAt - now)))}</b> left, until{" "}
          {formatMoment(status.endsAt, now)}
        </>,
      );
    }
  } else {
    add("began", <>began {formatMoment(run.started, now)}</>);
    if (run.ended !== null) {
      add(
        "ended",
        <>
          ended {formatMoment(run.ended, now)} after <b>{formatLength(run.ended - run.started)}</b>
        </>,
      );
    }
    if (run.reason !== null && run.reason !== "") {
      facts.push(<span key="reason">{run.reason}</span>);
    }
  }
  add("entries", <>{formatCount(status.entries)} entries</>);
  return facts;
}
