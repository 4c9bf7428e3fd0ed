import { describe, expect, expectTypeOf, it } from "vitest";
import * as z from "zod";
import {
  type BusLike,
  createPubSub,
  defineTopics,
  joinPubSub,
  type Message,
  matchTopic,
  once,
  type PubSubBus,
  scope,
  stream,
  type TopicsOf,
  type Untyped,
} from "../index.js";

interface Shop {
  "cart.item.added": { sku: string };
  "cart.item.removed": { sku: string; reason: string };
  "cart.cleared": undefined;
  "order.placed": { total: number };
  "order.+.paid": { amount: number };
  "queries.order.get.result.+": { lines: string[] };
}

const shop = (): PubSubBus<Shop> => createPubSub<Shop>();
const ignore = (_message: unknown): void => {};

/** What is in here is compiled and never run. */
const compiles = (_code: () => unknown): void => expect.assertions(0);

describe("publish on a typed bus", () => {
  it("takes a topic that is listed, with its payload", () =>
    compiles(() => {
      const bus = shop();

      const message = bus.publish("cart.item.added", { sku: "A-1" });
      expectTypeOf(message).toEqualTypeOf<Message<{ sku: string }, "cart.item.added">>();
      bus.publish("cart.cleared", undefined);
      bus.publish("order.placed", { total: 1 }, { source: "checkout", cause: message });
    }));

  it("refuses a topic that is not listed", () =>
    compiles(() => {
      const bus = shop();

      // @ts-expect-error no such topic
      bus.publish("cart.item.bought", { sku: "A-1" });
      // @ts-expect-error only the beginning of one
      bus.publish("cart.item", { sku: "A-1" });
      // @ts-expect-error one segment too many
      bus.publish("order.placed.now", { total: 1 });
      // @ts-expect-error any string
      bus.publish("cart.cleared" as string, undefined);
    }));

  it("refuses a payload of another type", () =>
    compiles(() => {
      const bus = shop();

      // @ts-expect-error a number
      bus.publish("cart.item.added", { sku: 1 });
      // @ts-expect-error nothing
      bus.publish("cart.item.added", undefined);
      // @ts-expect-error no reason
      bus.publish("cart.item.removed", { sku: "A-1" });
      // @ts-expect-error a field too many
      bus.publish("order.placed", { total: 1, currency: "EUR" });
    }));

  it("takes any one segment where the list has +", () =>
    compiles(() => {
      const bus = shop();
      const id: string = crypto.randomUUID();

      bus.publish("order.42.paid", { amount: 1 });
      bus.publish(`order.${id}.paid`, { amount: 1 });
      bus.publish(`queries.order.get.result.${id}`, { lines: [] });
      // @ts-expect-error the payload of another topic
      bus.publish(`order.${id}.paid`, { total: 1 });
      // @ts-expect-error two segments for one +
      bus.publish("order.42.43.paid", { amount: 1 });
      // @ts-expect-error a wildcard is for subscribing
      bus.publish("order.+.paid", { amount: 1 });
      // @ts-expect-error another last segment
      bus.publish(`order.${id}.lost`, { amount: 1 });
    }));
});

describe("subscribe on a typed bus", () => {
  it("gives the handler of a topic its payload", () =>
    compiles(() => {
      shop().subscribe("cart.item.added", (message) => {
        expectTypeOf(message).toEqualTypeOf<Message<{ sku: string }, "cart.item.added">>();
      });
      shop().subscribe("order.42.paid", (message) => {
        expectTypeOf(message).toEqualTypeOf<Message<{ amount: number }, "order.42.paid">>();
      });
    }));

  it("gives the handler of a pattern a union that the topic tells apart", () =>
    compiles(() => {
      shop().subscribe("cart.#", (message) => {
        expectTypeOf(message.topic).toEqualTypeOf<
          "cart.item.added" | "cart.item.removed" | "cart.cleared"
        >();
        if (message.topic === "cart.item.removed") {
          expectTypeOf(message.payload.reason).toBeString();
        }
        if (message.topic === "cart.cleared") expectTypeOf(message.payload).toBeUndefined();
      });
    }));

  it("knows what each wildcard can match", () =>
    compiles(() => {
      const bus = shop();

      bus.subscribe("#", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<
          | "cart.item.added"
          | "cart.item.removed"
          | "cart.cleared"
          | "order.placed"
          | `order.${string}.paid`
          | `queries.order.get.result.${string}`
        >();
      });
      bus.subscribe("cart.+", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<"cart.cleared">();
      });
      bus.subscribe("+.item.+", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<
          "cart.item.added" | "cart.item.removed" | `order.${string}.paid`
        >();
      });
      bus.subscribe("cart.cleared.#", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<"cart.cleared">();
      });
      bus.subscribe("order.+.paid", ({ topic, payload }) => {
        expectTypeOf(topic).toEqualTypeOf<`order.${string}.paid`>();
        expectTypeOf(payload).toEqualTypeOf<{ amount: number }>();
      });
      bus.subscribe("order.+.#", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<"order.placed" | `order.${string}.paid`>();
      });
      bus.subscribe("order.42.#", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<`order.${string}.paid`>();
      });
      bus.subscribe("+.+.+.+.+", ({ topic }) => {
        expectTypeOf(topic).toEqualTypeOf<`queries.order.get.result.${string}`>();
      });
    }));

  it("refuses a pattern that can match nothing", () =>
    compiles(() => {
      const bus = shop();

      // @ts-expect-error no such topic
      bus.subscribe("cart.item.bought", ignore);
      // @ts-expect-error nothing begins so
      bus.subscribe("catalog.#", ignore);
      // @ts-expect-error nothing has four segments
      bus.subscribe("+.+.+.+", ignore);
      // @ts-expect-error nothing goes on after it
      bus.subscribe("cart.cleared.+", ignore);
      // @ts-expect-error "#" is for the end
      bus.subscribe("#.cleared", ignore);
      // @ts-expect-error any string
      bus.subscribe("cart.#" as string, ignore);
    }));

  it("refuses a handler of another payload", () =>
    compiles(() => {
      const onTotal = (_message: Message<{ total: number }>): void => {};

      shop().subscribe("order.placed", onTotal);
      // @ts-expect-error messages of the cart have no total
      shop().subscribe("cart.item.added", onTotal);
      // @ts-expect-error some of the orders' have none
      shop().subscribe("order.#", onTotal);
    }));
});

describe("what else knows the topics", () => {
  it("is getHistory", () =>
    compiles(async () => {
      const messages = await shop().getHistory("order.placed", { limit: 1 });
      expectTypeOf(messages).toEqualTypeOf<Message<{ total: number }, "order.placed">[]>();
      // @ts-expect-error no such topic
      void shop().getHistory("orders");
    }));

  it("is once", () =>
    compiles(async () => {
      const { payload } = await once(shop(), "order.+.paid", {
        filter: (message) => message.payload.amount > 1,
      });
      expectTypeOf(payload).toEqualTypeOf<{ amount: number }>();
      // @ts-expect-error no such topic
      void once(shop(), "orders.#");
    }));

  it("is stream", () =>
    compiles(async () => {
      for await (const { topic } of stream(shop(), "cart.item.+")) {
        expectTypeOf(topic).toEqualTypeOf<"cart.item.added" | "cart.item.removed">();
      }
      // @ts-expect-error no such topic
      stream(shop(), "orders.#");
    }));

  it("is a scope", () =>
    compiles(() => {
      const cart = scope(shop(), "cart");
      cart.publish("cart.cleared", undefined);
      // @ts-expect-error no such topic
      cart.publish("cart.dropped", undefined);
      const inner = scope(cart, "mini");
      // @ts-expect-error no such topic
      inner.subscribe("catalog.#", ignore);
    }));

  it("is a joined bus", () =>
    compiles(() => {
      const bus = joinPubSub<Shop>({ name: "cart" });
      // @ts-expect-error no such topic
      bus.publish("cart.dropped", undefined);
      const checked = joinPubSub({ name: "cart", topics: { a: z.number() } });
      // @ts-expect-error a string
      checked.publish("a", "one");
    }));
});

describe("createPubSub with topics", () => {
  it("knows topics and payloads from their schemas", () => {
    const topics = defineTopics({
      "cart.item.added": z.object({ sku: z.string() }),
      "order.+.paid": z.object({ amount: z.number() }),
    });
    const bus = createPubSub({ topics });

    expectTypeOf<TopicsOf<typeof topics>>().toEqualTypeOf<{
      readonly "cart.item.added": { sku: string };
      readonly "order.+.paid": { amount: number };
    }>();
    bus.subscribe("order.+.paid", ({ payload }) => expectTypeOf(payload.amount).toBeNumber());
    // @ts-expect-error nothing begins so
    bus.subscribe("catalog.#", ignore);

    expect(bus.publish("cart.item.added", { sku: "A-1" }).topic).toBe("cart.item.added");
    // @ts-expect-error a number
    expect(() => bus.publish("cart.item.added", { sku: 1 })).toThrow("sku");
  });

  it("delivers what was published, so that it is the schema's input that counts", () => {
    const bus = createPubSub({ topics: { count: z.string().transform(Number) } });

    bus.subscribe("count", ({ payload }) => expectTypeOf(payload).toBeString());
    expect(bus.publish("count", "1").payload).toBe("1");
  });
});

describe("an untyped bus", () => {
  it("takes any topic and payload, and hands out any", () =>
    compiles(() => {
      const bus = createPubSub();

      expectTypeOf(bus).toEqualTypeOf<PubSubBus<Untyped>>();
      bus.publish("anything.at.all" as string, 1);
      bus.subscribe("some.#", (message) => expectTypeOf(message).toEqualTypeOf<Message>());
    }));

  it("is also what ReturnType makes of createPubSub and joinPubSub", () =>
    compiles(() => {
      const created = {} as ReturnType<typeof createPubSub>;
      const joined = {} as ReturnType<typeof joinPubSub>;

      created.publish("any.topic", { n: 1 });
      joined.subscribe("#", ({ payload }) => expectTypeOf(payload).toBeAny());
      const bus: PubSubBus = created;
      ignore(bus);
    }));

  it("has the payload as the first type parameter", () =>
    compiles(async () => {
      const bus: PubSubBus = createPubSub();

      bus.subscribe<{ sku: string }>("cart.#", ({ payload }) => {
        expectTypeOf(payload).toEqualTypeOf<{ sku: string }>();
      });
      expectTypeOf(bus.publish<number>("count", 1)).toEqualTypeOf<Message<number>>();
      expectTypeOf(await once<number>(bus, "count")).toEqualTypeOf<Message<number>>();
      expectTypeOf(await bus.getHistory<number>("count")).toEqualTypeOf<Message<number>[]>();
      for await (const message of stream<number>(bus, "count")) {
        expectTypeOf(message).toEqualTypeOf<Message<number>>();
      }
    }));
});

describe("a typed bus handed on", () => {
  it("fits a function that takes any bus", () =>
    compiles(() => {
      const audit = (_bus: BusLike): void => {};
      const count = (_bus: PubSubBus): void => {};
      const request = (_bus: BusLike & Pick<PubSubBus, "handlerCount" | "signal">): void => {};

      audit(shop());
      count(shop());
      request(shop());
      audit(scope(shop(), "cart"));
      audit(createPubSub());
    }));

  it("does not fit one that lists other topics", () =>
    compiles(() => {
      const cart = (_bus: PubSubBus<{ "cart.emptied": number }>): void => {};

      // @ts-expect-error other topics
      cart(shop());
    }));
});

describe("matchTopic", () => {
  it("has one string for each wildcard of a literal pattern", () => {
    const topic: string = "order.42.paid";

    expectTypeOf(matchTopic("order.+.paid", topic)).toEqualTypeOf<[string] | undefined>();
    expectTypeOf(matchTopic("+.+.#", topic)).toEqualTypeOf<[string, string, string] | undefined>();
    expectTypeOf(matchTopic("order", topic)).toEqualTypeOf<[] | undefined>();
    expectTypeOf(matchTopic(topic, topic)).toEqualTypeOf<string[] | undefined>();

    expect(matchTopic("order.+.paid", topic)).toEqual(["42"]);
  });
});
