import type { Deadlines } from "../shared/deadlines.js";
import type { Failure } from "../shared/failure.js";
import { attempt, pause } from "./attempt.js";
import type { Entry } from "./entries.js";
import { SagaInterruptedError, SagaStepTimeoutError } from "./errors.js";
import { actionKey, compensationKey } from "./keys.js";
import { COMPENSATION, FORWARD, isTriedAgain, ONCE, type RetryRule, waitAfter } from "./retry.js";
import { hasEnded, mayBeCancelled, type RunningState, type RunningStep } from "./state.js";
import type { CompensationContext, NamedStep } from "./step.js";

/** One saga under way, in memory or over a journal. */
export interface Course {
  readonly steps: readonly NamedStep[];
  readonly state: RunningState;
  readonly deadlines: Deadlines;
  readonly random: () => number;
  /** Aborts when the saga is to be undone. */
  readonly cancelled: AbortSignal | undefined;
  /** Aborts when somebody else goes on with it: then nothing more is done, written or looked at. */
  readonly stopped: AbortSignal | undefined;
  /**
   * Changes the state by an entry once that is written.
   *
   * @returns `false` when something else was written before it, and another decision is needed
   * @throws whatever keeps it from being written, the reason of `stopped` too; then the course is over
   */
  record(entry: Entry): Promise<boolean>;
  /** Describes what a step threw. */
  describe(thrown: unknown): Failure;
  /** What is kept of what an action returned. @throws for what cannot be kept */
  keep(result: unknown, step: NamedStep): unknown;
}

/**
 * Does one thing after the other until the saga has ended.
 *
 * @throws (rejects) what `record` does, and the reason of `stopped`
 */
export async function run(course: Course): Promise<void> {
  while (!hasEnded(course.state)) {
    course.stopped?.throwIfAborted();
    if (course.state.status === "running") await goForward(course);
    else await goBack(course);
  }
}

/** Does the first step that is not done. */
async function goForward(course: Course): Promise<unknown> {
  const { state, steps, cancelled } = course;
  const index = state.steps.findIndex(({ status }) => status !== "done");
  const step = steps[index];
  const record = state.steps[index];
  if (cancelled?.aborted && mayBeCancelled(state)) {
    return giveUp(course, record?.status === "pending" ? -1 : index, cancelled.reason);
  }
  if (!step || !record) return course.record({ type: "ended", status: "completed" });
  const mayTurnBack = state.pivot < 0 || index < state.pivot;
  if (record.status === "started" && step.resume === "compensate" && mayTurnBack) {
    return giveUp(course, index, new SagaInterruptedError(state.name, step.name));
  }
  await recover(course, record, cancelled);
  if (cancelled?.aborted && mayBeCancelled(state)) return;
  if (!(await course.record({ type: "step.started", step: index }))) return;

  const stopping = mayBeCancelled(state) ? cancelled : undefined;
  let isDone = false;
  let result: unknown;
  try {
    const given = await call(course, step, record, step.action, stopping);
    isDone = true;
    result = course.keep(given, step);
  } catch (error) {
    return failed(course, index, error, isDone, stopping);
  }
  return course.record({ type: "step.done", step: index, result });
}

/** @param isDone - it did happen, but what it returned cannot be kept */
async function failed(
  course: Course,
  index: number,
  error: unknown,
  isDone: boolean,
  stopping: AbortSignal | undefined,
): Promise<void> {
  course.stopped?.throwIfAborted();
  const { state } = course;
  const step = course.steps[index] as NamedStep;
  const isPastPivot = state.pivot >= 0 && index > state.pivot;
  const rule = isPastPivot ? { ...FORWARD, ...step.retry } : (step.retry ?? ONCE);
  const failures = (state.steps[index] as RunningStep).failures + 1;
  const again = !stopping?.aborted && isTriedAgain(rule, failures, error);
  const undo = isDone || step.compensateOnFailure === true;
  const next = again ? "retry" : isPastPivot ? "stuck" : "compensate";
  await course.record({
    type: "step.failed",
    step: index,
    failure: course.describe(error),
    next,
    undo,
  });
  if (again) await rest(course, rule, failures, stopping);
}

/** Turns back. @param index - of the step that is open; -1 between two */
function giveUp(course: Course, index: number, error: unknown): Promise<boolean> {
  const step = course.steps[index];
  const isUnsure = course.state.steps[index]?.status === "started";
  return course.record({
    type: "step.failed",
    ...(step && { step: index }),
    failure: course.describe(error),
    next: "compensate",
    undo: step?.compensateOnFailure === true || (isUnsure && step?.resume === "compensate"),
  });
}

/** Compensates the last step that is to be. */
async function goBack(course: Course): Promise<unknown> {
  const { state, steps } = course;
  const index = state.steps.findLastIndex(
    (each, n) => steps[n]?.compensation !== undefined && isToBeUndone(each),
  );
  const step = steps[index];
  const record = state.steps[index];
  if (!step?.compensation || !record) {
    const isStuck = state.steps.some(({ status }) => status === "compensation-failed");
    return course.record({ type: "ended", status: isStuck ? "stuck" : "failed" });
  }
  await recover(course, record);
  if (!(await course.record({ type: "compensation.started", step: index }))) return;
  try {
    await call(course, step, record, step.compensation);
  } catch (error) {
    course.stopped?.throwIfAborted();
    const rule = { ...COMPENSATION, ...step.compensationRetry };
    const failures = record.failures + 1;
    const final = !isTriedAgain(rule, failures, error);
    const failure = course.describe(error);
    await course.record({ type: "compensation.failed", step: index, failure, final });
    return final || rest(course, rule, failures);
  }
  return course.record({ type: "compensation.done", step: index });
}

function isToBeUndone({ status, undo }: RunningStep): boolean {
  return status === "done" || status === "compensating" || (status === "failed" && undo);
}

/** Runs an action, or a compensation, once. */
function call(
  course: Course,
  step: NamedStep,
  record: RunningStep,
  fn: (context: CompensationContext) => unknown,
  stopping?: AbortSignal,
): Promise<unknown> {
  const { state, deadlines, stopped } = course;
  const { name, id, input } = state;
  const { timeout = Number.POSITIVE_INFINITY } = step;
  const key = actionKey(name, id, step.name);
  const isUndoing = fn === step.compensation;
  const attemptNumber = isUndoing ? record.compensationAttempts : record.attempts;
  return attempt(
    (own) =>
      fn({
        input,
        results: resultsOf(state),
        get signal() {
          return own.signal;
        },
        idempotencyKey: isUndoing ? compensationKey(name, id, step.name) : key,
        actionKey: key,
        attempt: attemptNumber,
      }),
    {
      deadlines,
      timeoutMs: timeout,
      onTimeout: () => new SagaStepTimeoutError(name, step.name, timeout),
      signals: [stopped, stopping],
    },
  );
}

/** What the steps returned, by name. */
export function resultsOf(state: RunningState): Record<string, unknown> {
  const results = state.steps.flatMap(({ name, result }) =>
    result === undefined ? [] : [[name, result] as const],
  );
  return Object.fromEntries(results);
}

/** What takes its tab with it, again and again, is not to take the next one at once. */
async function recover(
  { deadlines, stopped }: Course,
  { open }: RunningStep,
  cancelled?: AbortSignal,
): Promise<void> {
  if (open < 3) return;
  const waitMs = Math.min(1_000 * 2 ** (open - 3), 60_000);
  await pause(deadlines, waitMs, [stopped, cancelled]);
}

function rest(
  course: Course,
  rule: RetryRule,
  failures: number,
  stopping?: AbortSignal,
): Promise<void> {
  const { deadlines, random, stopped } = course;
  return pause(deadlines, waitAfter(rule, failures, random), [stopped, stopping]);
}
