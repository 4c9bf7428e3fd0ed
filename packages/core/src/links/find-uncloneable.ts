/** How deep is looked, so that a message about a failure stays cheaper than the failure. */
const MAX_DEPTH = 8;

/**
 * Finds what keeps a value from being copied by the structured clone algorithm.
 *
 * @returns the path of the innermost part that is to blame, for example `payload.items.0.onClick`
 *   (`""` is the value itself); `undefined` when the value can be cloned
 */
export function findUncloneable(value: unknown): string | undefined {
  if (isCloneable(value)) return undefined;
  return find(value, "", 0, new Set()) ?? "";
}

/** @param seen - what is being looked at, or was: a way back to it is not to blame */
function find(value: unknown, path: string, depth: number, seen: Set<unknown>): string | undefined {
  if (isCloneable(value)) return undefined;
  if (typeof value !== "object" || value === null || depth === MAX_DEPTH) return path;
  seen.add(value);
  let leadsBack = false;
  for (const [key, child] of ownValues(value)) {
    if (!seen.has(child)) {
      const inner = find(child, path === "" ? key : `${path}.${key}`, depth + 1, seen);
      if (inner !== undefined) return inner;
    }
    // Also when it was looked at just now: then it is there because it leads back itself.
    if (seen.has(child)) leadsBack = true;
  }
  return leadsBack ? undefined : path;
}

/** Without running getters; a proxy may refuse to tell. */
function ownValues(value: object): [key: string, value: unknown][] {
  try {
    const descriptors = Object.getOwnPropertyDescriptors(value);
    return Object.entries(descriptors).map(([key, { value: child }]) => [key, child]);
  } catch {
    return [];
  }
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
