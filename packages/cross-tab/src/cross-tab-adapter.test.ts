// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import { Hub } from "./testing/hub.js";
import { openTab, payloads, turnEnd } from "./testing/tabs.js";

let hub: Hub;

beforeEach(() => {
  hub = new Hub();
});

describe("a link between tabs", () => {
  it("delivers what one bus publishes to all others, once, and not back", async () => {
    const [a, b, c] = [await openTab(hub), await openTab(hub), await openTab(hub)];

    a.bus.publish("cart.item.added", { sku: "A-1" });
    await turnEnd();

    expect(payloads(a.received)).toEqual([{ sku: "A-1" }]);
    expect(payloads(b.received)).toEqual([{ sku: "A-1" }]);
    expect(payloads(c.received)).toEqual([{ sku: "A-1" }]);
    expect(hub.posts).toHaveLength(1);
  });

  it("sends what one turn publishes in one post, before any handler runs", async () => {
    const { bus } = await openTab(hub);
    const postsAtHandler: number[] = [];
    bus.subscribe("a", ({ payload }) => {
      postsAtHandler.push(hub.posts.length);
      payload.n = "changed by a handler";
    });

    bus.publish("a", { n: 1 });
    bus.publish("a", { n: 2 });
    bus.publish("b", { n: 3 });
    await turnEnd();

    expect(postsAtHandler).toEqual([1, 1]);
    expect(hub.posts).toEqual([
      expect.objectContaining({
        v: 1,
        from: 1,
        messages: [
          expect.objectContaining({ topic: "a", payload: { n: 1 } }),
          expect.objectContaining({ topic: "a", payload: { n: 2 } }),
          expect.objectContaining({ topic: "b", payload: { n: 3 } }),
        ],
      }),
    ]);
  });

  it("sends nothing for a turn without messages for others", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];

    a.bus.publish("a", 1, { scope: "page" });
    await turnEnd();

    expect(hub.posts).toEqual([]);
    expect(b.received).toEqual([]);
  });

  it("cuts a burst into posts of maxBatchSize, without a hole in the numbering", async () => {
    const [a, b] = [await openTab(hub, { maxBatchSize: 4 }), await openTab(hub)];

    for (let n = 0; n < 10; n += 1) a.bus.publish("a", n);
    await turnEnd();
    a.bus.publish("a", 10);
    await turnEnd();

    expect(hub.posts).toMatchObject([{ from: 1 }, { from: 5 }, { from: 9 }, { from: 11 }]);
    expect(payloads(b.received)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(b.errors).toEqual([]);
    expect(a.adapter.getStats()).toMatchObject({
      messagesSent: 11,
      batchesSent: 4,
      averageBatchSize: 11 / 4,
      maxBatchSizeSeen: 4,
    });
    expect(b.adapter.getStats()).toMatchObject({ messagesReceived: 11, messagesSent: 0 });
  });

  it("posts 50 at once where nothing is said", async () => {
    const { bus, adapter } = await openTab(hub);

    for (let n = 0; n < 120; n += 1) bus.publish("a", n);
    await turnEnd();

    expect(adapter.getStats()).toMatchObject({ batchesSent: 3, maxBatchSizeSeen: 50 });
  });

  it("keeps the order of each publisher", async () => {
    const [a, b, c] = [await openTab(hub), await openTab(hub), await openTab(hub)];

    for (let turn = 0; turn < 20; turn += 1) {
      for (let n = 0; n < 60; n += 1) {
        a.bus.publish("a", turn * 60 + n);
        b.bus.publish("b", turn * 60 + n);
      }
      await null;
    }
    while (c.received.length < 2_400) await turnEnd();

    const inOrder = Array.from({ length: 1_200 }, (_, n) => n);
    for (const topic of ["a", "b"]) {
      expect(payloads(c.received.filter((message) => message.topic === topic))).toEqual(inOrder);
    }
  });

  it("keeps the whole of a message, and says where it comes from", async () => {
    const [a, b] = [await openTab(hub, { clientId: "tab-a" }), await openTab(hub)];
    const meta = { tenant: { id: 7 } };
    const options = { source: "cart", correlationId: "c-1", schemaVersion: "2.1", meta };

    const published = a.bus.publish("cart.saved", { total: 2n ** 70n, at: new Date(0) }, options);
    await turnEnd();

    const _origin = location.origin;
    expect(b.received).toEqual([
      {
        ...published,
        meta: { ...published.meta, _crossTab: true, _sourceClientId: "tab-a", _origin },
      },
    ]);
    expect(Object.isFrozen(b.received[0]?.meta)).toBe(true);
    expect(a.received[0]?.meta).toEqual({ source: "cart", correlationId: "c-1", ...meta });
  });

  it("lets a source filter choose among messages of other tabs", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];
    const ofCart: unknown[] = [];
    b.bus.subscribe("a", ({ payload }) => ofCart.push(payload), {
      sourceFilter: { include: ["cart"] },
    });

    a.bus.publish("a", 1, { source: "cart" });
    a.bus.publish("a", 2, { source: "search" });
    await turnEnd();

    expect(ofCart).toEqual([1]);
  });

  it("keeps what a received message makes a handler publish apart from it", async () => {
    const [a, b] = [await openTab(hub), await openTab(hub)];
    b.bus.subscribe("ask", ({ payload }) => b.bus.publish("answer", payload * 2));

    a.bus.publish("ask", 21);
    await turnEnd();

    expect(a.received.map(({ topic, payload }) => [topic, payload])).toEqual([
      ["ask", 21],
      ["answer", 42],
    ]);
    expect(hub.posts).toHaveLength(2);
  });

  it("hears what is sent while it works, and nothing from before", async () => {
    const a = await openTab(hub);
    a.bus.publish("a", "before");
    await turnEnd();

    const late = await openTab(hub);
    a.bus.publish("a", "after");
    await turnEnd();

    expect(payloads(late.received)).toEqual(["after"]);
    expect(late.errors).toEqual([]);
  });
});
