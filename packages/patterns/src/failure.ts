/** What a handler threw, as plain data that any channel carries. */
export interface Failure {
  /** The name of the error's class; `"Error"` for what was no error. */
  readonly name: string;
  readonly message: string;
  /** The error's own `code`, where that is a string or number. */
  readonly code?: string | number;
}

/** Describes whatever was thrown; never throws itself. */
export function toFailure(thrown: unknown): Failure {
  try {
    if (typeof thrown !== "object" || thrown === null) {
      return { name: "Error", message: String(thrown) };
    }
    const { name, message, code } = thrown as Partial<Record<keyof Failure, unknown>>;
    return {
      name: typeof name === "string" ? name : "Error",
      message: typeof message === "string" ? message : String(thrown),
      ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    };
  } catch {
    return { name: "Error", message: "An object without a string form was thrown." };
  }
}

/** Reads what came over the wire, where `error` alone is the message. */
export function readFailure(failure: unknown, error: unknown): Failure {
  if (typeof failure === "object" && failure !== null && "message" in failure) {
    return toFailure(failure);
  }
  return { name: "Error", message: typeof error === "string" ? error : String(error) };
}
