/** Freezes plain objects and arrays all the way down; leaves instances of classes, and what cannot be read, alone. */
export function deepFreeze(value: unknown): void {
  const open = [value];
  // What is frozen already may hold what is not, so that cycles are told by what was visited.
  const visited = new Set<unknown>();
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    try {
      if (!isPlain(next) || visited.has(next)) continue;
      visited.add(next);
      Object.freeze(next);
      for (const { value: child } of Object.values(Object.getOwnPropertyDescriptors(next))) {
        if (child !== undefined) open.push(child);
      }
    } catch {
      // A proxy that is revoked, or that does not let itself be frozen.
    }
  }
}

function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
