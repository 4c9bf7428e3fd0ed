import { createPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { createTestBus } from "@pubsub-mfe/core/testing";
import { describe, expectTypeOf, it } from "vitest";
import { Aggregator, type Collected, type SourceOutcome } from "../aggregator.js";

interface Order {
  readonly id: string;
}

interface Sources {
  readonly orders: readonly Order[];
  readonly stock: number;
}

/** For the compiler alone: none of it runs. */
function typesOnly(_: () => unknown): void {}

describe("the types of an Aggregator", () => {
  it("any bus fits: typed, a scope, that of a test, and what has two methods", () => {
    typesOnly(() => {
      const typed: PubSubBus<{ "cart.item.added": { sku: string } }> = createPubSub();
      new Aggregator(typed);
      new Aggregator(scope(typed, "cart"));
      new Aggregator(createTestBus());
      new Aggregator({ publish: () => {}, subscribe: () => () => {} });
      // @ts-expect-error a bus can be subscribed to
      new Aggregator({ publish: () => {} });
    });
  });

  it("the result without transform has the sources as they are written", () => {
    typesOnly(async () => {
      const aggregator = new Aggregator(createPubSub());
      const whole = await aggregator.aggregate({ sources: ["orders", "stock"] });
      // biome-ignore lint/suspicious/noExplicitAny: answers whose type nobody declared
      expectTypeOf(whole).toEqualTypeOf<{ orders: any; stock: any }>();
      // @ts-expect-error nobody was asked for it
      whole.carts;

      const names: string[] = [];
      const byName = await aggregator.aggregate({ sources: names });
      // biome-ignore lint/suspicious/noExplicitAny: answers whose type nobody declared
      expectTypeOf(byName).toEqualTypeOf<{ [x: string]: any }>();
    });
  });

  it("the result is what transform returns, or what the caller says", () => {
    typesOnly(async () => {
      const aggregator = new Aggregator(createPubSub());
      const sources = ["orders"];
      const transform = (results: Map<string, unknown>) => results.size;
      expectTypeOf(await aggregator.aggregate({ sources, transform })).toBeNumber();
      const later = async () => "x";
      expectTypeOf(await aggregator.aggregate({ sources, transform: later })).toBeString();
      expectTypeOf(await aggregator.aggregate<Sources>({ sources })).toEqualTypeOf<Sources>();
      const told = await aggregator.aggregate<Sources>({
        sources,
        transform: (results) => ({ orders: results.get("orders"), stock: 1 }),
      });
      expectTypeOf(told).toEqualTypeOf<Sources>();
      // @ts-expect-error that is no result
      await aggregator.aggregate<Sources>({ sources, transform: () => 1 });
    });
  });

  it("declared sources type their names, answers and results", () => {
    typesOnly(async () => {
      const aggregator = new Aggregator<Sources>(createPubSub());
      const whole = await aggregator.aggregate({ sources: ["orders", "stock"] });
      expectTypeOf(whole).toEqualTypeOf<{ orders: readonly Order[]; stock: number }>();
      const part = await aggregator.aggregate({ sources: ["orders", "stock"], partial: true });
      expectTypeOf(part).toEqualTypeOf<{ orders?: readonly Order[]; stock?: number }>();
      const some = await aggregator.aggregate({
        sources: ["orders", "stock"],
        partial: { required: ["orders"] },
      });
      expectTypeOf(some.stock).toEqualTypeOf<number | undefined>();
      // @ts-expect-error nobody of that name
      await aggregator.aggregate({ sources: ["carts"] });
      // @ts-expect-error it is not asked
      await aggregator.aggregate({ sources: ["orders"], partial: { required: ["stock"] } });
      // @ts-expect-error it is not asked
      await aggregator.aggregate({ sources: ["orders"], timeouts: { stock: 1 } });

      aggregator.respond("stock", async () => 1);
      // @ts-expect-error it is a number
      aggregator.respond("stock", () => "one");
      // @ts-expect-error nobody of that name
      aggregator.respond("carts", () => 1);

      const collected = await aggregator.collect({
        sources: ["orders"],
        onPartial: (source, _outcome, values) => {
          expectTypeOf(source).toEqualTypeOf<"orders">();
          expectTypeOf(values.orders).toEqualTypeOf<readonly Order[] | undefined>();
        },
      });
      expectTypeOf(collected).toEqualTypeOf<Collected<"orders", { orders: readonly Order[] }>>();
      expectTypeOf(collected.outcomes.orders).toEqualTypeOf<SourceOutcome<readonly Order[]>>();
      if (collected.outcomes.orders.status === "error") {
        expectTypeOf(collected.outcomes.orders.error).toBeUnknown();
      }
    });
  });

  it("declared sources type what stands in for them, and what is put together of them", () => {
    typesOnly(async () => {
      const aggregator = new Aggregator<Sources>(createPubSub());
      const sources = ["orders", "stock"] as const;
      await aggregator.collect({
        sources,
        fallbacks: {
          orders: (reason) => (reason.status === "timeout" ? [] : Promise.resolve([])),
          stock: 0,
        },
        onPartial(source, outcome) {
          expectTypeOf(source).toEqualTypeOf<"orders" | "stock">();
          if (outcome.status === "value") {
            expectTypeOf(outcome.value).toEqualTypeOf<number | readonly Order[]>();
          }
        },
      });
      // @ts-expect-error no number of things
      await aggregator.collect({ sources, fallbacks: { stock: "none" } });
      // @ts-expect-error nor what a function returns
      await aggregator.collect({ sources, fallbacks: { stock: () => "none" } });
      const total = await aggregator.aggregate({
        sources,
        transform(results) {
          expectTypeOf(results.get("orders")).toEqualTypeOf<readonly Order[] | undefined>();
          expectTypeOf(results.get("stock")).toEqualTypeOf<number | undefined>();
          // @ts-expect-error nobody of that name
          results.get("carts");
          return results.get("stock") ?? 0;
        },
      });
      expectTypeOf(total).toBeNumber();
    });
  });

  it("what nobody declared is of any type, and the reason of a fallback is typed all the same", () => {
    typesOnly(async () => {
      const aggregator = new Aggregator(createPubSub());
      await aggregator.aggregate({
        sources: ["orders", "stock"],
        fallbacks: {
          orders: (reason) => {
            expectTypeOf(reason.status).toEqualTypeOf<"error" | "timeout" | "no-responder">();
            return [];
          },
          stock: null,
        },
        transform: (results: Map<string, unknown>) => results.size,
      });
    });
  });
});
