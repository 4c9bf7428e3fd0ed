import { serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateSize } from "./estimate-size.js";

/** What V8 writes, without the two bytes that say which version it is. */
const realSize = (value: unknown) => serialize(value).length - 2;

describe("estimateSize", () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 200 }));
  const leaf = fc.oneof(
    text,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constantFrom(null, undefined),
    fc.bigInt(),
    fc.date(),
    fc.uint8Array({ minLength: 8, maxLength: 300 }),
    fc.float64Array({ minLength: 2 }),
  );
  const { data } = fc.letrec((tie) => ({
    data: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("data")),
      fc.dictionary(text, tie("data")),
      fc.array(fc.tuple(leaf, tie("data"))).map((entries) => new Map(entries)),
      fc.array(tie("data")).map((items) => new Set(items)),
    ),
  }));

  it("lies between half and twice the real size", () => {
    fc.assert(
      fc.property(data, (value) => {
        const real = realSize(value);
        fc.pre(real >= 32);
        const estimate = estimateSize(value);
        expect(estimate).toBeGreaterThanOrEqual(real / 2);
        expect(estimate).toBeLessThanOrEqual(real * 2);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, unknown]>([
    ["small numbers", Array.from({ length: 500 }, (_, n) => n % 50)],
    ["large numbers", Array.from({ length: 500 }, (_, n) => 2 ** 31 + n)],
    ["fractions", Array.from({ length: 500 }, (_, n) => n + 0.5)],
    ["empty objects", Array.from({ length: 500 }, () => ({}))],
    ["empty strings", Array.from({ length: 500 }, () => "")],
    ["null and flags", Array.from({ length: 500 }, (_, n) => (n % 2 ? null : true))],
    ["flags in an array that had holes", Array(500).fill(true)],
    ["one object many times", Array(500).fill({ sku: "A-1" })],
    ["a text beyond Latin-1", "日本".repeat(500)],
    ["an error", new RangeError("too far")],
    ["a pattern", /a{1,20}(b|c)+(?<name>d)?[e-z]*longer/u],
    ["an array with names", Object.assign([1], { note: "x".repeat(200) })],
  ])("holds for %s", (_, value) => {
    const ratio = estimateSize(value) / realSize(value);
    expect(ratio).toBeGreaterThanOrEqual(0.5);
    expect(ratio).toBeLessThanOrEqual(2);
  });

  it("counts the whole buffer of a view, once", () => {
    const buffer = new ArrayBuffer(1_000_000);
    const views = [new Uint8Array(buffer, 5, 1), new DataView(buffer)];

    expect(estimateSize(views)).toBeGreaterThan(1_000_000);
    expect(estimateSize(views)).toBeLessThan(1_000_100);
  });

  it("throws at nothing, and ends", () => {
    const cycle: Record<string, unknown> = { name: "x" };
    cycle.self = [cycle, new Map([[cycle, cycle]])];
    let deep: unknown = 0;
    for (let n = 0; n < 100_000; n += 1) deep = { a: deep };
    const broken = {
      get a(): never {
        throw new Error("no");
      },
    };
    const proxy = new Proxy({}, { ownKeys: () => ["a", "a"] });
    const bottomless = {
      get next(): object {
        return { next: Object.create(bottomless, Object.getOwnPropertyDescriptors(bottomless)) };
      },
    };
    const sparse: unknown[] = [];
    sparse.length = 2 ** 32 - 1;
    const values = [cycle, broken, proxy, sparse, () => {}, Symbol("s"), new WeakMap()];

    for (const value of values) expect(estimateSize(value)).toBeLessThan(100);
    expect(estimateSize(deep)).toBeGreaterThan(400_000);
    expect(estimateSize(bottomless, 10_000)).toBeGreaterThan(10_000);
  });

  it("stops where it is told to", () => {
    const items = Array.from({ length: 1_000 }, () => "x".repeat(100));

    expect(estimateSize(items, 500)).toBeLessThan(2_000);
  });
});
