import type { Failure } from "../shared/failure.js";
import { resultsOf } from "./course.js";
import type { RunningState } from "./state.js";

/** A compensation that failed each time that it was tried. */
export interface FailedCompensation {
  /** The number of its step, from 1 on. */
  readonly step: number;
  readonly name: string;
  /** What it threw the last time. */
  readonly error: unknown;
}

/** All steps are done. */
export interface SagaSuccess<Results> {
  readonly success: true;
  readonly id: string;
  /** What the steps returned, by name. */
  readonly results: Results;
}

/** Not all steps are done. */
export interface SagaFailure {
  readonly success: false;
  readonly id: string;
  /** What made it fail, as it was thrown; of a durable saga an error like it. */
  readonly error: unknown;
  /** The names of the steps that are undone, in that order. */
  readonly compensated: readonly string[];
  /** What could not be undone. */
  readonly failedCompensations: readonly FailedCompensation[];
  /**
   * Whether it needs somebody's help: a compensation failed each time, or a step after the pivot did.
   */
  readonly stuck: boolean;
}

/** What became of a saga. `success` tells the two apart. */
export type SagaResult<Results> = SagaSuccess<Results> | SagaFailure;

/** @param reviveError - makes the error of a description */
export function outcomeOf(
  state: RunningState,
  reviveError: (failure: Failure) => unknown,
): SagaResult<unknown> {
  const { id, status, failure } = state;
  if (status === "completed") return { success: true, id, results: resultsOf(state) };
  const numbered = state.steps.map((step, n) => ({ ...step, number: n + 1 })).reverse();
  return {
    success: false,
    id,
    error: failure && reviveError(failure),
    compensated: numbered.flatMap(({ status: is, name }) => (is === "compensated" ? [name] : [])),
    failedCompensations: numbered.flatMap((step) =>
      step.status === "compensation-failed" && step.failure
        ? [{ step: step.number, name: step.name, error: reviveError(step.failure) }]
        : [],
    ),
    stuck: status === "stuck",
  };
}
