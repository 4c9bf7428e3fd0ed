// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TestLink } from "../fixtures/links.js";
import { turnEnd } from "../fixtures/turn.js";
import { createPubSub, joinPubSub, once, type PubSubBus, scope } from "../index.js";
import { type InspectEvent, inspect, inspectableBuses } from "../inspect.js";
import { ManualClock } from "../testing/manual-clock.js";

describe("inspect", () => {
  let clock: ManualClock;
  let bus: PubSubBus;
  let events: InspectEvent[];
  const watch = (): (() => void) => inspect(bus).watch((event) => events.push(event));
  const ofType = (...types: InspectEvent["type"][]): InspectEvent[] =>
    events.filter(({ type }) => types.includes(type));

  beforeEach(() => {
    clock = new ManualClock();
    bus = createPubSub({ clock, onDiagnostic: () => {} });
    events = [];
  });

  afterEach(() => bus.dispose());

  it("tells of a message, whom it reached and how long each took", async () => {
    bus.subscribe("cart.#", () => clock.advance(3));
    bus.subscribe("cart.cleared", () => {
      clock.advance(5);
      throw new Error("no");
    });
    bus.subscribe("order.#", () => {});
    watch();

    const message = bus.publish("cart.cleared", 1);
    await turnEnd();

    expect(ofType("published", "delivered", "skipped")).toEqual([
      { type: "published", message, from: "page", leaves: true, matches: 2 },
      {
        type: "delivered",
        messageId: message.id,
        pattern: "cart.#",
        subscriptionId: 1,
        durationMs: 3,
        failed: false,
        pending: false,
      },
      {
        type: "delivered",
        messageId: message.id,
        pattern: "cart.cleared",
        subscriptionId: 2,
        durationMs: 5,
        failed: true,
        pending: false,
      },
    ]);
  });

  it("tells when the promise of a handler has settled", async () => {
    let finish = (_value: unknown): void => {};
    bus.subscribe("a", () => new Promise((resolve) => (finish = resolve)));
    bus.subscribe("a", async () => Promise.reject(new Error("no")));
    watch();
    bus.publish("a", 1);
    await turnEnd();
    expect(ofType("delivered")).toMatchObject([
      { subscriptionId: 1, pending: true, failed: false },
      { subscriptionId: 2, pending: true, failed: false },
    ]);

    clock.advance(40);
    finish(1);
    await turnEnd();

    expect(ofType("settled")).toMatchObject([
      { subscriptionId: 2, failed: true, durationMs: 0 },
      { subscriptionId: 1, failed: false, durationMs: 40 },
    ]);
  });

  it("tells who did not get a message, and why", async () => {
    bus.subscribe("a", () => {}, { sourceFilter: { include: ["cart"] } });
    const end = bus.subscribe("a", () => {});
    watch();

    const { id: messageId } = bus.publish("a", 1);
    end();
    await turnEnd();

    expect(ofType("skipped", "delivered")).toEqual([
      { type: "skipped", messageId, pattern: "a", subscriptionId: 1, reason: "filtered" },
      { type: "skipped", messageId, pattern: "a", subscriptionId: 2, reason: "unsubscribed" },
    ]);
  });

  it("passes diagnostics on, also of a bus that has no listener", async () => {
    bus = createPubSub();
    watch();

    bus.subscribe("a", () => {});
    expect(() => bus.publish("a..b", 1)).toThrow();

    expect(ofType("diagnostic")).toMatchObject([
      { event: { type: "subscribe", pattern: "a", handlerCount: 1 } },
      { event: { type: "warning", code: "INVALID_TOPIC" } },
    ]);
  });

  it("tells of what is replayed", () => {
    bus = createPubSub({ retention: { maxMessages: 1 } });
    const { id: messageId } = bus.publish("a", 1);
    watch();

    bus.subscribe("a", () => {}, { replay: 1 });

    expect(ofType("delivered")).toMatchObject([{ messageId, pattern: "a", failed: false }]);
  });

  it("names the origin of what came over a link or the hooks", async () => {
    const link = new TestLink("peer:test");
    bus.connect(link);
    watch();

    link.receive({ id: "m-1", topic: "a", ts: 1, payload: 1 });
    bus.getHooks().dispatchExternal({ id: "m-2", topic: "a", ts: 1, payload: 1 });
    bus.publish("a", 1, { scope: "page" });

    expect(ofType("published", "received")).toMatchObject([
      { type: "published", from: "peer:test", leaves: true },
      { type: "received", from: "hooks" },
      { type: "published", from: "page", leaves: false },
    ]);
  });

  it("measures nothing while nobody watches", async () => {
    const monotonic = vi.spyOn(clock, "monotonic");
    bus = createPubSub({ clock });
    bus.subscribe("a", () => {});
    const stop = watch();
    stop();
    bus.publish("a", 1);
    await turnEnd();
    const unwatched = monotonic.mock.calls.length;

    watch();
    bus.publish("a", 1);
    await turnEnd();

    expect(events).not.toEqual([]);
    expect(monotonic.mock.calls.length).toBeGreaterThan(unwatched * 2);
  });

  it("changes nothing about delivery: order, isolation and unsubscribing", async () => {
    const received: string[] = [];
    const onDiagnostic = vi.fn();
    bus = createPubSub({ onDiagnostic });
    watch();
    bus.subscribe("a", () => {
      received.push("first");
      throw undefined;
    });
    const end = bus.subscribe("#", () => received.push("never"));
    bus.subscribe("a", () => received.push("last"));

    bus.publish("a", 1);
    end();
    await turnEnd();

    expect(received).toEqual(["first", "last"]);
    expect(onDiagnostic).toHaveBeenCalledWith(
      expect.objectContaining({ type: "handler-error", handlerIndex: 0 }),
    );
  });

  it("stops, by its return value and by a signal, each watcher for itself", () => {
    const controller = new AbortController();
    const listener = (event: InspectEvent): void => void events.push(event);
    inspect(bus).watch(listener, { signal: controller.signal });
    const stop = inspect(bus).watch(listener);
    bus.publish("a", 1);
    expect(ofType("published")).toHaveLength(2);

    controller.abort();
    bus.publish("a", 1);
    expect(ofType("published")).toHaveLength(3);

    stop();
    inspect(bus).watch(listener, { signal: AbortSignal.abort() });
    bus.publish("a", 1);
    expect(ofType("published")).toHaveLength(3);
  });

  it("drops a watcher that throws, and says so", async () => {
    const report = vi.fn();
    vi.stubGlobal("reportError", report);
    const received = vi.fn();
    bus.subscribe("a", received);
    inspect(bus).watch(() => {
      throw new Error("broken tool");
    });

    bus.publish("a", 1);
    bus.publish("a", 2);
    await turnEnd();

    expect(received).toHaveBeenCalledTimes(2);
    expect(report).toHaveBeenCalledExactlyOnceWith(new Error("broken tool"));
    vi.unstubAllGlobals();
  });

  it("describes the bus and who is subscribed", () => {
    bus = createPubSub({ app: "shop" });
    bus.subscribe("cart.#", function onCart() {}, { sourceFilter: { exclude: ["cart"] } });
    bus.subscribe("a", () => {})();
    void once(bus, "b").catch(() => {});
    bus.connect(new TestLink("origin:shop"), { send: { private: ["cart.#"] } });

    const { subscriptions, links, ...rest } = inspect(bus).describe();

    expect(rest).toEqual({
      instanceId: bus.getStats().instanceId,
      app: "shop",
      name: undefined,
      version: "source",
      disposed: false,
    });
    expect(subscriptions).toMatchObject([
      { id: 1, pattern: "cart.#", handler: "onCart", internal: false },
      { pattern: "b", handler: "", internal: true },
    ]);
    const [onCart] = subscriptions;
    expect([onCart?.accepts("cart"), onCart?.accepts("order"), onCart?.accepts(undefined)]).toEqual(
      [false, true, true],
    );
    expect(links.map(({ domain, sends }) => [domain, sends("cart.a"), sends("b")])).toEqual([
      ["origin:shop", false, true],
    ]);
  });

  it("sees the bus of a scope", () => {
    expect(inspect(scope(scope(bus, "cart"), "mini")).describe().instanceId).toBe(
      bus.getStats().instanceId,
    );
  });

  it("sees the other copies of a page, and what they get", async () => {
    const cart = joinPubSub({ app: "inspected", name: "cart" });
    const catalog = joinPubSub({ app: "inspected", name: "catalog" });
    catalog.subscribe("cart.#", () => {});
    bus = cart;

    const [neighbour] = inspect(cart).neighbours();
    neighbour?.watch((event) => events.push(event));
    cart.publish("cart.cleared", 1);
    await turnEnd();

    expect(neighbour?.describe()).toMatchObject({ name: "catalog", app: "inspected" });
    expect(ofType("received", "delivered")).toMatchObject([
      { type: "received", from: "page", matches: 1 },
      { type: "delivered", pattern: "cart.#" },
    ]);
    catalog.dispose();
    expect(inspect(cart).neighbours()).toEqual([]);
  });

  it.each([undefined, null, 1, {}])("refuses %o", (value) => {
    expect(() => inspect(value as object)).toThrow("cannot be inspected: pass a bus");
  });

  it("refuses a bus of another protocol", () => {
    const foreign = { [Symbol.for("@pubsub-mfe/inspect")]: { protocol: { major: 2, minor: 3 } } };

    expect(() => inspect(foreign)).toThrow("speaks inspection protocol 2.3, and this is 1.0");
  });
});

describe("enableDevTools", () => {
  it("lists the bus until it is disposed", () => {
    const listed = createPubSub({ app: "listed", enableDevTools: true });
    const hidden = createPubSub({ app: "hidden" });
    const apps = (): string[] => inspectableBuses().map((each) => each.describe().app);

    expect(apps()).toEqual(["listed"]);

    listed.dispose();
    hidden.dispose();
    expect(apps()).toEqual([]);
  });
});
