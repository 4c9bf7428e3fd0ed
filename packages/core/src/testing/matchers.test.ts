import { describe, expect, expectTypeOf, it } from "vitest";
import { createPubSub } from "../index.js";
import { busMatchers } from "./matchers.js";
import { record } from "./recorder.js";
import { createTestBus } from "./test-bus.js";

expect.extend(busMatchers);

/** What an assertion says when it fails, without colours. */
function complaint(assertion: () => void): string {
  try {
    assertion();
  } catch (error) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how colours begin
    return (error as Error).message.replace(/\u001b\[\d+m/g, "");
  }
  throw new Error("The assertion holds.");
}

function shop() {
  const bus = createTestBus();
  bus.publish("cart.item.added", { sku: "A-1", count: 2 });
  bus.publish("cart.item.added", { sku: "B-2", count: 1 });
  bus.publish("cart.cleared", undefined);
  return bus;
}

describe("toHavePublished", () => {
  it("holds for a topic or a pattern that something was published under", () => {
    const bus = shop();

    expect(bus).toHavePublished("cart.cleared");
    expect(bus).toHavePublished("cart.+.added");
    expect(bus).toHavePublished("#");
    expect(bus).not.toHavePublished("cart.item");
    expect(bus).not.toHavePublished("order.#");
  });

  it("compares the payload as toEqual does", () => {
    const bus = shop();

    expect(bus).toHavePublished("cart.item.added", { sku: "B-2", count: 1 });
    expect(bus).toHavePublished("cart.#", { sku: "A-1", count: expect.any(Number) });
    expect(bus).toHavePublished("#", expect.objectContaining({ sku: "A-1" }));
    expect(bus).not.toHavePublished("#", { sku: "A-1" });
    expect(bus).not.toHavePublished("cart.cleared", { sku: "A-1", count: 2 });
  });

  it("tells a payload of undefined from none that is asked for", () => {
    const bus = shop();

    expect(bus).toHavePublished("cart.cleared", undefined);
    expect(bus).not.toHavePublished("cart.item.added", undefined);
  });

  it("looks into maps and sets", () => {
    const bus = createTestBus();
    bus.publish("a", new Map([["n", 1]]));

    expect(bus).toHavePublished("a", new Map([["n", 1]]));
    expect(bus).not.toHavePublished("a", new Map([["n", 2]]));
  });

  it("takes a recorder on any bus", async () => {
    const bus = createPubSub();
    const recorder = record(bus, "cart.#");
    bus.publish("cart.cleared", 1);
    bus.publish("order.paid", 1);
    await recorder.next();

    expect(recorder).toHavePublished("cart.cleared", 1);
    expect(recorder).not.toHavePublished("order.paid");
  });

  it("says what was published, and how the nearest payload differs", () => {
    const bus = shop();

    expect(
      complaint(() => expect(bus).toHavePublished("cart.item.added", { sku: "B-2", count: 3 })),
    ).toBe(
      `expected "cart.item.added" with { "count": 3, "sku": "B-2" } to have been published.
Published were 3:
  cart.item.added  { "count": 2, "sku": "A-1" }
  cart.item.added  { "count": 1, "sku": "B-2" }
  cart.cleared  undefined

The nearest is cart.item.added:
- Expected
+ Received

  {
-   "count": 3,
+   "count": 1,
    "sku": "B-2",
  }`,
    );
  });

  it("takes the newest of those that are as near", () => {
    expect(
      complaint(() => expect(shop()).toHavePublished("cart.#", { sku: "C-3", count: 3 })),
    ).toContain('+   "sku": "B-2",');
  });

  it("says that the payload was published under another topic", () => {
    const message = complaint(() =>
      expect(shop()).toHavePublished("basket.filled", { sku: "A-1", count: 2 }),
    );

    expect(message).toContain('\n\nThat payload was published as "cart.item.added".');
  });

  it("guesses what topic was meant", () => {
    expect(complaint(() => expect(shop()).toHavePublished("cart.itme.added"))).toMatch(
      /\n\nDid you mean "cart\.item\.added"\?$/,
    );
    expect(complaint(() => expect(shop()).toHavePublished("search.started"))).toMatch(/undefined$/);
  });

  it("says that nothing was published", () => {
    expect(complaint(() => expect(createTestBus()).toHavePublished("a"))).toBe(
      'expected "a" to have been published.\nNothing was published. What a recorder of its own records comes with the delivery: was flush() awaited?',
    );
  });

  it("keeps long lists and long payloads short", () => {
    const bus = createTestBus();
    for (let n = 0; n < 30; n += 1) bus.publish(`topic.${n}`, "x".repeat(1_000));

    const message = complaint(() => expect(bus).toHavePublished("something.else"));

    expect(message.split("\n")).toHaveLength(23);
    expect(message).toContain("Published were 30:\n  … 10 before these\n  topic.10  ");
    expect(message.length).toBeLessThan(4_000);
  });

  it("lists what was published against expectation", () => {
    expect(complaint(() => expect(shop()).not.toHavePublished("cart.item.#"))).toBe(
      `expected "cart.item.#" not to have been published, but it was:
  cart.item.added  { "count": 2, "sku": "A-1" }
  cart.item.added  { "count": 1, "sku": "B-2" }`,
    );
  });

  it("refuses what remembers nothing, and a pattern that is none", () => {
    for (const received of [createPubSub(), undefined, { messages: 1 }]) {
      expect(() => expect(received).not.toHavePublished("a")).toThrow(
        "expect(...) was given neither a recorder nor a test bus. A plain bus does not keep what it published: record it before with record(bus, pattern), or make the bus with createTestBus().",
      );
    }
    expect(() => expect(shop()).not.toHavePublished("a..b")).toThrow("Invalid pattern");
  });

  it("has types", () => {
    const assertion = expect(createTestBus());

    expectTypeOf(assertion.toHavePublished).toEqualTypeOf<
      (topic: string, payload?: unknown) => void
    >();
    // @ts-expect-error a topic is a string
    expect(() => assertion.toHavePublished(1)).toThrow();
    // @ts-expect-error how often is a number
    expect(() => assertion.toHavePublishedTimes("a", "once")).toThrow();
  });
});

describe("toHavePublishedTimes", () => {
  it("counts", () => {
    const bus = shop();

    expect(bus).toHavePublishedTimes("cart.item.added", 2);
    expect(bus).toHavePublishedTimes("#", 3);
    expect(bus).toHavePublishedTimes("order.#", 0);
    expect(bus).not.toHavePublishedTimes("cart.item.added", 1);
  });

  it("says how often it was, and what else there was", () => {
    expect(complaint(() => expect(shop()).toHavePublishedTimes("cart.cleared", 2))).toBe(
      `expected "cart.cleared" to have been published 2 times, but it was once.
Published were 3:
  cart.item.added  { "count": 2, "sku": "A-1" }
  cart.item.added  { "count": 1, "sku": "B-2" }
  cart.cleared  undefined`,
    );
    expect(complaint(() => expect(shop()).not.toHavePublishedTimes("cart.cleared", 1))).toBe(
      `expected "cart.cleared" not to have been published once, but it was:
  cart.cleared  undefined`,
    );
  });
});
