import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { diffFacts, type Facts } from "./state-diff.js";

const facts = fc
  .dictionary(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom("1", "2", "3"))
  .map((values): Facts => new Map(Object.entries(values)));

describe("diffFacts", () => {
  it("names what is new, changed and gone", () => {
    const before = new Map(Object.entries({ kept: "1", changed: "1", gone: "1" }));
    const after = new Map(Object.entries({ kept: "1", changed: "2", added: "1" }));

    expect(Object.fromEntries(diffFacts(before, after))).toEqual({
      changed: { kind: "changed", before: "1", after: "2" },
      added: { kind: "new", after: "1" },
      gone: { kind: "gone", before: "1" },
    });
  });

  it("tells enough to make the one of the other, in both directions, and nothing else", () => {
    fc.assert(
      fc.property(facts, facts, (before, after) => {
        const forth = new Map(before);
        const back = new Map(after);
        for (const [key, change] of diffFacts(before, after)) {
          if (change.kind === "gone") forth.delete(key);
          else forth.set(key, change.after);
          if (change.kind === "new") back.delete(key);
          else back.set(key, change.before);
        }

        expect(forth).toEqual(after);
        expect(back).toEqual(before);
        expect(diffFacts(after, after).size).toBe(0);
      }),
    );
  });
});
