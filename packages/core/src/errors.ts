import type {
  ConcurrencyError,
  FencedError,
  StalePositionError,
  TransactionEndedError,
} from "./links/store-errors.js";
import type { Protocol } from "./page/port.js";
import type { ValidationIssue } from "./policy/standard-schema.js";

/** The error that each code comes with. */
export interface BusErrorByCode {
  readonly ASYNC_SCHEMA: AsyncSchemaError;
  readonly BUS_CLEARED: BusClearedError;
  readonly BUS_DISPOSED: BusDisposedError | ScopeDisposedError;
  readonly CONCURRENCY: ConcurrencyError;
  readonly FENCED: FencedError;
  readonly HANDLER_LIMIT: HandlerLimitError;
  readonly INCOMPATIBLE_COPY: IncompatibleCopyError;
  readonly INVALID_ARGUMENT: InvalidArgumentError;
  readonly INVALID_MESSAGE: InvalidMessageError;
  readonly INVALID_SCHEMA: InvalidSchemaError;
  readonly INVALID_TOPIC: InvalidTopicError;
  readonly RATE_LIMITED: RateLimitError;
  readonly STALE_POSITION: StalePositionError;
  readonly STREAM_OVERFLOW: StreamOverflowError;
  readonly TRANSACTION_ENDED: TransactionEndedError;
  readonly VALIDATION_FAILED: ValidationError;
  readonly WAIT_TIMEOUT: WaitTimeoutError;
}

/** What went wrong, for programs to compare. */
export type BusErrorCode = keyof BusErrorByCode;

const BRAND = Symbol.for("@pubsub-mfe/core.error");

/** Base class of every error that a bus throws. */
export class BusError extends Error {
  override readonly name: string = "BusError";
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    Object.defineProperty(this, BRAND, { value: true });
  }
}

/** A topic or pattern does not follow the rules. */
export class InvalidTopicError extends BusError {
  override readonly name = "InvalidTopicError";
  readonly topic: unknown;

  constructor(topic: unknown, message: string) {
    super("INVALID_TOPIC", message);
    this.topic = topic;
  }
}

/** A method was called on a bus that has been disposed. */
export class BusDisposedError extends BusError {
  override readonly name = "BusDisposedError";

  constructor(action: string) {
    super("BUS_DISPOSED", `Cannot ${action}: bus has been disposed.`);
  }
}

/** What waited on a bus, or a scope of it, was ended by its `clear()`. */
export class BusClearedError extends BusError {
  override readonly name = "BusClearedError";

  constructor() {
    super("BUS_CLEARED", "Cannot go on: clear() has ended all subscriptions of the bus.");
  }
}

/** A pattern already has as many handlers as `maxHandlersPerTopic` allows. */
export class HandlerLimitError extends BusError {
  override readonly name = "HandlerLimitError";
  readonly pattern: string;
  readonly maxHandlers: number;

  constructor(pattern: string, maxHandlers: number) {
    super(
      "HANDLER_LIMIT",
      `"${pattern}" already has ${maxHandlers} handlers, the most that maxHandlersPerTopic allows. ` +
        "Is something subscribed again and again without being unsubscribed? If not, raise maxHandlersPerTopic.",
    );
    this.pattern = pattern;
    this.maxHandlers = maxHandlers;
  }
}

/** An argument or option has a value that it cannot have. */
export class InvalidArgumentError extends BusError {
  override readonly name = "InvalidArgumentError";

  constructor(message: string) {
    super("INVALID_ARGUMENT", message);
  }
}

/** What an adapter handed to `dispatchExternal` is not a message. */
export class InvalidMessageError extends BusError {
  override readonly name = "InvalidMessageError";

  constructor(message: string) {
    super("INVALID_MESSAGE", message);
  }
}

/** The copies of this package on the page speak a protocol that this one does not. */
export class IncompatibleCopyError extends BusError {
  override readonly name = "IncompatibleCopyError";
  /** Of the copy that was refused. */
  readonly own: Protocol;
  /** Of the copies on the page. */
  readonly page: Protocol;

  constructor(name: string, own: Protocol, page: Protocol) {
    super(
      "INCOMPATIBLE_COPY",
      `"${name}" speaks protocol ${own.major}.${own.minor}, and the copies of @pubsub-mfe/core on this page speak ${page.major}.${page.minor}. Build it with a version of the same major.`,
    );
    this.own = own;
    this.page = page;
  }
}

/** A schema is not understood. */
export class InvalidSchemaError extends BusError {
  override readonly name = "InvalidSchemaError";

  constructor(message: string) {
    super("INVALID_SCHEMA", message);
  }
}

/** A schema answered with a promise, and `publish` cannot wait. */
export class AsyncSchemaError extends BusError {
  override readonly name = "AsyncSchemaError";
  /** The topic or `schemaVersion` that it was given for. */
  readonly schema: string;

  constructor(schema: string) {
    super(
      "ASYNC_SCHEMA",
      `The schema of "${schema}" answered with a promise, and publish() does not wait. Leave asynchronous checks out of it.`,
    );
    this.schema = schema;
  }
}

/** A payload does not follow the schema of its topic. */
export class ValidationError extends BusError {
  override readonly name = "ValidationError";
  readonly topic: string;
  readonly issues: readonly ValidationIssue[];

  constructor(topic: string, issues: readonly ValidationIssue[]) {
    const list = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super("VALIDATION_FAILED", `The payload of "${topic}" is invalid: ${list.join("; ")}.`);
    this.topic = topic;
    this.issues = issues;
  }
}

/** More was published than `rateLimit` allows. */
export class RateLimitError extends BusError {
  override readonly name = "RateLimitError";
  readonly topic: string;
  readonly maxPerSecond: number;

  constructor(topic: string, maxPerSecond: number) {
    super(
      "RATE_LIMITED",
      `A message of "${topic}" is over the limit of ${maxPerSecond} messages a second. Publish less often, or raise rateLimit.`,
    );
    this.topic = topic;
    this.maxPerSecond = maxPerSecond;
  }
}

/** A method was called on a scope that has been disposed; its bus may go on. */
export class ScopeDisposedError extends BusError {
  override readonly name = "ScopeDisposedError";
  /** The source of the scope. */
  readonly source: string;

  constructor(action: string, source: string) {
    super("BUS_DISPOSED", `Cannot ${action}: the scope "${source}" has been disposed.`);
    this.source = source;
  }
}

/** A stream was not read in time, and is to end then rather than lose messages. */
export class StreamOverflowError extends BusError {
  override readonly name = "StreamOverflowError";
  readonly pattern: string;
  /** How many messages were waiting. */
  readonly buffer: number;

  constructor(pattern: string, buffer: number) {
    super(
      "STREAM_OVERFLOW",
      `A stream of "${pattern}" was full: ${buffer} messages were waiting when one more came. Read it faster, raise \`buffer\`, or let it drop some.`,
    );
    this.pattern = pattern;
    this.buffer = buffer;
  }
}

/** The message that was waited for did not come in time. */
export class WaitTimeoutError extends BusError {
  override readonly name = "WaitTimeoutError";
  readonly pattern: string;
  readonly timeoutMs: number;

  constructor(pattern: string, timeoutMs: number) {
    super(
      "WAIT_TIMEOUT",
      `No message of "${pattern}" came within ${timeoutMs} ms that was the one waited for. Does somebody publish it, and after the wait began?`,
    );
    this.pattern = pattern;
    this.timeoutMs = timeoutMs;
  }
}

/**
 * Tells whether a value is an error of a bus, also of another copy of this package, whose classes
 * `instanceof` does not know.
 *
 * @param code - only errors with this code; the type is then that of its class
 */
export function isBusError<Code extends BusErrorCode = BusErrorCode>(
  error: unknown,
  code?: Code,
): error is BusErrorByCode[Code] {
  if (typeof error !== "object" || error === null) return false;
  return BRAND in error && (code === undefined || ("code" in error && error.code === code));
}
