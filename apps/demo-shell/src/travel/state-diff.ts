/** A state as it is shown: words by key. */
export type Facts = ReadonlyMap<string, string>;

/** What became of one key. */
export type Change =
  | { readonly kind: "new"; readonly after: string }
  | { readonly kind: "changed"; readonly before: string; readonly after: string }
  | { readonly kind: "gone"; readonly before: string };

/** Tells what became of each key that is not as it was. */
export function diffFacts(before: Facts, after: Facts): ReadonlyMap<string, Change> {
  const changes = new Map<string, Change>();
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined) changes.set(key, { kind: "new", after: value });
    else if (old !== value) changes.set(key, { kind: "changed", before: old, after: value });
  }
  for (const [key, value] of before) {
    if (!after.has(key)) changes.set(key, { kind: "gone", before: value });
  }
  return changes;
}
