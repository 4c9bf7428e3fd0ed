// @vitest-environment happy-dom
import { afterEach, describe, expect, it, vi } from "vitest";
import { createPubSub, joinPubSub, type PubSubBus, scope } from "../index.js";
import { record } from "./recorder.js";
import { settleTasks } from "./tasks.js";

const buses: PubSubBus[] = [];

function open<B extends PubSubBus>(bus: B): B {
  buses.push(bus);
  return bus;
}

afterEach(() => {
  for (const bus of buses.splice(0)) bus.dispose();
});

describe("record", () => {
  it("keeps what matches, once it is delivered", async () => {
    const bus = open(createPubSub());
    const cart = record(bus, "cart.#");

    const added = bus.publish("cart.item.added", { sku: "A-1" });
    bus.publish("order.paid", 1);
    const cleared = bus.publish("cart.cleared", null);
    expect(cart.messages).toEqual([]);
    expect(cart.last).toBeUndefined();
    await settleTasks();

    expect(cart.messages).toEqual([added, cleared]);
    expect(cart.topics).toEqual(["cart.item.added", "cart.cleared"]);
    expect(cart.payloads).toEqual([{ sku: "A-1" }, null]);
    expect(cart.last).toBe(cleared);
  });

  it("forgets on clear, and goes on", async () => {
    const bus = open(createPubSub());
    const all = record(bus, "#");
    bus.publish("a", 1);
    await settleTasks();
    const before = all.messages;

    all.clear();
    bus.publish("a", 2);
    await settleTasks();

    expect(all.payloads).toEqual([2]);
    expect(before.map(({ payload }) => payload)).toEqual([1]);
  });

  it("counts no limit on handlers, and leaves nothing subscribed once stopped", async () => {
    const bus = open(createPubSub({ maxHandlersPerTopic: 1 }));
    const recorders = [record(bus, "a"), record(bus, "a"), record(bus, "a")];
    bus.subscribe("a", () => {});

    bus.publish("a", 1);
    await settleTasks();
    for (const recorder of recorders) recorder.stop();
    for (const recorder of recorders) recorder.stop();
    bus.publish("a", 2);
    await settleTasks();

    expect(recorders.map(({ payloads }) => payloads)).toEqual([[1], [1], [1]]);
    expect(bus.handlerCount("a")).toBe(1);
  });

  it("takes the options of a subscription", async () => {
    const bus = open(createPubSub({ retention: { maxMessages: 10 } }));
    bus.publish("a", "retained", { source: "cart" });
    const quit = new AbortController();
    const options = { replay: 5, sourceFilter: { include: ["cart"] }, signal: quit.signal };
    const all = record(bus, "#", options);

    bus.publish("a", "live", { source: "cart" });
    bus.publish("a", "of somebody else", { source: "search" });
    await settleTasks();
    quit.abort();
    bus.publish("a", "after the abort", { source: "cart" });
    await settleTasks();

    expect(all.payloads).toEqual(["retained", "live"]);
    await expect(all.next()).rejects.toBe(quit.signal.reason);
    expect(record(bus, "#", options).payloads).toEqual([]);
  });

  it("listens to no signal any more once it is stopped", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    record(open(createPubSub()), "#", { signal }).stop();

    expect(added).toHaveBeenCalled();
    expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
  });

  it("works on a scope, and ends with it", async () => {
    const bus = open(createPubSub());
    const cart = scope(bus, "cart");
    const all = record(cart, "#");
    bus.publish("a", 1);
    await settleTasks();
    const next = all.next();

    cart.dispose();
    bus.publish("a", 2);

    await expect(next).rejects.toMatchObject({ code: "BUS_DISPOSED" });
    expect(all.payloads).toEqual([1]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("records on one copy what another publishes", async () => {
    const [cart, search] = ["cart", "search"].map((name) =>
      open(joinPubSub({ app: "recorder-test", name })),
    ) as [PubSubBus, PubSubBus];
    const all = record(cart, "#");

    search.publish("a", 1);
    await all.next();

    expect(all.payloads).toEqual([1]);
  });

  it("refuses a pattern that is none", () => {
    expect(() => record(open(createPubSub()), "a..b")).toThrow(
      expect.objectContaining({ code: "INVALID_TOPIC" }),
    );
  });
});

describe("next", () => {
  it("waits for the next message, or the next that the filter takes", async () => {
    const bus = open(createPubSub());
    const all = record(bus, "#");
    bus.publish("a", 1);
    await settleTasks();

    const next = all.next();
    const even = all.next(({ payload }) => payload % 2 === 0);
    for (const payload of [3, 4, 6]) bus.publish("a", payload);

    expect((await next).payload).toBe(3);
    expect((await even).payload).toBe(4);
  });

  it("rejects with what the filter throws", async () => {
    const bus = open(createPubSub());
    const all = record(bus, "#");
    const next = all.next(() => {
      throw new Error("no");
    });

    bus.publish("a", 1);

    await expect(next).rejects.toThrow("no");
    expect(all.payloads).toEqual([1]);
  });

  it("rejects when the recording is stopped, and after", async () => {
    const all = record(open(createPubSub()), "#");
    const next = all.next();

    all.stop();

    const sentence = "The recording was stopped: no further message will come.";
    await expect(next).rejects.toThrow(sentence);
    await expect(all.next()).rejects.toThrow(sentence);
  });
});
