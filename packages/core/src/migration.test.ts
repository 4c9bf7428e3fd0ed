import { describe, expect, it, vi } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  type Message,
  type PubSubBus,
  type Unsubscribe,
} from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

// Programs as users of the established library write them, against the documented surface alone.

interface FindOrder {
  orderId: string;
}

/** A question and its answer, tied together by a correlation id in the topic of the answer. */
class Queries {
  private readonly bus: PubSubBus;

  constructor(bus: PubSubBus) {
    this.bus = bus;
    bus.subscribe<FindOrder>("orders.find", async (message) => {
      const { orderId } = message.payload;
      const order = await Promise.resolve({ orderId, status: "paid" });
      bus.publish(`orders.find.result.${message.meta?.correlationId ?? message.id}`, order);
    });
  }

  find<T>(query: FindOrder, correlationId: string): Promise<T> {
    return new Promise((resolve) => {
      const unsubscribe = this.bus.subscribe(`orders.find.result.${correlationId}`, (message) => {
        resolve(message.payload);
        unsubscribe();
      });
      this.bus.publish("orders.find", query, { correlationId });
    });
  }
}

/** An adapter that joins two buses, written by hand over the hooks. */
function bridge(left: PubSubBus, right: PubSubBus): Unsubscribe {
  const stops = [
    [left, right],
    [right, left],
  ].map(([from, to]) =>
    (from as PubSubBus).getHooks().onPublish((message: Message) => {
      (to as PubSubBus).getHooks().dispatchExternal(message);
    }),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

describe("a program for the established library", () => {
  it("asks and is answered, and leaves nothing subscribed", async () => {
    const bus = createPubSub({ app: "orders" });
    const queries = new Queries(bus);
    const id = crypto.randomUUID();

    const order = await queries.find<{ status: string }>({ orderId: "42" }, id);

    expect(order.status).toBe("paid");
    expect(bus.handlerCount(`orders.find.result.${id}`)).toBe(0);
  });

  it("joins buses by an adapter of its own, without an echo", async () => {
    const left = createPubSub();
    const right = createPubSub();
    const received: string[] = [];
    left.subscribe("#", ({ payload }) => received.push(`left ${payload}`));
    right.subscribe("#", ({ payload }) => received.push(`right ${payload}`));
    const stop = bridge(left, right);

    left.publish("cart.item", 1);
    await turnEnd();
    stop();
    left.publish("cart.item", 2);
    await turnEnd();

    expect(received.sort()).toEqual(["left 1", "left 2", "right 1"]);
  });

  it("filters by source: exclude wins, and no source passes it, but not include", async () => {
    const bus = createPubSub();
    const received: Record<string, unknown[]> = { excluding: [], including: [], both: [] };
    const note = (name: string) => (message: Message) => received[name]?.push(message.payload);
    bus.subscribe("a", note("excluding"), { sourceFilter: { exclude: ["cart"] } });
    bus.subscribe("a", note("including"), { sourceFilter: { include: ["cart"] } });
    bus.subscribe("a", note("both"), { sourceFilter: { include: ["cart"], exclude: ["cart"] } });

    bus.publish("a", "by cart", { source: "cart" });
    bus.publish("a", "by shop", { source: "shop" });
    bus.publish("a", "by nobody");
    await turnEnd();

    expect(received).toEqual({
      excluding: ["by shop", "by nobody"],
      including: ["by cart"],
      both: [],
    });
  });

  it("reads back what is hours old, since a time or the newest of it", async () => {
    const clock = new ManualClock();
    const bus = createPubSub({ clock, retention: { maxMessages: 10 } });
    for (const hour of [1, 2, 3]) {
      bus.publish("cart.item", hour);
      await turnEnd();
      clock.advance(3_600_000);
    }
    const fromTime = clock.now() - 2.5 * 3_600_000;

    const all = await bus.getHistory<number>("cart.#");
    const recent = await bus.getHistory<number>("cart.#", { fromTime });
    const newest = await bus.getHistory<number>("cart.#", { fromTime, limit: 1 });

    expect(all.map(({ payload }) => payload)).toEqual([1, 2, 3]);
    expect(recent.map(({ payload }) => payload)).toEqual([2, 3]);
    expect(newest.map(({ payload }) => payload)).toEqual([3]);
  });

  it("logs what its diagnostics say", async () => {
    const log: string[] = [];
    const onDiagnostic = (event: DiagnosticEvent): void => {
      switch (event.type) {
        case "publish":
          log.push(`${event.topic} ${typeof event.messageId} ${event.handlerCount}`);
          break;
        case "subscribe":
        case "unsubscribe":
          log.push(`${event.type} ${event.pattern} ${event.handlerCount}`);
          break;
        case "handler-error":
          log.push(`${event.topic} ${event.error.message} ${event.handlerIndex}`);
          break;
        case "validation-error":
          log.push(`${event.schemaVersion} ${event.errors[0]?.path} ${event.mode}`);
          break;
        case "warning":
          log.push(`${event.code} ${(event.details as { topic: string }).topic}`);
          break;
        case "limit-exceeded":
          log.push(`${event.limitType} ${event.currentCount} of ${event.maxAllowed}`);
          break;
        case "rate-limited":
          log.push(`${event.topic} ${event.action} ${event.maxRate}`);
          break;
      }
    };
    const bus = createPubSub({
      onDiagnostic,
      validationMode: "warn",
      maxHandlersPerTopic: 1,
      onMaxHandlersExceeded: "warn",
      rateLimit: { maxPerSecond: 1 },
      clock: new ManualClock(),
    });
    bus.registerSchema("cart@1", { type: "object", required: ["sku"] });
    const unsubscribe = bus.subscribe("cart.item", () => {
      throw new Error("broken");
    });

    bus.subscribe("cart.item", vi.fn());
    expect(() => bus.publish("cart.*", 1)).toThrow();
    bus.publish("cart.item", {}, { schemaVersion: "cart@1" });
    const dropped = bus.publish("cart.item", {});
    await turnEnd();
    unsubscribe();

    expect(dropped.meta?._rateLimited).toBe(true);
    expect(log).toEqual([
      "subscribe cart.item 1",
      "max-handlers 1 of 1",
      "INVALID_TOPIC cart.*",
      "cart@1 sku warn",
      "cart.item drop 1",
      "cart.item broken 0",
      "cart.item string 1",
      "unsubscribe cart.item 0",
    ]);
  });
});
