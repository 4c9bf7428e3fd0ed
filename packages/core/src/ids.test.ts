import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busOf, createIdGenerator } from "./ids.js";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The milliseconds that an id says. */
function timeOf(id: string): number {
  return Number.parseInt(id.slice(0, 13).replace("-", ""), 16);
}

describe("createIdGenerator", () => {
  it("makes version 7 UUIDs that begin with the time", () => {
    const createId = createIdGenerator();

    const ids = [0, 1, 1_700_000_000_000, 2 ** 48 - 1].map(createId);

    for (const id of ids) expect(id).toMatch(UUID_V7);
    expect(ids.map(timeOf)).toEqual([0, 1, 1_700_000_000_000, 2 ** 48 - 1]);
    expect(ids[2]?.slice(0, 13)).toBe("018bcfe5-6800");
  });

  it("rounds fractions of a millisecond down", () => {
    const createId = createIdGenerator();

    expect([5.9, 6.1, 6.9].map((ms) => timeOf(createId(ms)))).toEqual([5, 6, 6]);
  });

  it("keeps to the last time while the clock is behind it", () => {
    const createId = createIdGenerator();

    const ids = [1_000, 10, 999.9, 1_000, 1_001].map(createId);

    expect(ids.map(timeOf)).toEqual([1_000, 1_000, 1_000, 1_000, 1_001]);
    expect([...ids].sort()).toEqual(ids);
  });

  it("borrows from the next millisecond after 4096 ids in one", () => {
    const createId = createIdGenerator();

    const ids = Array.from({ length: 10_000 }, () => createId(5));
    ids.push(createId(6), createId(8));

    expect(timeOf(ids[4_095] as string)).toBe(5);
    expect(timeOf(ids[4_096] as string)).toBe(6);
    expect(ids.slice(-2).map(timeOf)).toEqual([7, 8]);
    expect(new Set(ids).size).toBe(ids.length);
    expect([...ids].sort()).toEqual(ids);
    expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
  });

  it("makes ids that only grow, whatever the clock does", () => {
    const steps = fc.array(fc.double({ min: 0, max: 2 ** 45, noNaN: true }), { maxLength: 50 });

    fc.assert(
      fc.property(steps, (times) => {
        const ids = times.map(createIdGenerator());

        expect([...ids].sort()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
        expect(ids.filter((id) => !UUID_V7.test(id))).toEqual([]);
      }),
    );
  });

  it("makes ids by which its bus is known", () => {
    const [a, b] = [createIdGenerator(), createIdGenerator()];

    expect(new Set([a(1), a(2), a(2 ** 40)].map(busOf)).size).toBe(1);
    expect(busOf(a(1))).not.toBe(busOf(b(1)));
  });

  it("makes ids of its own that no other generator makes in the same millisecond", () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => createIdGenerator()(5)));

    expect(ids.size).toBe(1_000);
  });
});
