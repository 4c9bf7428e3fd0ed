import { findUncloneable } from "@pubsub-mfe/core";
import { type Failure, toFailure } from "../shared/failure.js";

/** Describes what was thrown by data that can be stored, and go to other tabs. */
export function describe(thrown: unknown): Failure {
  const failure = toFailure(thrown);
  if (findUncloneable(failure) === undefined) return failure;
  const { name, message, code } = failure;
  return { name, message, ...(code !== undefined && { code }) };
}
