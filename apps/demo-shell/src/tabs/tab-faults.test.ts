import { describe, expect, it } from "vitest";
import { TabFaults } from "./tab-faults.js";

describe("TabFaults", () => {
  it("lets everything through at first, at once and once", () => {
    const faults = new TabFaults(() => 0);

    expect(faults.befall(3)).toEqual([0]);
    expect(faults.counts).toEqual({ dropped: 0, doubled: 0, delayed: 0 });
  });

  it("drops below the share that it was told", () => {
    const chances = [0.24, 0.25, 0, 0];
    const faults = new TabFaults(() => chances.shift() ?? 0);
    faults.set({ dropPercent: 25 });

    expect(faults.befall(2)).toEqual([]);
    expect(faults.befall(1)).toHaveLength(1);
    expect(faults.counts.dropped).toBe(2);
  });

  it("doubles, and has each copy take a time of its own", () => {
    const chances = [0, 0.5, 0, 0.1];
    const faults = new TabFaults(() => chances.shift() ?? 0);
    faults.set({ duplicatePercent: 100, delayMs: 200 });

    expect(faults.befall(4)).toEqual([100, 20]);
    expect(faults.counts).toEqual({ dropped: 0, doubled: 4, delayed: 8 });
  });

  it("lets nothing through while it is offline", () => {
    const faults = new TabFaults();
    let changes = 0;
    faults.onChange(() => {
      changes += 1;
    });

    faults.setOnline(false);
    expect(faults.befall(2)).toEqual([]);
    faults.setOnline(true);

    expect(faults.befall(1)).toEqual([0]);
    expect(faults.counts.dropped).toBe(2);
    expect(changes).toBe(3);
  });
});
