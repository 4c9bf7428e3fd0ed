import { describe, expect, it } from "vitest";
import { Samples } from "./samples.js";

describe("Samples", () => {
  it("gives percentiles by nearest rank", () => {
    const samples = new Samples(200);
    for (let ms = 100; ms >= 1; ms -= 1) samples.add(ms);

    expect(samples.percentiles([0, 0.5, 0.95, 0.99, 1])).toEqual([1, 50, 95, 99, 100]);
  });

  it("keeps the newest, and counts all", () => {
    const samples = new Samples(2);
    for (const ms of [900, 1, 2]) samples.add(ms);

    expect(samples.count).toBe(3);
    expect(samples.percentiles([0.5, 1])).toEqual([1, 2]);
  });

  it("has no percentile of nothing", () => {
    expect(new Samples(2).percentiles([0.5])).toEqual([undefined]);
  });
});
