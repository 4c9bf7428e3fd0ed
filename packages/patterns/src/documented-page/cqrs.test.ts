// The handlers of the page "Advanced patterns", as it writes them, beside the class of this package in
// place of its functions `sendCommand` and `executeQuery`.
import { createPubSub } from "@pubsub-mfe/core";
import { expect, it } from "vitest";
import { Cqrs } from "../cqrs.js";

// Command bus for writes
const commandBus = createPubSub({ app: "commands" });

// Event bus for domain events
const eventBus = createPubSub({ app: "events" });

// Query bus for reads (separate from commands)
const queryBus = createPubSub({ app: "queries" });

interface Order {
  orderId: string;
  customerId: string;
  total: number;
  status: "pending" | "paid" | "shipped" | "cancelled";
}

const readModel = new Map<string, Order>();

// Command handlers
commandBus.subscribe<{ customerId: string; items: { price: number; quantity: number }[] }>(
  "commands.order.create",
  async (message) => {
    const { customerId, items } = message.payload;

    // Validate
    if (!items.length) {
      throw new Error("Order must have items");
    }

    // Create order
    const orderId = crypto.randomUUID();
    const total = items.reduce((sum, item) => sum + item.price * item.quantity, 0);

    // Publish domain event
    eventBus.publish("domain.order.created", { orderId, customerId, items, total });

    // Update read model
    readModel.set(orderId, { orderId, customerId, total, status: "pending" });
  },
);

// Query handlers (read from optimized read models)
queryBus.subscribe<{ customerId?: string; status?: string; limit?: number }>(
  "queries.orders.list",
  async (message) => {
    const { customerId, status, limit = 50 } = message.payload;

    const orders = [...readModel.values()]
      .filter((order) => order.customerId === customerId && order.status === status)
      .slice(0, limit);

    // Publish result
    const correlationId = message.meta?.correlationId || message.id;
    eventBus.publish(`queries.orders.list.result.${correlationId}`, orders);
  },
);

it("CQRS", async () => {
  const cqrs = new Cqrs({ commandBus, queryBus, eventBus });
  const created = new Promise((resolve) => {
    eventBus.subscribe("domain.order.created", ({ payload }) => resolve(payload));
  });

  await cqrs.sendCommand("commands.order.create", {
    customerId: "user-456",
    items: [{ price: 10, quantity: 2 }],
  });
  expect(await created).toMatchObject({ customerId: "user-456", total: 20 });

  // Usage
  const orders = await cqrs.executeQuery<Order[]>("queries.orders.list", {
    customerId: "user-456",
    status: "pending",
  });

  expect(orders).toMatchObject([{ customerId: "user-456", total: 20, status: "pending" }]);
});
