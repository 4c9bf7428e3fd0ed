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

describe("publish options", () => {
  const bus = createPubSub();

  it.each([
    [{ schemaVersion: 2 }, "schemaVersion is 2: it must be a string."],
    [{ source: 5 }, "source is 5: it must be a string."],
    [{ correlationId: {} }, "correlationId is an object: it must be a string."],
    [{ scope: "tab" }, 'scope is "tab": it must be "page". To publish everywhere leave it out.'],
  ])("refuse %o, which other tabs would", (options, message) => {
    expect(() => bus.publish("a", 1, options as never)).toThrow(message);
  });

  it("may be undefined, each of them", () => {
    const none = { source: undefined, correlationId: undefined, scope: undefined, meta: undefined };

    expect(bus.publish("a", 1, none as never)).not.toHaveProperty("meta");
  });
});
