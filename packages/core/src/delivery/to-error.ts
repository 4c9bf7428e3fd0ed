/** Returns what was thrown, as an `Error`; one made here carries the thrown value as its `cause`. */
export function toError(thrown: unknown): Error {
  if (isError(thrown)) return thrown;
  return new Error(`A value that is no Error was thrown: ${describe(thrown)}`, { cause: thrown });
}

/** Also true for an error of another realm, which `instanceof` does not know. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
  } catch {
    // Both ask the value itself, which may be a proxy or have getters that throw.
    return false;
  }
}

/** Renders what was thrown, whatever its own `toString` does. */
export function describe(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return "an object without a string form";
  }
}
