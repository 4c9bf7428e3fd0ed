import type { Failure } from "./failure.js";

/** The error that each code comes with. */
export interface PatternErrorByCode {
  readonly DISPOSED: RequestResponseDisposedError;
  readonly DUPLICATE_HANDLER: DuplicateHandlerError;
  readonly INVALID_METHOD: InvalidMethodError;
  readonly INVALID_TIMEOUT: PatternError;
  readonly NO_HANDLER: NoHandlerError;
  readonly REMOTE_ERROR: RemoteError;
  readonly REQUEST_TIMEOUT: RequestTimeoutError;
}

/** What went wrong, for programs to compare. */
export type PatternErrorCode = keyof PatternErrorByCode;

const BRAND = Symbol.for("@pubsub-mfe/patterns.error");

/** Base class of every error of a pattern. */
export class PatternError extends Error {
  override readonly name: string = "PatternError";
  readonly code: PatternErrorCode;

  constructor(code: PatternErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** No answer came within the timeout. */
export class RequestTimeoutError extends PatternError {
  override readonly name = "RequestTimeoutError";
  readonly method: string;
  readonly timeoutMs: number;

  constructor(method: string, timeoutMs: number) {
    super("REQUEST_TIMEOUT", `Request timeout: ${method}`);
    this.method = method;
    this.timeoutMs = timeoutMs;
  }
}

/** Nobody handles the method. */
export class NoHandlerError extends PatternError {
  override readonly name = "NoHandlerError";
  readonly method: string;

  constructor(method: string) {
    super(
      "NO_HANDLER",
      `Nobody handles "${method}" on this page. Is the microfrontend that does mounted?`,
    );
    this.method = method;
  }
}

/** The method has a handler already. */
export class DuplicateHandlerError extends PatternError {
  override readonly name = "DuplicateHandlerError";
  readonly method: string;

  constructor(method: string) {
    super(
      "DUPLICATE_HANDLER",
      `"${method}" has a handler on this page already. Unsubscribe that one first.`,
    );
    this.method = method;
  }
}

/** A handler was given a pattern instead of a method. */
export class InvalidMethodError extends PatternError {
  override readonly name = "InvalidMethodError";
  readonly method: string;

  constructor(method: string) {
    super(
      "INVALID_METHOD",
      `"${method}" is a pattern, and a method has a name of its own. Handle each method by its name, like "stock.get".`,
    );
    this.method = method;
  }
}

/** The object was disposed while the call was open, or before it began. */
export class RequestResponseDisposedError extends PatternError {
  override readonly name = "RequestResponseDisposedError";

  constructor(method: string) {
    super("DISPOSED", `"${method}" was given up: the RequestResponse has been disposed.`);
  }
}

/** The handler failed. Its message is the message; the rest of what it threw is in `failure`. */
export class RemoteError extends PatternError {
  override readonly name = "RemoteError";
  readonly method: string;
  /** What the handler threw, as it travelled. */
  readonly failure: Failure;

  constructor(method: string, failure: Failure) {
    super("REMOTE_ERROR", failure.message);
    this.method = method;
    this.failure = failure;
  }
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
  if (typeof error !== "object" || error === null) return false;
  return BRAND in error && (code === undefined || ("code" in error && error.code === code));
}
