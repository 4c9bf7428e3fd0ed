import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { busMatchers, createNetwork, record } from "@pubsub-mfe/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { type CrossTabError, createCrossTabAdapter } from "./index.js";
import { networkTransport } from "./testing/network-transport.js";

expect.extend(busMatchers);

const buses: PubSubBus[] = [];

afterEach(() => {
  for (const bus of buses.splice(0)) bus.dispose();
});

/** Two tabs whose buses are linked over a network. */
async function openTabs(network: ReturnType<typeof createNetwork>) {
  const errors: CrossTabError[] = [];
  const openTab = async (id: string) => {
    const tab = network.open(id);
    const bus = createPubSub({ app: "shop", clock: tab.clock });
    buses.push(bus);
    const adapter = createCrossTabAdapter({
      transport: networkTransport(tab.channel("shop")),
      clientId: id,
      clock: tab.clock,
      onError: (error) => errors.push(error),
    });
    await adapter.attach(bus);
    return { bus, adapter, received: record(bus, "#") };
  };
  return { a: await openTab("a"), b: await openTab("b"), openTab, errors };
}

describe("two tabs on a network that delays and duplicates", () => {
  it.each(Array.from({ length: 20 }, (_, seed) => seed))(
    "get everything of each other, once and in order (seed %i)",
    async (seed) => {
      const network = createNetwork({ seed, delay: [1, 40], duplicate: 0.3 });
      const { a, b, errors } = await openTabs(network);
      b.bus.subscribe("ask", ({ payload }) => b.bus.publish("answer", payload * 2));

      const numbers = Array.from({ length: 30 }, (_, n) => n);
      for (const n of numbers) {
        a.bus.publish("ask", n);
        await network.advance(n % 7);
      }
      await network.settle();

      const answersAt = ({ messages }: typeof a.received) =>
        messages.filter(({ topic }) => topic === "answer").map(({ payload }) => payload);
      const doubled = numbers.map((n) => n * 2);
      expect(answersAt(a.received)).toEqual(doubled);
      expect(answersAt(b.received)).toEqual(doubled);
      expect(b.received).toHavePublishedTimes("ask", 30);
      expect(errors).toEqual([]);
      expect(network.stats.duplicated).toBeGreaterThan(0);
      expect(a.adapter.getStats().messagesDeduplicated).toBeGreaterThan(0);
    },
  );

  it("repair what was lost on the way", async () => {
    const network = createNetwork({ delay: [1, 5] });
    const { a, b, errors } = await openTabs(network);
    a.bus.publish("n", 1);
    await network.settle();

    network.partition([["a"], ["b"]]);
    a.bus.publish("n", 2);
    await network.settle();
    network.heal();
    a.bus.publish("n", 3);
    await network.settle();

    expect(b.received.payloads).toEqual([1, 2, 3]);
    expect(b.adapter.getStats()).toMatchObject({ messagesRepaired: 1, gaps: 0 });
    expect(errors).toEqual([]);
  });

  it("repair the last message, which nothing follows", async () => {
    const network = createNetwork({ delay: [1, 5] });
    const { a, b } = await openTabs(network);
    await network.settle();
    network.partition([["a"], ["b"]]);
    a.bus.publish("n", "last");
    await network.settle();
    network.heal();

    await network.advance(300);

    expect(b.received.payloads).toEqual(["last"]);
  });

  it("repair the first messages that a newcomer was to hear, and none from before it", async () => {
    const network = createNetwork({ delay: [1, 5] });
    const { a, openTab } = await openTabs(network);
    for (const n of [1, 2]) a.bus.publish("n", n);
    await network.advance(60_000);

    network.partition([["late"]]);
    const late = await openTab("late");
    await network.advance(10);
    for (const n of [3, 4]) a.bus.publish("n", n);
    await network.settle();
    network.heal();
    a.bus.publish("n", 5);
    await network.settle();

    expect(late.received.payloads).toEqual([3, 4, 5]);
    expect(late.adapter.getStats()).toMatchObject({ messagesRepaired: 2, gaps: 0 });
  });

  it("are told what a tab that is gone cannot send again; what came after it is delivered", async () => {
    const network = createNetwork({ delay: [1, 5] });
    const { a, b, errors } = await openTabs(network);
    a.bus.publish("n", 1);
    await network.settle();
    network.partition([["a"], ["b"]]);
    for (const n of [2, 3]) a.bus.publish("n", n);
    await network.settle();
    network.heal();
    a.bus.publish("n", 4);
    await network.advance(0);
    network.crash("a");

    await network.advance(2_500);
    expect(b.received.payloads).toEqual([1]);
    await network.advance(200);

    expect(b.received.payloads).toEqual([1, 4]);
    expect(errors).toMatchObject([{ code: "MESSAGE_GAP", clientId: "a", range: [2, 3] }]);
  });

  it("tell of the last messages of a tab that went silent, once, and take them when it is back", async () => {
    const network = createNetwork({ delay: [1, 5] });
    const { a, b, errors } = await openTabs(network);
    await network.settle();
    network.partition([["a"], ["b"]]);
    for (const n of [1, 2]) a.bus.publish("n", n);
    await network.advance(240);
    network.heal();
    await network.advance(10); // the digest is on its way
    network.partition([["a"], ["b"]]);

    await network.advance(4_000);
    expect(errors).toMatchObject([{ code: "MESSAGE_GAP", range: [1, 2] }]);
    network.heal();
    await network.advance(16_000);

    expect(b.received.payloads).toEqual([1, 2]);
    expect(errors).toHaveLength(1);
  });

  it("lose nothing while one of them is frozen", async () => {
    const network = createNetwork({ delay: [1, 40], duplicate: 0.3 });
    const { a, b, errors } = await openTabs(network);

    network.freeze("b");
    for (let n = 0; n < 50; n += 1) {
      a.bus.publish("n", n);
      await network.advance(1);
    }
    await network.settle();
    expect(b.received.messages).toEqual([]);
    network.thaw("b");
    await network.settle();

    expect(b.received.payloads).toEqual(Array.from({ length: 50 }, (_, n) => n));
    expect(errors).toEqual([]);
  });
});
