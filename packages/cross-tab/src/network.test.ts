import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { busMatchers, createNetwork, type NetworkChannel, record } from "@pubsub-mfe/core/testing";
import { afterEach, describe, expect, it } from "vitest";
import { type CrossTabError, createCrossTabAdapter, type Transport } from "./index.js";

expect.extend(busMatchers);

const buses: PubSubBus[] = [];

afterEach(() => {
  for (const bus of buses.splice(0)) bus.dispose();
});

/** What a {@link BroadcastChannelTransport} does with a `BroadcastChannel`, over the network's. */
function transportOver(channel: NetworkChannel): Transport {
  return {
    send: (data) => channel.postMessage(data),
    onMessage: (listener) => {
      const receive = ({ data }: MessageEvent) => listener(data);
      channel.addEventListener("message", receive);
      return () => channel.removeEventListener("message", receive);
    },
    close: () => channel.close(),
    isAvailable: () => true,
  };
}

/** Two tabs whose buses are linked over a network. */
async function openTabs(network: ReturnType<typeof createNetwork>) {
  const errors: CrossTabError[] = [];
  const openTab = async (id: string) => {
    const tab = network.open(id);
    const bus = createPubSub({ app: "shop", clock: tab.clock });
    buses.push(bus);
    const transport = transportOver(tab.channel("shop"));
    const adapter = createCrossTabAdapter({
      transport,
      clientId: id,
      onError: (error) => errors.push(error),
    });
    await adapter.attach(bus);
    return { bus, adapter, received: record(bus, "#") };
  };
  return { a: await openTab("a"), b: await openTab("b"), errors };
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

  it("are told what was lost", async () => {
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

    expect(b.received.payloads).toEqual([1, 3]);
    expect(errors).toMatchObject([{ code: "MESSAGE_GAP", clientId: "a", count: 1 }]);
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
