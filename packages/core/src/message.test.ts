import { describe, expect, it } from "vitest";
import { createPubSub } from "./index.js";

describe("cause", () => {
  const bus = createPubSub();
  const order = bus.publish(
    "order.placed",
    {},
    {
      correlationId: "c-1",
      source: "cart",
      meta: { traceparent: "00-4bf9-01", own: 1 },
    },
  );

  it("names the message that this one follows from, and takes over its conversation and trace", () => {
    const { meta } = bus.publish("payment.taken", {}, { cause: order });

    expect(meta).toEqual({
      causationId: order.id,
      correlationId: "c-1",
      traceparent: "00-4bf9-01",
    });
  });

  it("gives way to what is given explicitly", () => {
    const options = { cause: order, correlationId: "c-2", meta: { traceparent: "00-other-01" } };

    expect(bus.publish("payment.taken", {}, options).meta).toEqual({
      causationId: order.id,
      correlationId: "c-2",
      traceparent: "00-other-01",
    });
  });

  it("takes over nothing that the message does not have", () => {
    const cause = bus.publish("bare", {});

    expect(bus.publish("next", {}, { cause }).meta).toEqual({ causationId: cause.id });
  });
});
