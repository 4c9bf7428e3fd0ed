/** What went wrong, for programs to compare; see the errors that carry it. */
export type BusErrorCode =
  | "BUS_DISPOSED"
  | "HANDLER_LIMIT"
  | "INVALID_ARGUMENT"
  | "INVALID_MESSAGE"
  | "INVALID_TOPIC";

/** Base class of every error that a bus throws. */
export class BusError extends Error {
  override readonly name: string = "BusError";
  readonly code: BusErrorCode;

  constructor(code: BusErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
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

/**
 * Tells whether a value is an error of a bus, also of another copy of this package, whose classes
 * `instanceof` does not know.
 *
 * @param code - only errors with this code
 */
export function isBusError(error: unknown, code?: BusErrorCode): error is BusError {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  const known: Record<BusErrorCode, true> = {
    BUS_DISPOSED: true,
    HANDLER_LIMIT: true,
    INVALID_ARGUMENT: true,
    INVALID_MESSAGE: true,
    INVALID_TOPIC: true,
  };
  return code === undefined
    ? typeof error.code === "string" && Object.hasOwn(known, error.code)
    : error.code === code;
}
