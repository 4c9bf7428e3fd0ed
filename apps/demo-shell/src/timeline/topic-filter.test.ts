import { describe, expect, it } from "vitest";
import { BUSINESS, parseFilter } from "./topic-filter.js";

describe("parseFilter", () => {
  it.each([
    ["#", "cart.item.added", true],
    ["", "cart.item.added", true],
    ["cart.#", "cart", true],
    ["cart.#", "order.paid", false],
    ["cart.# order.+", "order.paid", true],
    ["cart.# order.+", "order.paid.twice", false],
    ["# -telemetry.#", "telemetry.click", false],
    ["-telemetry.#", "cart.item.added", true],
    ["-telemetry.#", "telemetry.click", false],
    ["cart.# -cart.item.+  -order.#", "cart.ready", true],
    ["cart.# -cart.item.+  -order.#", "cart.item.added", false],
    [BUSINESS, "rpc.request.stock.get", false],
    [BUSINESS, "stock.changed", true],
  ])("%j of %j: %s", (text, topic, isAccepted) => {
    const filter = parseFilter(text);

    // The second answer is remembered.
    expect([filter.accepts(topic), filter.accepts(topic)]).toEqual([isAccepted, isAccepted]);
  });

  it("writes the text with one space between patterns", () => {
    expect(parseFilter("  cart.#   -rpc.# ").text).toBe("cart.# -rpc.#");
  });

  it.each([
    ["cart.*", 'For any one segment write "+", for all that follow "#".'],
    ["# -rpc.#.x", '"#" must be the last segment'],
    ["# -", "it is empty"],
  ])("refuses %j with the rule", (text, rule) => {
    expect(() => parseFilter(text)).toThrow(rule);
  });
});
