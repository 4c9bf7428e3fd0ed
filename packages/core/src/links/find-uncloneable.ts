/** How deep is looked, so that a message about a failure stays cheaper than the failure. */
const MAX_DEPTH = 8;

/**
 * Finds what keeps a value from being copied by the structured clone algorithm.
 *
 * @returns the path of the innermost part that is to blame, for example `payload.items.0.onClick`
 *   (`""` is the value itself); `undefined` when the value can be cloned
 */
export function findUncloneable(value: unknown): string | undefined {
  return find(value, "", []);
}

function find(value: unknown, path: string, within: readonly object[]): string | undefined {
  // What leads back to where it came from is not to blame itself.
  if (within.includes(value as object) || isCloneable(value)) return undefined;
  if (typeof value === "object" && value !== null && within.length < MAX_DEPTH) {
    for (const [key, { value: child }] of Object.entries(Object.getOwnPropertyDescriptors(value))) {
      const inner = find(child, path === "" ? key : `${path}.${key}`, [...within, value]);
      if (inner !== undefined) return inner;
    }
  }
  return path;
}

function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
