// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub } from "@pubsub-mfe/core";
import { expect, it } from "vitest";
import { Aggregator } from "../aggregator.js";

const bus = createPubSub({ app: "aggregator" });

it("Aggregator Pattern", async () => {
  // Example: Dashboard aggregation
  interface DashboardData {
    // biome-ignore lint/suspicious/noExplicitAny: as the page has it
    orders: any[];
    // biome-ignore lint/suspicious/noExplicitAny: as the page has it
    inventory: any[];
    // biome-ignore lint/suspicious/noExplicitAny: as the page has it
    analytics: any;
  }

  const aggregator = new Aggregator(bus);

  // Mock data fetchers
  async function getRecentOrders() {
    return [{ orderId: "123", total: 100 }];
  }

  async function getInventoryStatus() {
    return [{ productId: "ABC", stock: 50 }];
  }

  async function getAnalytics() {
    return { revenue: 10000, orders: 150 };
  }

  // MFEs respond to requests
  bus.subscribe("aggregate.orders.request", async () => {
    const orders = await getRecentOrders();
    bus.publish("aggregate.orders.response", orders);
  });

  bus.subscribe("aggregate.inventory.request", async () => {
    const inventory = await getInventoryStatus();
    bus.publish("aggregate.inventory.response", inventory);
  });

  bus.subscribe("aggregate.analytics.request", async () => {
    const analytics = await getAnalytics();
    bus.publish("aggregate.analytics.response", analytics);
  });

  // Aggregate data for dashboard
  async function loadDashboard() {
    const data = await aggregator.aggregate<DashboardData>({
      sources: ["orders", "inventory", "analytics"],
      timeout: 3000,
      partial: true, // Allow partial results
      transform: (results) => ({
        orders: results.get("orders") || [],
        inventory: results.get("inventory") || [],
        analytics: results.get("analytics") || {},
      }),
    });

    return data;
  }

  expect(await loadDashboard()).toEqual({
    orders: [{ orderId: "123", total: 100 }],
    inventory: [{ productId: "ABC", stock: 50 }],
    analytics: { revenue: 10000, orders: 150 },
  });
});
