import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it } from "vitest";
import { Aggregator, PatternError } from "../aggregator.js";
import { respondBare, settle } from "../testing/aggregating.js";
import { failureOf } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;
let aggregator: Aggregator;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
  // Its clock is that of the bus.
  aggregator = new Aggregator(bus);
});

async function pass(ms: number): Promise<void> {
  clock.advance(ms);
  await settle();
}

const QUERY = { sources: ["orders", "stock"], timeout: 100, waitForResponder: 1_000 };

describe("waitForResponder", () => {
  it("asks each source once somebody answers for it, also without an id", async () => {
    const asked = aggregator.aggregate({ ...QUERY, params: 7 });
    await pass(600);
    new Aggregator(bus).respond("orders", (n) => n);
    await settle();
    await pass(300);
    respondBare(bus, "stock", (n) => n);

    expect(await asked).toEqual({ orders: 7, stock: 7 });
    expect([bus.handlerCount(), clock.timerCount]).toEqual([3, 0]);
  });

  it("has the timeout count from then on", async () => {
    const asked = aggregator.collect(QUERY);
    await pass(900);
    for (const source of QUERY.sources) aggregator.respond(source, () => new Promise(() => {}));
    await pass(99);
    const isOpen = await Promise.race([asked.then(() => false), settle().then(() => true)]);
    expect(isOpen).toBe(true);
    await pass(1);

    const timeout = { status: "timeout" };
    expect((await asked).outcomes).toEqual({ orders: timeout, stock: timeout });
  });

  it("ends with nobody where nobody comes", async () => {
    const asked = failureOf(aggregator.aggregate(QUERY));
    aggregator.respond("orders", () => 1);
    await pass(1_000);

    expect(await asked).toMatchObject({ code: "NO_RESPONDER", sources: ["stock"] });
    expect(clock.timerCount).toBe(0);
  });

  it("is given up with the ask, and hears of nobody then", async () => {
    const stop = new AbortController();
    const asked = failureOf(aggregator.aggregate({ ...QUERY, signal: stop.signal }));
    const heard: string[] = [];
    bus.subscribe("aggregate.#", ({ topic }) => void heard.push(topic));
    stop.abort();
    for (const source of QUERY.sources) aggregator.respond(source, () => 1);
    await settle();

    expect(await asked).toMatchObject({ name: "AbortError" });
    expect(heard).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });

  it("looks once more at the end where a bus does not tell of subscriptions", async () => {
    const plain = {
      publish: bus.publish.bind(bus),
      subscribe: bus.subscribe.bind(bus),
      handlerCount: bus.handlerCount.bind(bus),
    };
    const asked = new Aggregator(plain, { clock }).collect(QUERY);
    aggregator.respond("orders", () => 1);
    await pass(1_000);

    const { outcomes } = await asked;
    expect(outcomes.orders).toEqual({ status: "value", value: 1 });
    expect(outcomes.stock).toEqual({ status: "no-responder" });
  });

  it("is a number of milliseconds", async () => {
    const asked = failureOf(aggregator.collect({ ...QUERY, waitForResponder: -1 }));

    expect(await asked).toBeInstanceOf(PatternError);
    expect(await asked).toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringContaining("waitForResponder is -1"),
    });
  });
});

describe("an ask that is given up", () => {
  it("says why", async () => {
    const failures: unknown[] = [];
    bus.subscribe("aggregate.orders.cancel", ({ meta }) => void failures.push(meta?.failure));
    bus.subscribe("aggregate.orders.request", () => {});
    const stop = new AbortController();
    const query = { sources: ["orders"], timeout: 100 };
    const asks = [
      failureOf(aggregator.collect(query)),
      failureOf(new Aggregator(bus).collect({ ...query, signal: stop.signal })),
    ];
    const silent = new Aggregator(bus).collect(query);
    await settle();

    aggregator.dispose();
    stop.abort(new RangeError("The page has changed."));
    await pass(100);

    await Promise.all([...asks, silent]);
    expect(failures).toEqual([
      expect.objectContaining({ name: "AggregatorDisposedError" }),
      expect.objectContaining({ name: "RangeError", message: "The page has changed." }),
      undefined,
    ]);
  });
});

it.runIf(Symbol.dispose)("an Aggregator is disposed by `using`", async () => {
  aggregator.respond("orders", () => 1);

  aggregator[Symbol.dispose]();

  expect(bus.handlerCount()).toBe(0);
  expect(await failureOf(aggregator.collect(QUERY))).toMatchObject({ code: "DISPOSED" });
});
