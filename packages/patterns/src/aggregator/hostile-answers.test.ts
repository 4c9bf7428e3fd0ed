import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { Aggregator } from "../aggregator.js";
import { failureOf } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
});

/** Has a source answer each ask with an error that is described as given. */
function respondWith(failure: unknown): void {
  bus.subscribe("aggregate.orders.request", ({ meta }) => {
    bus.publish("aggregate.orders.response", undefined, {
      correlationId: meta?.correlationId,
      meta: { status: "error", failure },
    });
  });
}

const circular: Record<string, unknown> = { name: "Error", message: "It goes round." };
circular.cause = circular;

let deep: object = { name: "Error", message: "The deepest." };
for (let n = 0; n < 100_000; n += 1) deep = { name: "Error", message: "Above it.", cause: deep };

const throwing = {
  name: "Error",
  get message(): string {
    throw new RangeError("It can not be read.");
  },
};

describe("an answer that can not be read", () => {
  it.each([
    ["has itself as its cause", circular],
    ["has very many causes", deep],
    ["has a name without a string form", { name: { toString: 1, valueOf: 1 }, message: "" }],
    ["throws when it is read", throwing],
    ["is missing", undefined],
  ])("is an error of its source: it %s", async (_, failure) => {
    respondWith(failure);
    const aggregator = new Aggregator(bus, { clock });

    const { outcomes } = await aggregator.collect({ sources: ["orders"], timeout: Infinity });

    expect(outcomes.orders).toMatchObject({ status: "error", error: expect.any(Error) });
    expect(clock.timerCount).toBe(0);
  });

  it("keeps nobody waiting who asks with other params", async () => {
    respondWith(throwing);
    const aggregator = new Aggregator(bus, { clock });

    const asks = [1, 2].map((params) =>
      aggregator.collect({ sources: ["orders"], params, timeout: Infinity }),
    );

    for (const { outcomes } of await Promise.all(asks)) {
      expect(outcomes.orders).toMatchObject({ status: "error", error: expect.any(RangeError) });
    }
  });
});

describe("a fallback", () => {
  it("that throws tells what it was to stand in for", async () => {
    const thrown = new Error("The cache is empty.");
    const query = {
      sources: ["orders"],
      fallbacks: {
        orders: () => {
          throw thrown;
        },
      },
    };
    const aggregator = new Aggregator(bus, { clock });

    const { outcomes } = await aggregator.collect(query);
    const failure = await failureOf(aggregator.aggregate(query));

    const reason = { status: "no-responder" };
    expect(outcomes.orders).toEqual({ status: "error", error: thrown, reason });
    expect(failure).toMatchObject({ cause: thrown, outcomes: { orders: { reason } } });
  });

  it.each([
    ["is null", null],
    ["has no such source", {}],
  ])("is none where `fallbacks` %s", async (_, fallbacks) => {
    const aggregator = new Aggregator(bus, { clock });

    const { outcomes } = await aggregator.collect({
      sources: ["orders"],
      fallbacks: fallbacks as never,
      timeouts: null as never,
    });

    expect(outcomes.orders).toEqual({ status: "no-responder" });
  });

  it("that can not be read is an error of its source", async () => {
    const fallbacks = {
      get orders(): never {
        throw new RangeError("It can not be read.");
      },
    };

    const { outcomes } = await new Aggregator(bus, { clock }).collect({
      sources: ["orders"],
      fallbacks,
    });

    expect(outcomes.orders).toMatchObject({ status: "error", error: expect.any(RangeError) });
  });
});
