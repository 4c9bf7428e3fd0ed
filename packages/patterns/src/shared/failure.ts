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
      name: nameOf(thrown, name),
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

/**
 * Reads what came over the wire, where `error` alone is the message. It comes from elsewhere, and may
 * be anything: causes are followed only so far, and nothing in it is trusted to have a string form.
 */
export function readFailure(failure: unknown, error: unknown, depth = 0): Failure {
  if (!isObject(failure) || !("message" in failure)) {
    return { name: "Error", message: toText(error) };
  }
  const { name, message, code, data, retryable, cause, fields, stack } = failure as Failure;
  return {
    name: toText(name),
    message: toText(message),
    ...((typeof code === "string" || typeof code === "number") && { code }),
    ...(data !== undefined && { data }),
    ...(typeof retryable === "boolean" && { retryable }),
    ...(isObject(cause) &&
      depth < DEEPEST_CAUSE && { cause: readFailure(cause, cause, depth + 1) }),
    ...(isObject(fields) && { fields }),
    ...(typeof stack === "string" && { stack }),
  };
}

function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "It has no string form.";
  }
}

/** Many classes of errors are never given a name of their own. */
function nameOf(thrown: object, name: unknown): string {
  if (typeof name !== "string") return "Error";
  if (name !== "Error" || !(thrown instanceof Error)) return name;
  return thrown.constructor?.name || name;
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
