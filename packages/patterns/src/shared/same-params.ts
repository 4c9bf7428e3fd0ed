/** What lies deeper is neither compared nor copied. */
const DEEPEST = 100;

/**
 * Tells whether two asks are the same: by value for plain objects and arrays, by identity for all else,
 * of which nobody knows what matters.
 */
export function sameParams(
  a: unknown,
  b: unknown,
  depth = 0,
  compared: Map<unknown, unknown> = new Map(),
): boolean {
  if (Object.is(a, b)) return true;
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  // They may run in a circle, or hold one object many times.
  if (compared.has(a)) return compared.get(a) === b;
  compared.set(a, b);
  const keys = Object.keys(a);
  return (
    depth < DEEPEST &&
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && sameParams(a[key], b[key], depth + 1, compared))
  );
}

/** Copies what {@link sameParams} compares by value: whoever asks may change it later. */
export function copyParams(
  value: unknown,
  depth = 0,
  copies: Map<unknown, unknown> = new Map(),
): unknown {
  if (!isPlain(value) || depth > DEEPEST) return value;
  const known = copies.get(value);
  if (known) return known;
  const copy = shallowCopy(value);
  copies.set(value, copy);
  for (const key of Object.keys(copy)) copy[key] = copyParams(copy[key], depth + 1, copies);
  return copy;
}

function shallowCopy(value: Record<string, unknown>): Record<string, unknown> {
  if (Array.isArray(value)) return [...value] as unknown as Record<string, unknown>;
  return Object.getPrototypeOf(value) ? { ...value } : Object.assign(Object.create(null), value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}
