import { beforeEach, describe, expect, it } from "vitest";
import { turnEnd } from "./fixtures/turn.js";
import { createPubSub, isBusError, type PubSubBus } from "./index.js";
import { ManualClock } from "./testing/manual-clock.js";

describe("createPubSub", () => {
  it("belongs to the app default unless told otherwise", () => {
    expect(createPubSub().getStats().app).toBe("default");
    expect(createPubSub({ app: "shop" }).getStats().app).toBe("shop");
  });

  it("gives every bus an id of its own", () => {
    const ids = new Set(Array.from({ length: 100 }, () => createPubSub().getStats().instanceId));

    expect(ids.size).toBe(100);
  });

  it("keeps buses apart", async () => {
    const received: unknown[] = [];
    createPubSub().subscribe("a", ({ payload }) => received.push(payload));

    createPubSub().publish("a", 1);
    await turnEnd();

    expect(received).toEqual([]);
  });
});

describe("publish", () => {
  let clock: ManualClock;
  let bus: PubSubBus;

  beforeEach(() => {
    clock = new ManualClock();
    bus = createPubSub({ clock });
  });

  it("returns the message that the handlers get", async () => {
    const received: unknown[] = [];
    bus.subscribe("cart.item.added", (message) => received.push(message));

    const message = bus.publish("cart.item.added", { sku: "A-1" });
    await turnEnd();

    expect(received).toHaveLength(1);
    expect(received[0]).toBe(message);
  });

  it("hands a handler the message and nothing else", async () => {
    const calls: unknown[][] = [];
    bus.subscribe("a", (...args: unknown[]) => calls.push(args));

    const message = bus.publish("a", 1);
    await turnEnd();

    expect(calls).toEqual([[message]]);
  });

  it("makes an envelope of just the fields that were given", () => {
    const message = bus.publish("a", undefined);

    expect(Object.keys(message)).toEqual(["id", "topic", "ts", "payload"]);
    expect(message).toMatchObject({ topic: "a", ts: clock.wallMs, payload: undefined });
  });

  it("passes the payload by reference", () => {
    const payload = { sku: "A-1" };

    expect(bus.publish("a", payload).payload).toBe(payload);
  });

  it("leaves meta out when no option belongs there", () => {
    expect(bus.publish("a", 1, {})).not.toHaveProperty("meta");
    expect(bus.publish("a", 1, { schemaVersion: "a@1" })).not.toHaveProperty("meta");
    expect(bus.publish("a", 1, { scope: "page" })).not.toHaveProperty("meta");
  });

  it("puts source, correlation and version where readers look for them", () => {
    const message = bus.publish("a", 1, {
      source: "cart",
      correlationId: "c-1",
      schemaVersion: "a@2",
      meta: { tenant: "t" },
    });

    expect(message.schemaVersion).toBe("a@2");
    expect(message.meta).toEqual({ source: "cart", correlationId: "c-1", tenant: "t" });
  });

  it("lets an option win over the same key of meta", () => {
    const meta = { source: "inner", correlationId: "inner" };

    expect(bus.publish("a", 1, { source: "outer", meta }).meta).toEqual({
      source: "outer",
      correlationId: "inner",
    });
    expect(bus.publish("a", 1, { correlationId: "outer", meta }).meta).toEqual({
      source: "inner",
      correlationId: "outer",
    });
  });

  it("copies meta instead of keeping it", () => {
    const meta = { tenant: "before" };

    const message = bus.publish("a", 1, { meta });
    meta.tenant = "after";

    expect(message.meta).toEqual({ tenant: "before" });
    expect(Object.isFrozen(meta)).toBe(false);
  });

  it("freezes the envelope and its meta, and leaves the payload alone", () => {
    const message = bus.publish("a", { n: 1 }, { source: "cart" });

    expect(Object.isFrozen(message)).toBe(true);
    expect(Object.isFrozen(message.meta)).toBe(true);
    expect(Object.isFrozen(message.payload)).toBe(false);
  });

  it("takes a meta with a __proto__ key for data", () => {
    const meta = JSON.parse('{"__proto__":{"source":"evil"}}') as Record<string, unknown>;

    const message = bus.publish("a", 1, { meta });

    expect(Object.keys(message.meta ?? {})).toEqual(["__proto__"]);
    expect(message.meta?.source).toBeUndefined();
    expect(({} as { source?: unknown }).source).toBeUndefined();
  });

  it("gives ids that sort in publish order, also when the clock steps back", () => {
    const ids = [0, 5, -3, 0.25, -1_000, 1, 0.5].map((stepMs) => {
      clock.wallMs += stepMs;
      return bus.publish("a", 1).id;
    });

    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe("getStats", () => {
  it("tells what the bus holds and has done", async () => {
    const bus = createPubSub({ app: "shop", retention: { maxMessages: 5 } });
    bus.subscribe("a", () => {});
    bus.subscribe("a", () => {});
    bus.subscribe("b.#", () => {});

    bus.publish("a", 1);
    bus.publish("b.c", 2);
    bus.publish("nobody", 3);
    await turnEnd();

    expect(bus.getStats()).toEqual({
      instanceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      app: "shop",
      handlerCount: 3,
      subscriptionPatterns: ["a", "b.#"],
      retentionBufferSize: 3,
      retentionBufferCapacity: 5,
      messageCount: { published: 3, dispatched: 3 },
      disposed: false,
    });
  });

  it("counts neither what was refused nor what is still on its way", () => {
    const bus = createPubSub();
    bus.subscribe("a", () => {});

    bus.publish("a", 1);
    expect(() => bus.publish("a.#", 1)).toThrow();

    expect(bus.getStats().messageCount).toEqual({ published: 1, dispatched: 0 });
    expect(bus.getStats()).toMatchObject({ retentionBufferSize: 0, retentionBufferCapacity: 0 });
  });
});

describe("handlerCount", () => {
  it("counts the handlers of exactly one pattern, or all", () => {
    const bus = createPubSub();
    bus.subscribe("a", () => {});
    bus.subscribe("a", () => {});
    const end = bus.subscribe("+", () => {});

    expect(bus.handlerCount("a")).toBe(2);
    expect(bus.handlerCount("+")).toBe(1);
    expect(bus.handlerCount("b")).toBe(0);
    expect(bus.handlerCount()).toBe(3);

    end();
    end();

    expect(bus.handlerCount("+")).toBe(0);
    expect(bus.handlerCount()).toBe(2);
  });
});

describe("getSubscriptions", () => {
  it("lists each pattern with its handlers and the time of its first one", () => {
    const clock = new ManualClock(1_000);
    const bus = createPubSub({ clock });
    bus.subscribe("a", () => {});
    clock.advance(5);
    bus.subscribe("a", () => {});
    const end = bus.subscribe("+.b", () => {});

    expect(bus.getSubscriptions()).toEqual([
      { pattern: "a", handlerCount: 2, createdAt: 1_000 },
      { pattern: "+.b", handlerCount: 1, createdAt: 1_005 },
    ]);

    end();

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["a"]);
  });
});

describe("clear", () => {
  it("ends every subscription, also for messages on their way", async () => {
    const bus = createPubSub();
    const received: unknown[] = [];
    for (const pattern of ["a", "+", "#"]) {
      bus.subscribe(pattern, ({ payload }) => received.push(payload));
    }

    bus.publish("a", 1);
    bus.clear();
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual([]);
    expect(bus.handlerCount()).toBe(0);
    expect(bus.getSubscriptions()).toEqual([]);
  });

  it("leaves the bus fit for new subscriptions and its history in place", async () => {
    const bus = createPubSub({ retention: { maxMessages: 5 } });
    const received: unknown[] = [];
    bus.subscribe("a", () => {});
    bus.publish("a", 1);

    bus.clear();
    bus.subscribe("a", ({ payload }) => received.push(payload), { replay: 5 });
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual([1, 2]);
  });

  it("stops at once in the midst of a delivery", async () => {
    const bus = createPubSub();
    const received: string[] = [];
    bus.subscribe("a", () => {
      received.push("first");
      bus.clear();
    });
    bus.subscribe("a", () => received.push("second"));

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toEqual(["first"]);
  });
});

describe("subscribe", () => {
  it("refuses a handler that is no function", () => {
    const bus = createPubSub();

    expect(() => bus.subscribe("a", "handler" as unknown as () => void)).toThrow(
      'The handler for "a" is "handler": it must be a function.',
    );
    expect(bus.handlerCount()).toBe(0);
  });

  it.each([-1, 1.5, Number.NaN, "all"])("refuses to replay %s messages", (replay) => {
    const bus = createPubSub();
    const subscribe = () => bus.subscribe("a", () => {}, { replay: replay as number });

    expect(subscribe).toThrow("it must be a whole number of messages, 0 or more, Infinity, or");
    expect(subscribe).toThrow(
      expect.toSatisfy((error: unknown) => isBusError(error, "INVALID_ARGUMENT")),
    );
    expect(bus.handlerCount()).toBe(0);
  });

  it("takes undefined for any option as not given", async () => {
    const bus = createPubSub({
      app: undefined,
      clock: undefined,
      debug: undefined,
      enableDevTools: undefined,
      maxHandlersPerTopic: undefined,
      onDiagnostic: undefined,
      onMaxHandlersExceeded: undefined,
      rateLimit: undefined,
      retention: undefined,
      topics: undefined,
      validationMode: undefined,
    });
    const received: unknown[] = [];
    bus.subscribe("a", ({ payload }) => received.push(payload), {
      signal: undefined,
      replay: undefined,
      sourceFilter: undefined,
    });

    const message = bus.publish("a", 1, {
      source: undefined,
      correlationId: undefined,
      schemaVersion: undefined,
      meta: undefined,
      cause: undefined,
      scope: undefined,
    });
    await turnEnd();

    expect(Object.keys(message)).toEqual(["id", "topic", "ts", "payload"]);
    expect(received).toEqual([1]);
    expect(await bus.getHistory("a", { fromTime: undefined, limit: undefined })).toEqual([]);
    expect(bus.getStats().app).toBe("default");
  });

  it("copes with topics of 50,000 segments", async () => {
    const bus = createPubSub();
    const deep = (segment: string): string => Array(50_000).fill(segment).join(".");
    const received: string[] = [];
    bus.subscribe(deep("+"), () => received.push("+"));
    bus.subscribe(`${deep("a")}.#`, () => received.push("#"));

    bus.publish(deep("a"), 1);
    await turnEnd();

    expect(received).toEqual(["+", "#"]);
  });
});
