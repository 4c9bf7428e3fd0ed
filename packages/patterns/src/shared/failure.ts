/** What was thrown, as plain data that any channel carries. */
export interface Failure {
  /** The name of the error's class; `"Error"` for what was no error. */
  readonly name: string;
  readonly message: string;
  /** The error's own `code`, where that is a string or number. */
  readonly code?: string | number;
  /** The error's own `data`. */
  readonly data?: unknown;
  /** Whether it may go well another time, where the error says so. */
  readonly retryable?: boolean;
  /** What the error says was its cause. */
  readonly cause?: Failure;
  /** What else the error has of its own, functions left out. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Only where it was asked for. */
  readonly stack?: string;
}

/** Causes of causes are followed so far: they may run in a circle. */
const DEEPEST_CAUSE = 8;

const KNOWN = new Set(["name", "message", "code", "data", "retryable", "cause", "stack"]);

/**
 * Describes whatever was thrown; never throws itself.
 *
 * @param withStack - whether its stack goes along: it tells of sources, and is for those who debug
 */
export function toFailure(thrown: unknown, withStack = false, depth = 0): Failure {
  try {
    if (typeof thrown !== "object" || thrown === null) {
      return { name: "Error", message: String(thrown) };
    }
    const { name, message, code, data, retryable, cause, stack } = thrown as Record<
      string,
      unknown
    >;
    const fields = fieldsOf(thrown);
    return {
      name: typeof name === "string" ? name : "Error",
      message: typeof message === "string" ? message : String(thrown),
      ...((typeof code === "string" || typeof code === "number") && { code }),
      ...(data !== undefined && { data }),
      ...(typeof retryable === "boolean" && { retryable }),
      ...(cause !== undefined &&
        depth < DEEPEST_CAUSE && { cause: toFailure(cause, withStack, depth + 1) }),
      ...(fields && { fields }),
      ...(withStack && typeof stack === "string" && { stack }),
    };
  } catch {
    return { name: "Error", message: "An object without a string form was thrown." };
  }
}

/** Reads what came over the wire, where `error` alone is the message. */
export function readFailure(failure: unknown, error: unknown): Failure {
  if (typeof failure === "object" && failure !== null && "message" in failure) {
    const { name, message, fields, stack, cause, ...rest } = failure as Failure;
    return {
      ...rest,
      name: String(name),
      message: String(message),
      ...(isObject(cause) && { cause }),
      ...(isObject(fields) && { fields }),
      ...(stack !== undefined && { stack: String(stack) }),
    };
  }
  return { name: "Error", message: typeof error === "string" ? error : String(error) };
}

function fieldsOf(thrown: object): Record<string, unknown> | undefined {
  const own = Object.entries(thrown).filter(
    ([key, value]) => !KNOWN.has(key) && typeof value !== "function",
  );
  return own.length > 0 ? Object.fromEntries(own) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
