import { show } from "@pubsub-mfe/core/stores";
import type { PatternErrorByCode } from "./error-codes.js";

/** What went wrong, for programs to compare. */
export type PatternErrorCode = keyof PatternErrorByCode;

/** Holds the code of an error of a pattern; `code` of one that travelled is that of the other side. */
export const CODE: unique symbol = Symbol.for("@pubsub-mfe/patterns.error") as never;

/** Base class of every error of a pattern. */
export class PatternError extends Error {
  override readonly name: string = "PatternError";
  readonly code: PatternErrorCode;

  constructor(code: PatternErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, CODE, { value: code });
  }
}

/** @returns the error of an argument that is not as the rule has it */
export function invalidArgument(subject: string, value: unknown, rule: string): PatternError {
  return new PatternError("INVALID_ARGUMENT", `${subject} is ${show(value)}: it must be ${rule}.`);
}

/**
 * Tells whether a value is an error of a pattern, also of another copy of this package, whose
 * classes `instanceof` does not know.
 *
 * @param code - only errors with this code; the type is then that of its class
 */
export function isPatternError<Code extends PatternErrorCode = PatternErrorCode>(
  error: unknown,
  code?: Code,
): error is PatternErrorByCode[Code] {
  if (typeof error !== "object" || error === null || !(CODE in error)) return false;
  return code === undefined || error[CODE] === code;
}
