// The usage of the page "Advanced patterns", with the class of this package in place of the page's.
import { createPubSub } from "@pubsub-mfe/core";
import { expect, it, vi } from "vitest";
import { Saga } from "../saga.js";

const bus = createPubSub({ app: "saga" });

/** Stands for what fails. */
let failing = "";
const calls: string[] = [];
async function mock(what: string): Promise<string> {
  calls.push(what);
  if (what === failing) throw new Error(`${what} failed`);
  return `${what} id`;
}

// Example: Order checkout saga
// biome-ignore lint/suspicious/noExplicitAny: as the page has it
async function checkoutSaga(orderId: string, customerId: string, paymentInfo: any) {
  const saga = new Saga(bus);

  let reservationId: string;
  let paymentId: string;

  // Mock helper functions
  const reserveInventory = (_orderId: string) => mock("reserve");
  const releaseInventory = (_reservationId: string) => mock("release");
  const processPayment = (_paymentInfo) => mock("pay");
  const refundPayment = (_paymentId: string) => mock("refund");
  const updateOrderStatus = (_orderId: string, status: string) => mock(status);
  const sendEmail = (_customerId: string, template: string, _data) => mock(template);

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

// Usage
bus.subscribe("checkout.requested", async (message) => {
  const { orderId, customerId, paymentInfo } = message.payload;
  const result = await checkoutSaga(orderId, customerId, paymentInfo);

  if (result.success) {
    bus.publish("checkout.completed", { orderId });
  } else {
    bus.publish("checkout.failed", { orderId, error: result.error });
  }
});

it.each([
  ["", ["reserve", "pay", "confirmed", "order-confirmation"], "checkout.completed"],
  ["pay", ["reserve", "pay", "release"], "checkout.failed"],
  [
    "order-confirmation",
    ["reserve", "pay", "confirmed", "order-confirmation", "cancelled", "refund", "release"],
    "checkout.failed",
  ],
])("Saga Pattern: failing %j", async (step, expected, end) => {
  failing = step;
  calls.length = 0;
  const ended = vi.fn();
  const done = new Promise((resolve) => {
    const stop = bus.subscribe("checkout.#", ({ topic, payload }) => {
      if (topic === "checkout.requested") return;
      ended(topic);
      stop();
      resolve(payload);
    });
  });

  bus.publish("checkout.requested", { orderId: "o-1", customerId: "c-1", paymentInfo: {} });
  const payload = await done;

  expect(calls).toEqual(expected);
  expect(ended.mock.calls).toEqual([[end]]);
  if (step) expect(payload).toEqual({ orderId: "o-1", error: new Error(`${step} failed`) });
});
