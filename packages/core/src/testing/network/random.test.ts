import { describe, expect, it } from "vitest";
import { createRandom } from "./random.js";

describe("createRandom", () => {
  it("gives the numbers of mulberry32", () => {
    const random = createRandom(1);

    expect([random(), random(), random()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });

  it("spreads them evenly, and others for another seed", () => {
    const counts = new Array<number>(10).fill(0);
    for (let seed = -50; seed < 50; seed += 1) {
      const random = createRandom(seed);
      for (let n = 0; n < 100; n += 1) {
        const place = Math.floor(random() * 10);
        counts[place] = (counts[place] ?? 0) + 1;
      }
    }

    expect(Math.min(...counts)).toBeGreaterThan(900);
    expect(Math.max(...counts)).toBeLessThan(1_100);
  });
});
