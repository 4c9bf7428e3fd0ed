import { PatternError } from "../shared/pattern-error.js";

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
