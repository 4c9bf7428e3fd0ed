// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, it } from "vitest";
import { Aggregator } from "../aggregator.js";

interface DashboardData {
  // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
  orders: any[];
  // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
  inventory: any[];
  // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
  analytics: any;
}

let bus: PubSubBus;
let aggregator: Aggregator;

beforeEach(() => {
  bus = createPubSub({ app: "aggregator" });
  aggregator = new Aggregator(bus);
});

describe('the page "Advanced patterns"', () => {
  async function getRecentOrders() {
    return [{ orderId: "123", total: 100 }];
  }
  async function getInventoryStatus() {
    return [{ productId: "ABC", stock: 50 }];
  }
  async function getAnalytics() {
    return { revenue: 10000, orders: 150 };
  }

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

  function respondToOrders() {
    bus.subscribe("aggregate.orders.request", async () => {
      const orders = await getRecentOrders();
      bus.publish("aggregate.orders.response", orders);
    });
  }

  it("runs as it is written", async () => {
    respondToOrders();
    bus.subscribe("aggregate.inventory.request", async () => {
      const inventory = await getInventoryStatus();
      bus.publish("aggregate.inventory.response", inventory);
    });
    bus.subscribe("aggregate.analytics.request", async () => {
      const analytics = await getAnalytics();
      bus.publish("aggregate.analytics.response", analytics);
    });

    expect(await loadDashboard()).toEqual({
      orders: [{ orderId: "123", total: 100 }],
      inventory: [{ productId: "ABC", stock: 50 }],
      analytics: { revenue: 10000, orders: 150 },
    });
  });

  it("gets at once what there is when a microfrontend is not on the page", async () => {
    respondToOrders();

    expect(await loadDashboard()).toEqual({
      orders: [{ orderId: "123", total: 100 }],
      inventory: [],
      analytics: {},
    });
  });

  it("asks with `{}`, and the result without transform is an object by source", async () => {
    const asked: unknown[] = [];
    bus.subscribe("aggregate.orders.request", ({ payload, topic }) => {
      asked.push([topic, payload]);
      bus.publish("aggregate.orders.response", "all");
    });

    expect(await aggregator.aggregate({ sources: ["orders"] })).toEqual({ orders: "all" });
    expect(asked).toEqual([["aggregate.orders.request", {}]]);
  });
});
