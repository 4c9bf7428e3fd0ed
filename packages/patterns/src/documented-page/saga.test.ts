// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { Saga } from "../saga.js";

let bus: PubSubBus;
let seen: [topic: string, payload: unknown][];

beforeEach(() => {
  // Its time stands still, so that a slow machine puts off nothing that it delivers.
  bus = createPubSub({ app: "saga", clock: new ManualClock() });
  seen = [];
  bus.subscribe("#", ({ topic, payload }) => seen.push([topic, payload]));
});

describe('the page "Advanced patterns"', () => {
  const calls: string[] = [];
  // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
  async function checkoutSaga(orderId: string, customerId: string, paymentInfo: any) {
    const saga = new Saga(bus);

    let reservationId: string;
    let paymentId: string;

    async function reserveInventory(id: string): Promise<string> {
      return `reservation of ${id}`;
    }
    async function releaseInventory(id: string): Promise<void> {
      calls.push(`released ${id}`);
    }
    // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
    async function processPayment(info: any): Promise<string> {
      if (info.declined) throw new Error("The card was declined");
      return `payment by ${info.card}`;
    }
    async function refundPayment(id: string): Promise<void> {
      calls.push(`refunded ${id}`);
    }
    async function updateOrderStatus(id: string, status: string): Promise<void> {
      calls.push(`${id} ${status}`);
    }
    // biome-ignore lint/suspicious/noExplicitAny: as the page "Advanced patterns" has it
    async function sendEmail(customer: string, template: string, _data: any): Promise<void> {
      if (paymentInfo.mailFails) throw new Error("No such customer");
      calls.push(`mailed ${customer} ${template}`);
    }

    saga
      .addStep({
        // Reserve inventory
        action: async () => {
          reservationId = await reserveInventory(orderId);
          bus.publish("inventory.reserved", { orderId, reservationId });
        },
        compensation: async () => {
          await releaseInventory(reservationId);
          bus.publish("inventory.released", { orderId, reservationId });
        },
      })
      .addStep({
        // Process payment
        action: async () => {
          paymentId = await processPayment(paymentInfo);
          bus.publish("payment.processed", { orderId, paymentId });
        },
        compensation: async () => {
          await refundPayment(paymentId);
          bus.publish("payment.refunded", { orderId, paymentId });
        },
      })
      .addStep({
        // Update order status
        action: async () => {
          await updateOrderStatus(orderId, "confirmed");
          bus.publish("order.confirmed", { orderId });
        },
        compensation: async () => {
          await updateOrderStatus(orderId, "cancelled");
          bus.publish("order.cancelled", { orderId });
        },
      })
      .addStep({
        // Send confirmation email
        action: async () => {
          await sendEmail(customerId, "order-confirmation", { orderId });
          bus.publish("email.sent", { orderId, type: "confirmation" });
        },
        compensation: async () => {
          await sendEmail(customerId, "order-cancellation", { orderId });
          bus.publish("email.sent", { orderId, type: "cancellation" });
        },
      });

    return saga.execute();
  }

  beforeEach(() => {
    calls.length = 0;
    bus.subscribe("checkout.requested", async (message) => {
      const { orderId, customerId, paymentInfo } = message.payload;
      const result = await checkoutSaga(orderId, customerId, paymentInfo);

      if (result.success) {
        bus.publish("checkout.completed", { orderId });
      } else {
        bus.publish("checkout.failed", { orderId, error: result.error });
      }
    });
  });

  async function checkOut(paymentInfo: object): Promise<[string, unknown][]> {
    bus.publish("checkout.requested", { orderId: "o-1", customerId: "c-1", paymentInfo });
    await new Promise((resolve) => setTimeout(resolve));
    return seen.slice(1);
  }

  const named = { name: "saga", id: expect.any(String) };

  it("runs as it is written", async () => {
    const events = await checkOut({ card: "4242" });

    expect(calls).toEqual(["o-1 confirmed", "mailed c-1 order-confirmation"]);
    expect(events.map(([topic]) => topic)).toEqual([
      "inventory.reserved",
      "saga.step.completed",
      "payment.processed",
      "saga.step.completed",
      "order.confirmed",
      "saga.step.completed",
      "email.sent",
      "saga.step.completed",
      "saga.completed",
      "checkout.completed",
    ]);
    expect(events[1]?.[1]).toEqual({ step: 1, stepName: "1", total: 4, ...named });
    expect(events[8]?.[1]).toEqual(named);
  });

  it("compensates as it is written, the last step first", async () => {
    const events = await checkOut({ card: "4242", mailFails: true });

    expect(calls).toEqual([
      "o-1 confirmed",
      "o-1 cancelled",
      "refunded payment by 4242",
      "released reservation of o-1",
    ]);
    const failure = { name: "Error", message: "No such customer" };
    expect(events.slice(6)).toEqual([
      ["saga.failed", { error: "No such customer", failure, ...named }],
      ["order.cancelled", { orderId: "o-1" }],
      ["saga.step.compensated", { step: 3, stepName: "3", ...named }],
      ["payment.refunded", { orderId: "o-1", paymentId: "payment by 4242" }],
      ["saga.step.compensated", { step: 2, stepName: "2", ...named }],
      ["inventory.released", { orderId: "o-1", reservationId: "reservation of o-1" }],
      ["saga.step.compensated", { step: 1, stepName: "1", ...named }],
      ["checkout.failed", { orderId: "o-1", error: new Error("No such customer") }],
    ]);
  });

  it("compensates what was done before a step that failed, and not that step", async () => {
    const events = await checkOut({ card: "4242", declined: true });

    expect(calls).toEqual(["released reservation of o-1"]);
    expect(events.at(-1)).toEqual([
      "checkout.failed",
      { orderId: "o-1", error: new Error("The card was declined") },
    ]);
  });
});
