// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub } from "@pubsub-mfe/core";
import { expect, it } from "vitest";
import { RequestResponse } from "../request-response.js";

const bus = createPubSub({ app: "rpc" });

it("Request-Response Pattern", async () => {
  // Setup
  const rpc = new RequestResponse(bus);

  // Mock helper functions
  async function getOrder(orderId: string) {
    return { orderId, status: "pending" };
  }

  // Register handlers
  rpc.handle("calculateTotal", async (params) => {
    const { items } = params;
    return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
  });

  rpc.handle("validateOrder", async (params) => {
    const { orderId } = params;
    const order = await getOrder(orderId);
    return order.status === "pending";
  });

  // Make requests
  const total = await rpc.request<number>("calculateTotal", {
    items: [
      { price: 10, quantity: 2 },
      { price: 15, quantity: 1 },
    ],
  });

  const isValid = await rpc.request<boolean>("validateOrder", {
    orderId: "123",
  });

  expect(total).toBe(35);
  expect(isValid).toBe(true);
});
