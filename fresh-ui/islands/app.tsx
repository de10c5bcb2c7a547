/// <reference lib="dom" />
/**
 * The page as it lives in the browser.
 *
 * @module
 */

import type { VNode } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { AlarmBanner, raisedAlarms } from "../components/alarm_banner.tsx";
import { Details } from "../components/details.tsx";
import { Head, type View, VIEWS } from "../components/head.tsx";
import { Overview, type Reading } from "../components/page.tsx";
import { Sessions } from "../components/sessions.tsx";
import type { PlotDefinition } from "../../plots/definition.ts";
import type { EventRow, PlanInfo, SessionList, VariableRow } from "../protocol.ts";
import type { Ask } from "./controls.tsx";
import { AlarmButton, RunControls, TaskButton } from "./controls.tsx";
import { Compare } from "./compare.tsx";
import { Compose } from "./compose.tsx";
import { memory } from "./browser.ts";
import { Plots } from "./plots.tsx";
import { RequestError } from "./api.ts";
import type { SessionStore } from "./store.ts";
import { ThemeButton } from "./theme.tsx";

/** The sparkline's box, in its own units. */
const SPARK = { width: 120, height: 32 } as const;
/** Events that one press of the button brings. */
const MORE_EVENTS = 200;
/** Events that the list shows at first. */
const SHOWN_EVENTS = 100;

/** The view that the address names. */
function viewOf(hash: string): View {
  const name = hash.replace(/^#\/?/, "");
  return Object.hasOwn(VIEWS, name) ? name as View : "overview";
}

/** What a person reads of an error. */
function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The whole page. */
export function App({ store }: { readonly store: SessionStore }): VNode {
  const [view, setView] = useState<View>(() => viewOf(location.hash));
  const [trouble, setTrouble] = useState<string | undefined>();
  useEffect(() => {
    const change = (): void => setView(viewOf(location.hash));
    addEventListener("hashchange", change);
    store.connect();
    return () => {
      removeEventListener("hashchange", change);
      store.close();
    };
  }, [store]);

  const info = store.info.value;
  const status = store.status.value;
  const now = store.now.value;
  const running = status.state === "running";
  const ask = useCallback<Ask>(async (request) => {
    try {
      const answer = await store.api.control(store.id, request);
      const wrong = answer.done ? undefined : answer.reason;
      setTrouble(wrong);
      return wrong;
    } catch (error) {
      setTrouble(said(error));
      return said(error);
    }
  }, [store]);
  const name = info.runs.at(-1)?.name;
  const alarmed = raisedAlarms(status.alarms).map((alarm) => alarm.name).join(", ");
  useEffect(() => {
    const title = `${name === undefined || name === "" ? info.file : name} · ${status.state}`;
    document.title = alarmed === "" ? title : `⚠ ${alarmed} · ${title}`;
  }, [name, info.file, status.state, alarmed]);
  return (
    <>
      <Head info={info} status={status} now={now} view={view}>
        {info.control && <RunControls ask={ask} running={running && status.stopping !== true} />}
        <ThemeButton />
      </Head>
      <AlarmBanner status={status} now={now} />
      <Banner store={store} running={running} trouble={trouble} />
      <main id="content" tabIndex={-1}>
        {view === "overview" && <Live store={store} ask={info.control ? ask : undefined} />}
        {view === "sessions" && <SessionsView store={store} />}
        {view === "details" && <DetailsView store={store} />}
      </main>
    </>
  );
}

/** Says when what is shown is not the present. */
function Banner(
  { store, running, trouble }: {
    readonly store: SessionStore;
    readonly running: boolean;
    readonly trouble: string | undefined;
  },
): VNode | null {
  if (trouble !== undefined) return <p class="banner grave" role="alert">{trouble}</p>;
  if (store.connection.value !== "lost") return null;
  return (
    <p class="banner" role="alert">
      {running
        ? "The experiment cannot be reached: what is shown is the last that came. Trying again."
        : "The server of this page is gone; the run is over, and its file holds everything."}
    </p>
  );
}

const isPlots = (value: unknown): value is PlotDefinition[] =>
  Array.isArray(value) &&
  value.every((one) => typeof one === "object" && one !== null && "kind" in one);

/** The overview with what a viewer adds to it. */
function Live(
  { store, ask }: { readonly store: SessionStore; readonly ask: Ask | undefined },
): VNode {
  const info = store.info.value;
  const key = `plots.${store.id}`;
  const [own, setOwn] = useState<readonly PlotDefinition[]>(() => memory.get(key, isPlots) ?? []);
  const [composing, setComposing] = useState(false);
  const [older, setOlder] = useState<readonly EventRow[]>([]);
  const [oldest, setOldest] = useState(Infinity);
  const [shown, setShown] = useState(SHOWN_EVENTS);
  const keep = (plots: readonly PlotDefinition[]): void => {
    memory.set(key, plots);
    setOwn(plots);
  };
  const events = useMemo(() => merged(older, store.events.value), [older, store.events.value]);
  const more = async (): Promise<void> => {
    setShown(shown + MORE_EVENTS);
    if (shown < events.length) return;
    const first = Math.min(oldest, store.events.value[0]?.seq ?? Infinity);
    if (!Number.isFinite(first)) return;
    const found = await store.api.events(store.id, first, MORE_EVENTS);
    setOldest(found[0]?.seq ?? 0);
    setOlder(merged(found, older));
  };
  const now = store.now.value;
  const lasts = store.lasts.value;
  const reading = ({ name }: VariableRow): Reading => {
    const last = lasts.get(name);
    if (last === undefined) return { t: NaN, value: NaN };
    const edge = store.status.value.state === "running" ? now : last.t;
    return { ...last, spark: store.spark(name)?.paths(edge, SPARK.width, SPARK.height) };
  };
  return (
    <Overview
      info={info}
      status={store.status.value}
      now={now}
      events={events.slice(-shown)}
      reading={reading}
      plots={
        <Plots
          store={store}
          declared={info.plots}
          own={own}
          remove={(index) => keep(own.toSpliced(index, 1))}
        />
      }
      addPlot={
        <div class="adding">
          <button type="button" class="button" onClick={() => setComposing(true)}>
            Add a plot
          </button>
          {composing && (
            <Compose
              info={info}
              add={(plot) => {
                keep([...own, plot]);
                setComposing(false);
              }}
              close={() => setComposing(false)}
            />
          )}
        </div>
      }
      taskControl={ask === undefined ? undefined : (task) => <TaskButton task={task} ask={ask} />}
      alarmControl={ask === undefined || store.status.value.state !== "running"
        ? undefined
        : (alarm) => <AlarmButton alarm={alarm} ask={ask} />}
      eventTools={oldest > 1 && (
        <button
          type="button"
          class="button quiet"
          onClick={() => void more()}
        >
          Older
        </button>
      )}
    />
  );
}

/** Two lists of events as one, each event once. */
function merged(before: readonly EventRow[], after: readonly EventRow[]): readonly EventRow[] {
  const bySeq = new Map([...before, ...after].map((event) => [event.seq, event]));
  return [...bySeq.values()].filter(({ level }) => level !== "debug").sort((a, b) => a.seq - b.seq);
}

function SessionsView({ store }: { readonly store: SessionStore }): VNode {
  const [list, setList] = useState<SessionList | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  useEffect(() => {
    store.api.sessions().then(setList, (error) => setTrouble(said(error)));
  }, [store]);
  return (
    <div class="page">
      {trouble !== undefined && <p class="banner grave" role="alert">{trouble}</p>}
      {list !== undefined && (
        <Sessions
          sessions={list.sessions}
          current={store.id}
          now={store.now.value}
          open={(id) => location.assign(store.api.page(id))}
        />
      )}
      {list !== undefined && <Compare store={store} list={list} />}
    </div>
  );
}

function DetailsView({ store }: { readonly store: SessionStore }): VNode {
  const info = store.info.value;
  const newest = info.runs.at(-1)?.id;
  const [chosen, setChosen] = useState<number | undefined>();
  const [plan, setPlan] = useState<PlanInfo | undefined>();
  const [trouble, setTrouble] = useState<string | undefined>();
  const run = chosen ?? newest;
  useEffect(() => {
    let wanted = true;
    setPlan(undefined);
    setTrouble(undefined);
    if (run === undefined) return;
    store.api.plan(store.id, run).then(
      (found) => wanted && setPlan(found),
      (error: unknown) =>
        wanted && setTrouble(error instanceof RequestError ? error.message : said(error)),
    );
    return () => {
      wanted = false;
    };
  }, [store, run]);
  return (
    <Details
      info={info}
      now={store.now.value}
      plan={plan}
      trouble={trouble}
      chosen={run}
      choose={setChosen}
    />
  );
}
