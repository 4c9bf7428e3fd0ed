import { beforeEach, describe, expect, it } from "vitest";
import { takeTurns } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import { BusDisposedError, createPubSub, type Message, type PubSubBus } from "./index.js";

describe("dispose", () => {
  let bus: PubSubBus;
  let received: string[];

  beforeEach(() => {
    bus = createPubSub({ retention: { maxMessages: 5, latest: ["#"] } });
    received = [];
  });

  it("ends every subscription, also for messages on their way", async () => {
    bus.subscribe("a", () => received.push("exact"));
    bus.subscribe("#", () => received.push("wild"));

    bus.publish("a", 1);
    bus.dispose();
    await turnEnd();

    expect(received).toEqual([]);
  });

  it("stops at once in the midst of a delivery", async () => {
    bus.subscribe("a", () => {
      received.push("first");
      bus.dispose();
    });
    bus.subscribe("a", () => received.push("second"));

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual(["first"]);
  });

  it("aborts its signal once everything has ended", () => {
    const seen: unknown[] = [];
    bus.subscribe("a", () => {});
    bus.signal.addEventListener("abort", () => seen.push(bus.handlerCount(), bus.getStats()));
    expect(bus.signal.aborted).toBe(false);

    bus.dispose();
    bus.dispose();

    expect(seen).toMatchObject([0, { disposed: true }]);
    expect(bus.signal.reason).toBeInstanceOf(BusDisposedError);
  });

  it.each(["before", "in the midst of"])("ends a turn for good %s its delivery", async (when) => {
    const delivered: string[] = [];
    bus = createPubSub({
      onDiagnostic: (event) => {
        if (event.type === "publish") delivered.push(event.topic);
      },
    });
    bus.subscribe("first", () => bus.dispose());
    bus.publish("first", 1);
    bus.publish("second", 2);

    if (when === "before") bus.dispose();
    await turnEnd();

    expect(delivered).toEqual(when === "before" ? [] : ["first"]);
  });

  it("stops a replay in its midst", () => {
    bus.publish("a", 1);
    bus.publish("a", 2);

    bus.subscribe(
      "a",
      ({ payload }) => {
        received.push(String(payload));
        bus.dispose();
      },
      { replay: 2 },
    );

    expect(received).toEqual(["1"]);
  });

  it("may be called again, and ended subscriptions may be ended again", () => {
    const end = bus.subscribe("a", () => {});

    bus.dispose();

    expect(() => bus.dispose()).not.toThrow();
    expect(end).not.toThrow();
  });

  it.each<[string, (bus: PubSubBus) => unknown, string]>([
    ["publish", (b) => b.publish("a", 1), "Cannot publish: bus has been disposed."],
    ["subscribe", (b) => b.subscribe("a", () => {}), "Cannot subscribe: bus has been disposed."],
    ["clear", (b) => b.clear(), "Cannot clear: bus has been disposed."],
    ["getHooks", (b) => b.getHooks(), "Cannot get hooks: bus has been disposed."],
  ])("makes %s throw", (_method, call, message) => {
    bus.dispose();

    expect(() => call(bus)).toThrow(new BusDisposedError(message.slice(7, message.indexOf(":"))));
    expect(() => call(bus)).toThrow(message);
  });

  it("makes getHistory reject", async () => {
    bus.dispose();

    await expect(bus.getHistory("a")).rejects.toThrow("Cannot get history: bus has been disposed.");
  });

  it("leaves what only reads at work, and shows an empty bus", async () => {
    bus.subscribe("a", () => {});
    bus.publish("a", 1);
    await turnEnd();

    bus.dispose();

    expect(bus.handlerCount()).toBe(0);
    expect(bus.handlerCount("a")).toBe(0);
    expect(bus.getSubscriptions()).toEqual([]);
    expect(bus.getStats()).toMatchObject({
      handlerCount: 0,
      subscriptionPatterns: [],
      retentionBufferSize: 0,
      messageCount: { published: 1, dispatched: 1 },
      disposed: true,
    });
  });

  it("hands messages of the turn to links first, while the bus is still alive", () => {
    const turns: unknown[] = [];
    takeTurns(bus, (messages) => {
      turns.push({
        payloads: messages.map(({ payload }) => payload),
        alive: !bus.getStats().disposed,
      });
    });
    bus.publish("a", 1);
    bus.publish("a", 2);

    bus.dispose();

    expect(turns).toEqual([{ payloads: [1, 2], alive: true }]);
  });

  it("hands over to every link although one of them disposes the bus", async () => {
    const turns: string[] = [];
    takeTurns(bus, () => {
      turns.push("first");
      bus.dispose();
    });
    takeTurns(bus, () => turns.push("second"));
    bus.subscribe("a", () => received.push("handler"));

    bus.publish("a", 1);
    await turnEnd();

    expect(turns).toEqual(["first", "second"]);
    expect(received).toEqual([]);
  });

  it("makes hooks that were taken before throw, or do nothing", async () => {
    const told: Message[] = [];
    const hooks = bus.getHooks();
    const message = bus.publish("a", 1);
    const end = hooks.onPublish((m) => told.push(m));

    bus.dispose();
    await turnEnd();

    expect(() => hooks.onPublish(() => {})).toThrow("Cannot listen: bus has been disposed.");
    expect(() => hooks.dispatchExternal(message)).toThrow(
      "Cannot dispatch: bus has been disposed.",
    );
    expect(end).not.toThrow();
    expect(told).toEqual([]);
  });
});
