import { createPubSub, type Message, type PubSubBus } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { collect, MemoryOrigin, numbered, settled, withMethods } from "../testing/event-stores.js";

/** A bus, and the payloads that it delivered. */
function openBus(config = {}): { bus: PubSubBus; heard: Message[]; payloads(): unknown[] } {
  const bus = createPubSub(config);
  const heard: Message[] = [];
  bus.subscribe("#", (message) => heard.push(message));
  return { bus, heard, payloads: () => heard.map(({ payload }) => payload) };
}

describe("events of a store", () => {
  it("are published after the commit, by the tab that appended, with where they stand", async () => {
    const { bus, heard } = openBus();
    const { store } = new MemoryOrigin().tab({ bus });

    await store.append("cart", [
      { type: "item.added", payload: null, meta: { by: "Ada", schemaVersion: "2" } },
      { type: "item.added", payload: 2 },
    ]);
    await store.publishPending();
    await settled();

    const [first, second] = await collect(store.read("cart"));
    expect(heard.map(({ topic, payload }) => [topic, payload])).toEqual([
      ["item.added", null],
      ["item.added", 2],
    ]);
    expect(heard[0]?.schemaVersion).toBe("2");
    expect(heard[0]?.meta).toMatchObject({
      by: "Ada",
      stream: "cart",
      version: 1,
      position: first?.position,
      eventId: first?.id,
    });
    expect(heard[1]?.meta).toMatchObject({ version: 2, eventId: second?.id });
  });

  it("are published once where tabs have locks, though all of them look", async () => {
    const origin = new MemoryOrigin();
    const { bus, payloads } = openBus();
    const tabs = [origin.tab({ bus }), origin.tab({ bus }), origin.tab({ bus })];

    await Promise.all(tabs.map(({ store }, n) => store.append(`s${n}`, numbered(1, 3))));
    await origin.advance(3_000);

    expect(payloads().sort()).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  it("are published in the order of their versions", async () => {
    const { bus, payloads } = openBus();
    const { store } = new MemoryOrigin().tab({ bus });

    await Promise.all([1, 2, 3, 4, 5].map((n) => store.append("cart", numbered(n, n))));
    await store.publishPending();
    await settled();

    expect(payloads()).toEqual([1, 2, 3, 4, 5]);
  });

  it("a crash between commit and publish: another tab publishes within two seconds", async () => {
    const origin = new MemoryOrigin();
    const died = origin.tab({ bus: openBus().bus });
    const { bus, payloads } = openBus();
    origin.tab({ bus });
    await settled();

    void died.store.append("cart", numbered(1, 2));
    // The commit was told, and the tab is gone before it published.
    await new Promise<void>((resolve) => died.streams.onAppend(resolve));
    died.crash();
    await origin.advance(900);
    expect(payloads()).toEqual([]);

    await origin.advance(1_100);
    expect(payloads()).toEqual([1, 2]);
  });

  it("a crash of all tabs: the next one publishes when it starts", async () => {
    const origin = new MemoryOrigin();
    const crash = { now: (): void => {} };
    const died = origin.tab({ bus: { publish: () => crash.now() } });
    crash.now = died.crash;
    void died.store.append("cart", numbered(1, 1));
    await settled();

    const { bus, payloads } = openBus();
    origin.tab({ bus });
    await settled();

    expect(payloads()).toEqual([1]);
  });

  it("that are published twice can be told apart by meta.eventId", async () => {
    const origin = new MemoryOrigin();
    const { bus, heard } = openBus();
    const { streams } = origin.tab();
    // Without locks, so that two tabs publish at the same time.
    const tabs = [origin.tab({ bus, locks: false }), origin.tab({ bus, locks: false })];
    await settled();

    await streams.append("cart", numbered(1, 3), { outbox: true });
    await Promise.all(tabs.map(({ store }) => store.publishPending()));
    await settled();

    expect(heard.length).toBeGreaterThan(3);
    expect(new Set(heard.map(({ meta }) => meta?.eventId)).size).toBe(3);
  });

  it("stay in the outbox when the bus was disposed, told once, and another tab publishes them", async () => {
    const origin = new MemoryOrigin();
    const disposed = openBus();
    const first = origin.tab({ bus: disposed.bus });
    const { bus, payloads } = openBus();
    origin.tab({ bus });
    disposed.bus.dispose();

    await first.store.append("cart", numbered(1, 1));
    await first.store.append("cart", numbered(2, 2));
    await settled();

    expect(first.codes()).toEqual(["PUBLISHING_ENDED"]);
    await origin.advance(2_000);
    expect(payloads()).toEqual([1, 2]);
  });

  it("wait while the bus is over its rate limit, and are published when it lets them", async () => {
    const origin = new MemoryOrigin();
    for (const onExceeded of ["throw", "drop"] as const) {
      const rateLimit = { maxPerSecond: 2, maxBurst: 2, onExceeded };
      const { bus, payloads } = openBus({ clock: origin.clock, rateLimit });
      const { store, codes } = origin.tab({ bus });

      await store.append("cart", numbered(1, 5));
      await settled();
      expect(payloads()).toEqual([1, 2]);
      expect(codes()).toEqual(["PUBLISHING_DELAYED"]);

      await origin.advance(4_000);
      expect(payloads()).toEqual([1, 2, 3, 4, 5]);
      store.dispose();
    }
  });

  it("that the bus refuses are told and given up, and hold up no other; they stay in the store", async () => {
    const schema = {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value: unknown) => (value === 2 ? { issues: [{ message: "Two." }] } : { value }),
      },
    } as const;
    const { bus, payloads } = openBus({ topics: { counted: schema } });
    const { store, warnings } = new MemoryOrigin().tab({ bus });

    await store.append("cart", numbered(1, 3));
    await store.publishPending();
    await store.publishPending();
    await settled();

    expect(payloads()).toEqual([1, 3]);
    expect(warnings).toMatchObject([
      { code: "EVENT_NOT_PUBLISHED", details: { event: { payload: 2 } } },
    ]);
    expect(await collect(store.read("cart"))).toHaveLength(3);
  });

  it("of a store without a bus are not published", async () => {
    const origin = new MemoryOrigin();
    const { bus, payloads } = openBus();
    origin.tab({ bus });

    await origin.tab().store.append("cart", numbered(1, 1));
    await origin.advance(2_000);

    expect(payloads()).toEqual([]);
  });

  it("are published without locks where the platform has none, which is told once", async () => {
    const unavailable = Object.assign(new Error("none"), { code: "LOCKS_UNAVAILABLE" });
    const { bus, payloads } = openBus();
    const { store, codes } = new MemoryOrigin().tab({
      bus,
      locks: { hold: () => Promise.reject(unavailable) },
    });

    await store.append("cart", numbered(1, 1));
    await store.publishPending();
    await store.append("cart", numbered(2, 2));
    await store.publishPending();
    await settled();

    expect(payloads()).toEqual([1, 2]);
    expect(codes()).toEqual(["LOCKS_UNAVAILABLE"]);
  });

  it("stay in the outbox when that cannot be read, which is told, until the next append", async () => {
    const { bus, payloads } = openBus();
    let fails = false;
    const { store, codes } = new MemoryOrigin().tab({
      bus,
      streams: (streams) =>
        withMethods(streams, {
          pending: (callback) =>
            fails ? Promise.reject(new Error("no database")) : streams.pending(callback),
        }),
    });
    await settled();

    fails = true;
    await store.append("cart", numbered(1, 1));
    await settled();
    fails = false;
    await store.append("cart", numbered(2, 2));
    await settled();

    expect(codes()).toEqual(["OUTBOX_FAILED"]);
    expect(payloads()).toEqual([1, 2]);
  });

  it("of a store that was disposed are left to others, and no timer stays", async () => {
    const origin = new MemoryOrigin();
    const { bus, payloads } = openBus();
    const { store, streams } = origin.tab({ bus });
    await settled();
    await streams.append("cart", numbered(1, 1), { outbox: true });
    await settled();
    expect(origin.clock.timerCount).toBe(1);

    store.dispose();
    await origin.advance(2_000);

    expect(payloads()).toEqual([]);
    expect(origin.clock.timerCount).toBe(0);
    expect(origin.locks.locked()).toEqual([]);
  });
});
