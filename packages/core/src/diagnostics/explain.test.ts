// @vitest-environment happy-dom
import { afterEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { TestLink } from "../fixtures/links.js";
import { createPubSub, joinPubSub, type PubSubBus } from "../index.js";
import { explain } from "../inspect.js";

describe("explain", () => {
  const buses: PubSubBus[] = [];
  const keep = (bus: PubSubBus): PubSubBus => {
    buses.push(bus);
    return bus;
  };

  afterEach(() => {
    for (const bus of buses.splice(0)) bus.dispose();
  });

  it("names who gets it", () => {
    const bus = keep(createPubSub({ app: "shop" }));
    bus.subscribe("cart.#", function onCart() {});
    bus.subscribe("cart.+.added", () => {});

    const { topic, receivers, reasons } = explain(bus, "cart.item.added");

    expect(topic).toBe("cart.item.added");
    expect(receivers).toEqual([
      { copy: "shop", pattern: "cart.#", handler: "onCart" },
      { copy: "shop", pattern: "cart.+.added", handler: "" },
    ]);
    expect(reasons).toEqual([]);
    expect(String(explain(bus, "cart.item.added"))).toBe(
      '"cart.item.added" goes to onCart of "cart.#" (shop), a handler of "cart.+.added" (shop).',
    );
  });

  it("counts the copies of the page in", () => {
    const bus = keep(joinPubSub({ app: "explained", name: "cart" }));
    keep(joinPubSub({ app: "explained", name: "catalog" })).subscribe("a", () => {});

    expect(explain(bus, "a").receivers).toMatchObject([{ copy: "catalog" }]);
  });

  it.each([
    ["cart.item.add", 'its segment 3 is "added", and not "add"'],
    ["Cart.item.added", 'its segment 1 is "cart", and not "Cart". Capital letters'],
    ["cart.item", "it has 3 segments, and the topic 2"],
    ["cart.item.added.now", "it has 3 segments, and the topic 4"],
    ["order.a.b", '"order.+" has a handler: it has 2 segments, and the topic 3. "+" stands for'],
    ["stock", '"stock.low.#" has a handler: its segment 2 is "low", and the topic ends before it'],
  ])("finds the slip in %s", (topic, reason) => {
    const bus = keep(createPubSub());
    for (const pattern of ["cart.item.added", "order.+", "stock.low.#"]) {
      bus.subscribe(pattern, () => {});
    }

    expect(explain(bus, topic).receivers).toEqual([]);
    expect(explain(bus, topic).reasons).toEqual([expect.stringContaining(reason)]);
  });

  it("leaves out patterns that have little to do with the topic", () => {
    const bus = keep(createPubSub());
    for (const pattern of ["user.name.changed", "price", "search.#"]) {
      bus.subscribe(pattern, () => {});
    }

    expect(String(explain(bus, "cart.item.added"))).toBe('Nobody gets "cart.item.added".');
  });

  it("names the sourceFilter that leaves it out", () => {
    const bus = keep(createPubSub());
    bus.subscribe("a", function onA() {}, { sourceFilter: { include: ["cart"] } });

    expect(explain(bus, "a").reasons).toEqual([
      'The sourceFilter of onA of "a" (default) leaves out messages without a source.',
    ]);
    expect(explain(bus, "a", { source: "order" }).reasons).toEqual([
      'The sourceFilter of onA of "a" (default) leaves out the source "order".',
    ]);
    expect(explain(bus, "a", { source: "cart" }).receivers).toHaveLength(1);
  });

  it("says that publish would throw", () => {
    const bus = keep(createPubSub({ topics: { a: z.object({ n: z.number() }) } }));

    expect(explain(bus, "a..b").reasons).toEqual([expect.stringContaining("publish() throws.")]);
    expect(explain(bus, "a", { payload: { n: "1" } }).reasons).toEqual([
      expect.stringContaining("Its schema refuses the payload: n: "),
    ]);
    expect(explain(bus, "a", { payload: { n: 1 } }).reasons).toEqual([]);
    bus.dispose();
    expect(explain(bus, "a").reasons).toEqual(["The bus has been disposed: publish() throws."]);
  });

  it("finds a slip also where somebody hears everything", () => {
    const bus = keep(createPubSub({ app: "shop" }));
    bus.subscribe("#", function logger() {});
    bus.subscribe("cart.item.added", function badge() {});
    bus.subscribe("cart.item.removed", function trash() {});

    expect(explain(bus, "cart.item.add").reasons).toEqual([
      '"cart.item.added" has a handler: its segment 3 is "added", and not "add".',
    ]);
    expect(explain(bus, "cart.item.removed").reasons).toEqual([]);
  });

  it("names the links that the topic leaves by", () => {
    const bus = keep(createPubSub({ app: "shop" }));
    bus.connect(new TestLink("peer:worker"));

    const explanation = explain(bus, "cart.cleared");

    expect(explanation.links).toEqual(["peer:worker"]);
    expect(String(explanation)).toBe(
      'Nobody on this page gets "cart.cleared".\nIt leaves this page by the link peer:worker.',
    );
  });

  it("finds the handler on a bus that does not hear this one", () => {
    keep(joinPubSub({ app: "shop", name: "cart" })).subscribe("a", () => {});
    const alone = keep(createPubSub({ app: "shop" }));
    const other = keep(joinPubSub({ app: "back-office", name: "desk" }));

    expect(explain(alone, "a").reasons).toEqual([
      expect.stringContaining(
        '"cart" has a handler for it and has joined the page; this bus has not',
      ),
    ]);
    expect(explain(other, "a").reasons).toEqual([
      expect.stringContaining('in the app "shop": buses of another app than "back-office"'),
    ]);
  });

  it("reminds of what was published before the handler came", () => {
    const bus = keep(createPubSub({ retention: { maxMessages: 5 } }));
    bus.publish("a", 1);
    bus.publish("a", 2);
    bus.subscribe("a", () => {});

    expect(explain(bus, "a").reasons).toEqual([
      expect.stringContaining("2 of its messages are retained: a handler that subscribed later"),
    ]);
  });

  it("names the links whose topic rules keep it on the page", () => {
    const bus = keep(createPubSub());
    bus.connect(new TestLink("origin:shop"), { send: { private: ["a"] } });
    bus.connect(new TestLink("log:shop"));

    expect(explain(bus, "a").reasons).toEqual([
      "The topic rules of the link to origin:shop keep it on this page.",
    ]);
  });
});
