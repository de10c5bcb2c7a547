/**
 * Something that is done once, beside the others.
 *
 * @module
 */

import type { Session } from "../session/session.ts";
import {
  checkStepOptions,
  type StepContext,
  type StepOptions,
  type StepResult,
  StepRunner,
} from "../session/step.ts";
import type { Task } from "../session/task.ts";

/** How something is done once. */
export interface OnceOptions extends Pick<StepOptions, "timeout"> {
  /** The task's name. @default the function's name, or `once` */
  readonly name?: string;
  /**
   * What becomes of the run if it throws: `"fail"` leaves the others alone, `"stop"` ends them.
   *
   * @default "fail"
   */
  readonly onError?: "fail" | "stop";
}

/**
 * A task that calls `work` once. What it returns is recorded as one entry.
 *
 * @param work The function, called with the session as `this` and as first argument.
 */
export function once(
  // deno-lint-ignore no-explicit-any -- a function may name its own subclass of Session as this
  work: (this: any, session: Session, step: StepContext) => StepResult | Promise<StepResult>,
  options: OnceOptions = {},
): Task {
  const { onError, timeout } = options;
  const stepOptions: StepOptions = {
    onError: onError === "stop" ? "stop" : "retry",
    restarts: { max: 0, within: "1s" },
    ...(timeout === undefined ? {} : { timeout }),
  };
  checkStepOptions(stepOptions);
  const name = options.name ?? (work.name === "" ? "once" : work.name);
  return {
    kind: "task",
    name,
    async run(context): Promise<void> {
      const runner = new StepRunner(context, name, stepOptions);
      await runner.run((step) => work.call(context.session, context.session, step));
    },
  };
}
