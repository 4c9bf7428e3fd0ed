/**
 * Tells whether two asks are the same: by value for plain objects and arrays, by identity for all else,
 * of which nobody knows what matters.
 */
export function sameParams(a: unknown, b: unknown, depth = 0): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  // Params may run in a circle: such ones are not compared to the end.
  if (depth > DEEPEST) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameParams(a[key], b[key], depth + 1))
  );
}

const DEEPEST = 16;

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
