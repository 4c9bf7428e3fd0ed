// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub } from "@pubsub-mfe/core";
import { expect, it, vi } from "vitest";
import { CircuitBreaker } from "../circuit-breaker.js";

const bus = createPubSub({ app: "circuit-breaker" });

it("Circuit Breaker", async () => {
  // Usage
  const inventoryBreaker = new CircuitBreaker("inventory", 5, 60000, bus);

  // Mock cache function
  function getCachedInventory(productId: string) {
    return { productId, stock: 0, cached: true };
  }

  async function getInventory(productId: string) {
    try {
      return await inventoryBreaker.execute(async () => {
        const response = await fetch(`/api/inventory/${productId}`);
        if (!response.ok) throw new Error("Inventory service error");
        return response.json();
      });
      // biome-ignore lint/correctness/noUnusedVariables: as the page has it
    } catch (error) {
      // Fallback to cached data
      return getCachedInventory(productId);
    }
  }

  const fetches = vi.spyOn(globalThis, "fetch");
  const opened = vi.fn();
  bus.subscribe("circuit.opened", ({ payload }) => opened(payload.name));

  fetches.mockImplementation(async () => Response.json({ productId: "ABC", stock: 7 }));
  expect(await getInventory("ABC")).toEqual({ productId: "ABC", stock: 7 });

  fetches.mockImplementation(async () => new Response("", { status: 503 }));
  for (let n = 0; n < 7; n += 1) {
    expect(await getInventory("ABC")).toEqual({ productId: "ABC", stock: 0, cached: true });
  }
  expect(fetches).toHaveBeenCalledTimes(6);
  expect(opened.mock.calls).toEqual([["inventory"]]);
});
