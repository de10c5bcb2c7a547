/// <reference lib="dom" />
/**
 * What a visitor may ask the run for.
 *
 * @module
 */

import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { AlarmRow, ControlRequest, TaskRow } from "../protocol.ts";
import { memory } from "./browser.ts";

/** Sends a request; resolves to what went wrong, if anything did. */
export type Ask = (request: ControlRequest) => Promise<string | undefined>;

const isText = (value: unknown): value is string => typeof value === "string";

/** The name that the visitor gave, for the file. */
export function visitor(): { readonly who?: string } {
  const who = memory.get("who", isText);
  return who === undefined || who === "" ? {} : { who };
}

/** The button that pauses or resumes a task. */
export function TaskButton(
  { task, ask }: { readonly task: TaskRow; readonly ask: Ask },
): VNode {
  const action = task.state === "paused" ? "resume" : "pause";
  return <AskButton request={{ action, task: task.name }} name={task.name} ask={ask} />;
}

/** The button that says that somebody has seen an alarm. */
export function AlarmButton(
  { alarm, ask }: { readonly alarm: AlarmRow; readonly ask: Ask },
): VNode {
  const request = { action: "acknowledge", alarm: alarm.name } as const;
  return <AskButton request={request} name={alarm.name} ask={ask} />;
}

/** A button that asks for one thing, once at a time. */
function AskButton(
  { request, name, ask }: {
    readonly request: ControlRequest;
    readonly name: string;
    readonly ask: Ask;
  },
): VNode {
  const [busy, setBusy] = useState(false);
  const { action } = request;
  const click = async (): Promise<void> => {
    setBusy(true);
    await ask({ ...request, ...visitor() });
    setBusy(false);
  };
  return (
    <button
      type="button"
      class="button quiet"
      disabled={busy}
      aria-label={`${action} ${name}`}
      onClick={() => void click()}
    >
      {action}
    </button>
  );
}

/** The buttons for a note and for a stop. */
export function RunControls(
  { ask, running }: { readonly ask: Ask; readonly running: boolean },
): VNode {
  const [open, setOpen] = useState<"note" | "stop" | undefined>();
  return (
    <>
      <button type="button" class="button" disabled={!running} onClick={() => setOpen("note")}>
        Add a note
      </button>
      <button
        type="button"
        class="button grave"
        disabled={!running}
        onClick={() => setOpen("stop")}
      >
        Stop
      </button>
      {open !== undefined && <Form kind={open} ask={ask} close={() => setOpen(undefined)} />}
    </>
  );
}

function Form(
  { kind, ask, close }: {
    readonly kind: "note" | "stop";
    readonly ask: Ask;
    readonly close: () => void;
  },
): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const [who, setWho] = useState(visitor().who ?? "");
  const [trouble, setTrouble] = useState<string | undefined>();
  useEffect(() => dialog.current?.showModal(), []);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    memory.set("who", who);
    const name = who === "" ? {} : { who };
    const wrong = await ask(
      kind === "note" ? { action: "note", text, ...name } : { action: "stop", ...name },
    );
    setTrouble(wrong);
    if (wrong === undefined) dialog.current?.close();
  };
  const title = kind === "note" ? "A note for the file" : "Stop the run?";
  return (
    <dialog ref={dialog} onClose={close} aria-label={title}>
      <form class="form" onSubmit={(event) => void submit(event)}>
        <h2>{title}</h2>
        {kind === "note"
          ? (
            <label>
              What happened
              <textarea
                class="field"
                rows={3}
                maxLength={2000}
                required
                value={text}
                onInput={(event) => setText(event.currentTarget.value)}
              />
            </label>
          )
          : (
            <p>
              The present steps finish, devices are brought to a safe state, and the file is closed.
              It cannot be undone.
            </p>
          )}
        <label>
          Your name
          <input
            class="field"
            maxLength={100}
            value={who}
            onInput={(event) => setWho(event.currentTarget.value)}
          />
        </label>
        {trouble !== undefined && <p class="banner grave" role="alert">{trouble}</p>}
        <div class="row">
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            Cancel
          </button>
          <button type="submit" class={kind === "note" ? "button main" : "button grave"}>
            {kind === "note" ? "Add the note" : "Stop the run"}
          </button>
        </div>
      </form>
    </dialog>
  );
}
