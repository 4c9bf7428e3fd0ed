// @vitest-environment happy-dom
import { joinPubSub } from "@pubsub-mfe/core";
import { expect, it } from "vitest";
import { Listeners } from "./listeners.js";

it("tells who listens to a topic, and to what nobody has published", () => {
  const shell = joinPubSub({ app: "listeners-test", name: "shell" });
  const cart = joinPubSub({ app: "listeners-test", name: "cart" });
  shell.subscribe("#", () => {});
  shell.subscribe("cart.+", () => {});
  cart.subscribe("cart.item", () => {});
  cart.subscribe("cart.cleared", () => {});
  const listeners = new Listeners(shell);

  expect(listeners.of("cart.item")).toEqual(["cart", "shell"]);
  expect(listeners.of("order.paid")).toEqual([]);
  expect(listeners.unheard(new Set(["order.paid"]))).toEqual([
    ["cart.+", ["shell"]],
    ["cart.cleared", ["cart"]],
    ["cart.item", ["cart"]],
  ]);
  expect(listeners.unheard(new Set(["cart.item"]))).toEqual([["cart.cleared", ["cart"]]]);

  cart.dispose();
  listeners.update();
  expect(listeners.of("cart.item")).toEqual(["shell"]);
  shell.dispose();
});
