/** Deeper, or with more parts, a value takes JSON too long, or more memory than there is. */
const MAX_DEPTH = 500;
const MAX_PARTS = 1_000_000;

/**
 * Finds what JSON does not hold exactly as the structured clone algorithm would copy it: what becomes
 * something else (`Map`, `Date`, `NaN`, `-0`), what is left out (`undefined`), what refuses (`BigInt`).
 *
 * @returns the path of the part, for example `payload.seen.0` (`""` is the value itself);
 *   `undefined` when JSON holds all of it
 */
export function findInexact(value: unknown): string | undefined {
  return find(value, [], { parts: 0, above: new Set() })?.join(".");
}

interface Search {
  parts: number;
  /** What the value is inside of. */
  readonly above: Set<object>;
}

function find(value: unknown, path: string[], search: Search): string[] | undefined {
  search.parts += 1;
  if (value === null || typeof value === "string" || typeof value === "boolean") return undefined;
  if (typeof value === "number") {
    return Number.isFinite(value) && !Object.is(value, -0) ? undefined : path;
  }
  const { above } = search;
  const isHeld =
    isContainer(value) && !above.has(value) && path.length < MAX_DEPTH && search.parts < MAX_PARTS;
  if (!isHeld) return path;
  above.add(value);
  for (const [key, child] of Object.entries(value)) {
    path.push(key);
    if (find(child, path, search)) return path;
    path.pop();
  }
  above.delete(value);
  return undefined;
}

/** Whether a value is a plain object, or an array without holes and without names. */
function isContainer(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return false;
  if (!Array.isArray(value)) return Object.prototype.toString.call(value) === "[object Object]";
  const keys = Object.keys(value);
  return keys.length === value.length && keys.every((key, index) => key === String(index));
}
