import type { Untyped } from "@pubsub-mfe/core";
import type { Failure } from "../shared/failure.js";
import type { Begun, Entry, SagaEnd } from "./entries.js";

/** How far a step is. */
export type StepStatus =
  | "pending"
  | "started"
  | "done"
  | "failed"
  | "compensating"
  | "compensated"
  | "compensation-failed";

/** A step of a saga, as it is known. */
export interface SagaStepState {
  readonly name: string;
  readonly status: StepStatus;
  /** How often its action was begun. */
  readonly attempts: number;
  /** How often its compensation was begun. */
  readonly compensationAttempts: number;
  /** What the action returned. */
  readonly result?: Untyped;
  /** What the action, or the compensation, last failed with. */
  readonly failure?: Failure;
  /** When the action was first begun, in milliseconds since the epoch. */
  readonly startedAt?: number;
  /** When `status` became what it is, in milliseconds since the epoch. */
  readonly changedAt?: number;
}

/**
 * How far a saga is: `running`; `compensating`; `completed`, all its steps are done; `failed`, what it
 * did is undone; `stuck`, it needs somebody's help and `retry`; `waiting`, nobody here has registered
 * its version.
 */
export type SagaStatus = "running" | "compensating" | "waiting" | SagaEnd;

/** A saga, as its journal tells it. */
export interface SagaState {
  /** The name of the saga that it is one of. */
  readonly name: string;
  readonly id: string;
  readonly version: number;
  readonly status: SagaStatus;
  readonly input: Untyped;
  readonly steps: readonly SagaStepState[];
  /** Why it was given up, or is stuck. */
  readonly failure?: Failure;
  /** Whether it was cancelled. */
  readonly isCancelled: boolean;
  /** The index of the step after which there is no way back; -1 for none. */
  readonly pivot: number;
  /** When it was started, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** When anything of it last changed, in milliseconds since the epoch. */
  readonly changedAt: number;
  /** How many entries its journal has. */
  readonly revision: number;
  /** The format of its journal. */
  readonly format: number;
}

/** What {@link apply} changes, and what only those need to know who run it. */
type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
export interface RunningStep extends Writable<SagaStepState> {
  /** Failures of the action, or of the compensation, since it was last begun anew. */
  failures: number;
  /** To be compensated although it is not known to be done. */
  undo: boolean;
  /** How often, in a row, the action or the compensation was begun, and its end not written. */
  open: number;
}
export interface RunningState extends Writable<Omit<SagaState, "steps">> {
  readonly steps: RunningStep[];
}

/** @param timeMs - when it happened, in milliseconds since the epoch */
export function begin(begun: Begun, timeMs: number): RunningState {
  const { name, id, version, steps, pivot, input, format } = begun;
  return {
    name,
    id,
    version,
    status: "running",
    input,
    steps: steps.map((step) => ({
      name: step,
      status: "pending",
      attempts: 0,
      compensationAttempts: 0,
      failures: 0,
      undo: false,
      open: 0,
    })),
    isCancelled: false,
    pivot,
    startedAt: timeMs,
    changedAt: timeMs,
    revision: 1,
    format,
  };
}

/** Changes the state of a saga by what happened to it. */
export function apply(state: RunningState, entry: Entry, timeMs: number): void {
  state.revision += 1;
  state.changedAt = timeMs;
  const step = "step" in entry && entry.step !== undefined ? state.steps[entry.step] : undefined;
  if (step) {
    step.changedAt = timeMs;
    step.open = entry.type.endsWith(".started") ? step.open + 1 : 0;
  }
  switch (entry.type) {
    case "step.started":
      if (!step) return;
      step.status = "started";
      step.attempts += 1;
      step.startedAt ??= timeMs;
      return;
    case "step.done":
      if (!step) return;
      step.status = "done";
      step.result = entry.result;
      step.failures = 0;
      delete step.failure;
      return;
    case "step.failed":
      if (step) {
        step.status = "failed";
        step.failure = entry.failure;
        step.failures += 1;
        // An earlier attempt may have done it.
        step.undo ||= entry.undo;
      }
      if (entry.next === "retry") return;
      if (step && entry.next === "compensate") step.failures = 0;
      state.status = entry.next === "stuck" ? "stuck" : "compensating";
      state.failure = entry.failure;
      return;
    case "cancel.requested":
      state.isCancelled = true;
      return;
    case "compensation.started":
      if (!step) return;
      step.status = "compensating";
      step.compensationAttempts += 1;
      return;
    case "compensation.done":
      if (step) step.status = "compensated";
      return;
    case "compensation.failed":
      if (!step) return;
      step.failures += 1;
      step.failure = entry.failure;
      if (entry.final) step.status = "compensation-failed";
      return;
    case "ended":
      state.status = entry.status;
      return;
    case "retry.requested":
      retry(state);
  }
}

/** What is stuck goes on: forward where a step could not be done, else back. */
function retry(state: RunningState): void {
  state.status = "running";
  for (const step of state.steps) {
    step.failures = 0;
    if (step.status !== "compensation-failed") continue;
    step.status = "compensating";
    state.status = "compensating";
  }
}

/** Whether nothing more happens to it by itself. */
export function hasEnded({ status }: Pick<SagaState, "status">): boolean {
  return status === "completed" || status === "failed" || status === "stuck";
}

/** Whether it can still be undone: from when the pivot is begun, nobody knows. */
export function mayBeCancelled({ pivot, steps }: Pick<SagaState, "pivot" | "steps">): boolean {
  return pivot < 0 || steps[pivot]?.status === "pending";
}
