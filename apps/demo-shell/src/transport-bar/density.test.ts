import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Bar, Density, heightOf, scaleOf } from "./density.js";

const messages = fc.array(
  fc.record({ ts: fc.integer({ min: 0, max: 10_000 }), failed: fc.boolean() }),
  { maxLength: 300 },
);

describe("Density", () => {
  it("has each message in one bar, in order, in no more bars than there is room for", () => {
    fc.assert(
      fc.property(messages, fc.integer({ min: 2, max: 16 }), (all, maxBars) => {
        const density = new Density(maxBars);
        for (const { ts, failed } of all) density.append(ts, failed);

        const { bars, size } = density;
        expect(bars.length).toBeLessThanOrEqual(maxBars);
        expect(bars.slice(0, -1).every(({ count }) => count === size)).toBe(true);
        expect(bars.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
        for (const [place, bar] of bars.entries()) {
          const inBar = all.slice(place * size, place * size + bar.count);
          expect(bar.failures).toBe(inBar.filter(({ failed }) => failed).length);
          expect(bar.to).toBe(Math.max(...all.slice(0, place * size + bar.count).map((m) => m.ts)));
        }
      }),
    );
  });

  it("changes the last bar only, while there is room", () => {
    const density = new Density(4);
    for (const ts of [0, 10, 20, 30, 40, 50]) density.append(ts, false);
    const before = [...density.bars];

    density.append(60, true);

    expect(density.bars.slice(0, before.length)).toEqual(before);
    expect(density.bars.slice(0, 3).map((bar, n) => bar === before[n])).toEqual([true, true, true]);
    expect(density.bars.at(-1)).toEqual({ count: 1, failures: 1, gaps: 1, from: 50, to: 60 });
  });

  it("marks what fails later", () => {
    const density = new Density(4);
    for (const ts of [0, 10, 20, 30, 40, 50]) density.append(ts, false);

    density.fail(3);

    expect(density.bars.map(({ failures }) => failures)).toEqual([0, 1, 0]);
    expect(density.failures).toBe(1);
  });

  it("forgets the oldest", () => {
    const density = new Density(4);
    for (const ts of [0, 10, 20, 30, 40, 50, 60]) density.append(ts, ts === 10 || ts === 60);

    density.dropBefore(3);
    density.append(70, false);
    density.fail(4);
    density.fail(0);

    expect(density.bars.map(({ count }) => count)).toEqual([2, 2, 2]);
    expect(density.bars.map(({ failures }) => failures)).toEqual([0, 1, 1]);
    expect([density.dropped, density.end, density.failures]).toEqual([2, 8, 2]);
  });
});

describe("heightOf", () => {
  const bar = (to: number, gaps = 10): Bar => ({ count: 10, failures: 0, gaps, from: 0, to });

  it("is higher the denser messages lie, between the bounds of the scale", () => {
    const bars = [1, 90, 1_000, 1_000_000].map((to) => bar(to));
    const scale = scaleOf(bars);

    const heights = bars.map((each) => heightOf(each, scale));

    expect(scale).toEqual({ low: -2, high: 4 });
    expect(heights[0]).toBe(1);
    expect(heights.at(-1)).toBe(0.12);
    expect(heights).toEqual([...heights].sort((a, b) => b - a));
    expect(new Set(heights).size).toBe(4);
  });

  it("is lowest where nothing is known of the density", () => {
    expect(heightOf(bar(0, 0), scaleOf([bar(0, 0)]))).toBe(0.12);
  });
});
