import { describe, expect, it } from "vitest";
import {
  countTaken,
  decideStock,
  evolveStock,
  type SkuStock,
  type StockCommand,
} from "./sku-stock.js";

function reserve(key: string, count: number, supplied: number | undefined = 3): StockCommand {
  return { reserve: key, count, supplied, name: "Stool" };
}

function stockOf(...commands: StockCommand[]): SkuStock {
  return commands.reduce<SkuStock>((stock, command) => {
    const event = decideStock(stock, command, "S");
    return event ? evolveStock(stock, event) : stock;
  }, {});
}

describe("the stock of a product", () => {
  it("reserves once per key", () => {
    expect(countTaken(stockOf(reserve("a", 2), reserve("a", 2), reserve("b", 1)))).toBe(3);
  });

  it("refuses what is not there, for good", () => {
    const stock = stockOf(reserve("a", 2));

    expect(() => decideStock(stock, reserve("b", 2), "S")).toThrow(
      expect.objectContaining({ message: "Stool: 1 left, 2 wanted.", retryable: false }),
    );
  });

  it("refuses while nobody knows what there is", () => {
    expect(() => decideStock({}, { ...reserve("a", 1), supplied: undefined }, "S")).toThrow(
      "The supplier never told how many S it has",
    );
  });

  it("has again what is given back, and not what is shipped", () => {
    expect(countTaken(stockOf(reserve("a", 2), { release: "a" }))).toBe(0);
    expect(countTaken(stockOf(reserve("a", 2), { ship: "a" }, { ship: "a" }))).toBe(2);
    expect(countTaken(stockOf(reserve("a", 2), { ship: "a" }, { release: "a" }))).toBe(0);
  });

  it("has again what was sold when that is delivered again, and not what is still held", () => {
    const stock = stockOf(reserve("a", 1), { ship: "a" }, reserve("b", 1), { restock: true });

    expect(countTaken(stock)).toBe(1);
    expect(decideStock(stock, { restock: true }, "S")).toBeUndefined();
    expect(decideStock(stock, { ship: "a" }, "S")).toBeUndefined();
  });

  it("makes no reservation that was given back before", () => {
    const stock = stockOf({ release: "a" });

    expect(() => decideStock(stock, reserve("a", 1), "S")).toThrow("was given back");
    expect(countTaken(stock)).toBe(0);
  });

  it("ships nothing that is not reserved", () => {
    expect(() => decideStock({}, { ship: "a" }, "S")).toThrow("reserve it before it is shipped");
  });
});
