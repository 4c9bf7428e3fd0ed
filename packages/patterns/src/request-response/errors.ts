import type { ValidationIssue } from "@pubsub-mfe/core";
import { show } from "@pubsub-mfe/core/stores";
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

  /** @param waitedMs - how long it was waited for somebody, in milliseconds */
  constructor(method: string, waitedMs = 0) {
    super(
      "NO_HANDLER",
      `Nobody handles "${method}" on this page${waitedMs > 0 ? `, and nobody came within ${waitedMs} ms` : ""}. Is the microfrontend that does mounted?`,
    );
    this.method = method;
  }
}

/** No tab took a request that was asked over tabs. */
export class NoClaimError extends PatternError {
  override readonly name = "NoClaimError";
  readonly method: string;
  readonly waitedMs: number;

  constructor(method: string, waitedMs: number) {
    super(
      "NO_CLAIM",
      `No tab took "${method}" within ${waitedMs} ms. That does not prove that none handles it: one may be asleep, or busy. Ask again, or give it longer by claimWithin.`,
    );
    this.method = method;
    this.waitedMs = waitedMs;
  }
}

/** The tab that ran the request has gone, or its answer was lost. */
export class ExecutorGoneError extends PatternError {
  override readonly name = "ExecutorGoneError";
  readonly method: string;

  constructor(method: string) {
    super(
      "EXECUTOR_GONE",
      `The tab that ran "${method}" has gone before its answer came: what it did is not known. Asked again, it may be done twice, unless the handler can tell by the idempotencyKey.`,
    );
    this.method = method;
  }
}

/** The handler ended before it had answered. */
export class HandlerGoneError extends PatternError {
  override readonly name = "HandlerGoneError";
  readonly method: string;

  constructor(method: string) {
    super(
      "HANDLER_GONE",
      `Who handled "${method}" was disposed before it had answered: what it did is not known.`,
    );
    this.method = method;
  }
}

/** The handler is busy, and as many as may wait already do. */
export class QueueFullError extends PatternError {
  override readonly name = "QueueFullError";
  readonly method: string;
  /** It may go well later. */
  readonly retryable = true;

  constructor(method: string, queue: number) {
    super(
      "QUEUE_FULL",
      `The handler of "${method}" is busy, and ${queue} requests wait already. Ask again later.`,
    );
    this.method = method;
  }
}

/** The key of a request was used before, with other params. */
export class KeyReusedError extends PatternError {
  override readonly name = "KeyReusedError";
  readonly method: string;

  constructor(method: string, key: string) {
    super(
      "KEY_REUSED",
      `The idempotencyKey ${show(key)} of "${method}" was used before, with other params. A key names one thing that is to be brought about: give another one its own.`,
    );
    this.method = method;
  }
}

/** Params, or a result, are not what the schema of the handler asks for. */
export class SchemaError extends PatternError {
  override readonly name = "SchemaError";
  readonly method: string;
  /** What is wrong, each by its path. */
  readonly data: readonly ValidationIssue[];

  constructor(what: "params" | "result", method: string, issues: readonly ValidationIssue[]) {
    const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super(
      what === "params" ? "INVALID_PARAMS" : "INVALID_RESULT",
      `The ${what} of "${method}" ${what === "params" ? "are" : "is"} not as its schema asks: ${list.join("; ")}.`,
    );
    this.method = method;
    this.data = issues;
  }
}

/** What is to go to another tab cannot be copied. */
export class UncloneableError extends PatternError {
  override readonly name = "UncloneableError";

  constructor(what: "params" | "result", method: string, field: string) {
    super(
      "UNCLONEABLE",
      `The ${what} of "${method}" cannot go to another tab: ${field === "" ? "the value" : `"${field}"`} cannot be cloned. Leave out functions, DOM nodes and the like.`,
    );
  }
}

/** The method has a handler already. */
export class DuplicateHandlerError extends PatternError {
  override readonly name = "DuplicateHandlerError";
  readonly method: string;

  constructor(method: string) {
    super(
      "DUPLICATE_HANDLER",
      `"${method}" has a handler on this page already. Unsubscribe that one first, or say by onConflict what is to become of it.`,
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

  constructor(method: string, options?: ErrorOptions) {
    super("DISPOSED", `"${method}" was given up: the RequestResponse has been disposed.`, options);
  }
}
