import { describe, expect, it } from "vitest";
import { InvalidTopicError } from "../errors.js";
import { matchTopic } from "./match-topic.js";

describe("matchTopic", () => {
  it.each<[string, string, string[] | undefined]>([
    ["cart.item.added", "cart.item.added", []],
    ["cart.item.added", "cart.item", undefined],
    ["cart.item", "cart.item.added", undefined],
    ["cart.item", "Cart.item", undefined],
    ["order.+.paid", "order.42.paid", ["42"]],
    ["order.+.paid", "order.paid", undefined],
    ["order.+.paid", "order.4.2.paid", undefined],
    ["+", "cart", ["cart"]],
    ["+", "cart.item", undefined],
    ["+.+", "cart.item", ["cart", "item"]],
    ["cart.#", "cart.item.added", ["item.added"]],
    ["cart.#", "cart.item", ["item"]],
    ["cart.#", "cart", [""]],
    ["cart.#", "order.42.paid", undefined],
    ["cart.#", "carts", undefined],
    ["#", "cart", ["cart"]],
    ["#", "cart.item", ["cart.item"]],
    ["+.#", "cart", ["cart", ""]],
    ["+.item.#", "cart.item.added.twice", ["cart", "added.twice"]],
    ["constructor.+", "constructor.__proto__", ["__proto__"]],
  ])("finds for %s in %s: %o", (pattern, topic, captures) => {
    expect(matchTopic(pattern, topic)).toEqual(captures);
  });

  it.each(["", "a.#.b", "a+", "a..b", "+#"])("refuses the pattern %o", (pattern) => {
    expect(() => matchTopic(pattern, "a")).toThrow(InvalidTopicError);
  });
});
