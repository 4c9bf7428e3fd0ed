import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { Aggregator } from "../aggregator.js";
import { bareByHand, settle } from "../testing/aggregating.js";
import { failureOf } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;
let aggregator: Aggregator;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
  aggregator = new Aggregator(bus, { clock });
});

/** Lets pass what a source that rests may take. */
async function rest(): Promise<void> {
  for (let n = 0; n < 5; n += 1) {
    clock.advance(60_000);
    await settle();
  }
}

describe("who is told of subscriptions", () => {
  const topics = ["response", "gone", "turn", "free"] as const;
  const cases = topics.flatMap((topic) =>
    (["abort", "dispose"] as const).map((how) => [topic, how] as const),
  );

  it.each(cases)(
    "leaves nothing when it ends an ask that subscribes to %s: %s",
    async (leg, how) => {
      const asked: unknown[] = [];
      for (const source of ["a", "b"]) {
        if (leg === "response" || leg === "gone") {
          new Aggregator(bus, { clock }).respond(source, () => new Promise(() => {}));
        } else bareByHand(bus, source);
      }
      bus.subscribe("aggregate.+.request", ({ payload }) => void asked.push(payload));
      const others = new Aggregator(bus, { clock });
      // Somebody has the turn, so that the ask waits.
      if (leg === "free") {
        const first = others.collect({ sources: ["a", "b"], params: 1, timeout: 100 });
        void first.catch(() => {});
      }
      const stop = new AbortController();
      const before = bus.handlerCount();
      let isTold = false;
      bus.onSubscriptionsChange((pattern) => {
        if (pattern !== `aggregate.a.${leg}`) return;
        isTold = true;
        if (how === "abort") stop.abort();
        else aggregator.dispose();
      });

      const query = { sources: ["a", "b"], params: 2, timeout: 100, signal: stop.signal };
      await failureOf(aggregator.collect(query));

      expect(isTold).toBe(true);
      expect(bus.handlerCount()).toBe(before);
      await rest();
      expect(asked).not.toContain(2);
      others.dispose();
      const left = bus.getSubscriptions().map(({ pattern }) => pattern);
      expect(left.filter((pattern) => !/request|cancel/.test(pattern))).toEqual([]);
      expect(clock.timerCount).toBe(0);
    },
  );
});

describe("who is told of the subscriptions of a responder", () => {
  const cases = (["cancel", "request"] as const).flatMap((leg) =>
    (["abort", "dispose"] as const).map((how) => [leg, how] as const),
  );

  it.each(cases)("leaves nothing when it ends that while it subscribes to %s: %s", (leg, how) => {
    const stop = new AbortController();
    bus.onSubscriptionsChange((pattern) => {
      if (pattern !== `aggregate.a.${leg}`) return;
      if (how === "abort") stop.abort();
      else aggregator.dispose();
    });

    aggregator.respond("a", () => 1, { signal: stop.signal });

    expect(bus.handlerCount()).toBe(0);
  });
});

describe("params that are made by a function", () => {
  it.each(["abort", "dispose"] as const)("end the ask by %s", async (how) => {
    bareByHand(bus, "a");
    const stop = new AbortController();
    const params = () => {
      if (how === "abort") stop.abort();
      else aggregator.dispose();
    };

    const asked = aggregator.collect({ sources: ["a"], params, signal: stop.signal });

    expect(await failureOf(asked)).toMatchObject({
      name: how === "abort" ? "AbortError" : "AggregatorDisposedError",
    });
    expect(bus.handlerCount()).toBe(1);
  });
});

describe("an ask that was served by an earlier answer", () => {
  it("leaves nothing when its Aggregator is disposed while its own is to come", async () => {
    const orders = bareByHand(bus, "orders");
    const givenUp = aggregator.collect({ sources: ["orders"], timeout: 100 });
    await settle();
    clock.advance(100);
    await givenUp;
    const asked = aggregator.aggregate({ sources: ["orders"], timeout: 10_000 });
    await settle();
    expect(orders.asked.length).toBe(2);
    orders.answer("of the first");
    expect(await asked).toEqual({ orders: "of the first" });

    aggregator.dispose();

    expect([bus.handlerCount(), clock.timerCount]).toEqual([1, 0]);
  });
});
