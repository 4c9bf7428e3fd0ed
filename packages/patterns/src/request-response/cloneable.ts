import { findUncloneable } from "@pubsub-mfe/core";
import { type Failure, toFailure } from "../shared/failure.js";
import { UncloneableError } from "./errors.js";
import type { AnswerPayload, Control } from "./wire.js";

export function toFailed(thrown: unknown, includeStack = false): AnswerPayload {
  const failure = toFailure(thrown, includeStack);
  return { status: "error", error: failure.message, failure };
}

/** What another tab would never get is told to it, in place of silence. */
export function toCloneable(answer: AnswerPayload, method: string): AnswerPayload {
  if (answer.status === "error") {
    return { ...answer, failure: cloneableFailure(answer.failure) };
  }
  const field = findUncloneable(answer.result);
  return field === undefined ? answer : toFailed(new UncloneableError("result", method, field));
}

/** @param isInPage - then the reason goes along as it is */
export function cancellation(reason: unknown, isInPage: boolean): Control {
  const failure = toFailure(reason);
  if (isInPage) return { type: "cancel", failure, reason };
  return { type: "cancel", failure: cloneableFailure(failure) };
}

/** Leaves out what an error has beside its message and code where that cannot be cloned. */
function cloneableFailure(failure: Failure): Failure {
  if (findUncloneable(failure) === undefined) return failure;
  const { name, message, code, retryable, stack } = failure;
  return {
    name,
    message,
    ...(code !== undefined && { code }),
    ...(retryable !== undefined && { retryable }),
    ...(stack !== undefined && { stack }),
  };
}
