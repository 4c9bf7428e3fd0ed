/** Beyond Latin-1 each character of a string takes two bytes. */
const WIDE = /[^\0-\xff]/;

/** What an object takes beside what is in it; all there is to a `Blob`, whose content is not copied. */
const OBJECT_BYTES = 5;

/** So many objects are looked through one by one. */
const MAX_FIRST = 12;

/**
 * Estimates how many bytes the structured clone of a value takes, without making one: within half and
 * twice of what V8 writes for data of 32 bytes or more. It never throws. What was counted already is
 * counted as a reference.
 *
 * @param most - where to stop counting; what is returned may be more
 */
export function estimateSize(value: unknown, most: number = Number.POSITIVE_INFINITY): number {
  const waiting: unknown[] = [value];
  // A set costs more than to look through the few objects of most messages.
  const first: unknown[] = [];
  let others: Set<unknown> | undefined;
  let bytes = 0;
  while (waiting.length > 0 && bytes <= most) {
    const next = waiting.pop();
    if (typeof next !== "object" || next === null) {
      bytes += sizeOf(next);
    } else if (first.includes(next) || others?.has(next)) {
      bytes += 3;
    } else {
      if (first.length < MAX_FIRST) first.push(next);
      else others = (others ?? new Set()).add(next);
      try {
        bytes += OBJECT_BYTES + open(next, waiting);
      } catch {
        // A getter or a proxy threw: nobody can copy that either.
      }
    }
  }
  return bytes;
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return WIDE.test(value) ? 2 * value.length + 3 : value.length + 2;
  if (typeof value === "number") return (value | 0) === value ? 3 : 9;
  return typeof value === "bigint" ? 2 + value.toString(16).length / 2 : 1;
}

/**
 * @param waiting - receives what is inside
 * @returns the size of its names, and of what is no value
 */
function open(value: object, waiting: unknown[]): number {
  const items = itemsOf(value);
  if (items) {
    for (const item of items) waiting.push(item);
    // V8 writes the place of each item of an array that has holes, or once had.
    return Array.isArray(value) ? items.length : 0;
  }
  if (value instanceof ArrayBuffer) return value.byteLength;
  let bytes = 0;
  // Those of an error are not enumerable.
  for (const key of Object.getOwnPropertyNames(value)) {
    bytes += sizeOf(key);
    waiting.push((value as Record<string, unknown>)[key]);
  }
  return bytes;
}

function itemsOf(value: object): readonly unknown[] | undefined {
  // Most are none of these.
  if (Object.getPrototypeOf(value) === Object.prototype) return undefined;
  // Also of one that says it has four thousand million places only those that are taken.
  if (Array.isArray(value)) return Object.values(value);
  // The whole buffer is copied, however little of it the view shows.
  if (ArrayBuffer.isView(value)) return [value.buffer];
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (value instanceof Set) return [...value];
  return value instanceof RegExp ? [value.source] : undefined;
}
