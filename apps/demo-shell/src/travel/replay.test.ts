import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { Replay } from "./replay.js";

type Sums = ReadonlyMap<number, number>;

/** Not commutative, and some items change nothing. */
function fold(sums: Sums, item: number): Sums {
  if (item === 0) return sums;
  const key = Math.abs(item);
  if (item < 0 && !sums.has(key)) return sums;
  const next = new Map(sums);
  if (item < 0) next.delete(key);
  else next.set(key, (next.get(key) ?? 0) * 2 + 1);
  return next;
}

const items = fc.array(fc.integer({ min: -4, max: 4 }), { maxLength: 120 });
const everyOf = fc.integer({ min: 1, max: 40 });

describe("Replay", () => {
  it("tells after each item the state that a fold from the beginning gives", () => {
    fc.assert(
      fc.property(items, everyOf, (all, every) => {
        const replay = new Replay<Sums, number>(new Map(), fold, every);
        for (const item of all) replay.append(item);

        for (let count = 0; count <= all.length; count++) {
          expect(replay.at(count)).toEqual(all.slice(0, count).reduce(fold, new Map()));
        }
      }),
    );
  });

  it("tells which items changed the state", () => {
    fc.assert(
      fc.property(items, everyOf, (all, every) => {
        const replay = new Replay<Sums, number>(new Map(), fold, every);
        let state: Sums = new Map();
        for (const [index, item] of all.entries()) {
          replay.append(item);
          const next = fold(state, item);
          expect(replay.hasChanged(index, index + 1)).toBe(next !== state);
          state = next;
        }
      }),
    );
  });

  it("tells the same of what is left after it has dropped the oldest", () => {
    fc.assert(
      fc.property(items, everyOf, fc.nat(120), (all, every, drop) => {
        const replay = new Replay<Sums, number>(new Map(), fold, every);
        const before = Math.min(drop, all.length);
        for (const item of all) replay.append(item);

        replay.dropBefore(before);

        for (let count = before; count <= all.length; count++) {
          expect(replay.at(count)).toEqual(all.slice(0, count).reduce(fold, new Map()));
        }
        expect(replay.end).toBe(all.length);
      }),
    );
  });

  it("folds fewer items for a jump than lie between two snapshots", () => {
    const counting = vi.fn(fold);
    const replay = new Replay<Sums, number>(new Map(), counting, 50);
    for (let n = 0; n < 1_000; n++) replay.append((n % 4) + 1);

    for (const count of [0, 49, 50, 51, 499, 777, 999, 1_000]) {
      counting.mockClear();
      replay.at(count);
      expect(counting.mock.calls.length).toBeLessThan(50);
    }
  });

  it("says of a state that it cannot tell which ones it can", () => {
    const replay = new Replay<Sums, number>(new Map(), fold, 2);
    for (const item of [1, 2, 3, 4, 1]) replay.append(item);
    replay.dropBefore(3);

    expect(() => replay.at(1)).toThrow(
      "There is no state after 1 items: it can be told from 2 to 5.",
    );
  });
});
