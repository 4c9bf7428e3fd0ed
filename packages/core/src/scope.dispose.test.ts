import { beforeEach, describe, expect, it, vi } from "vitest";
import { TestLink } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import {
  type BusScope,
  createPubSub,
  type DiagnosticEvent,
  isBusError,
  type Message,
  type PubSubBus,
  scope,
} from "./index.js";

describe("scope, at its end", () => {
  let bus: PubSubBus;
  let cart: BusScope;
  let received: unknown[];
  const receive = ({ payload }: Message) => void received.push(payload);

  beforeEach(() => {
    bus = createPubSub({ app: "shop", retention: { maxMessages: 10 } });
    cart = scope(bus, "cart");
    received = [];
  });

  it("ends by dispose what was subscribed through it, and nothing else", async () => {
    const controller = new AbortController();
    bus.subscribe("a", ({ payload }) => received.push(`bus ${payload}`));
    cart.subscribe("a", receive);
    cart.subscribe("b.#", receive);
    cart.subscribe("a", receive, { signal: controller.signal });
    cart.publish("a", 1);

    cart.dispose();
    cart.dispose();
    await turnEnd();

    expect(received).toEqual(["bus 1"]);
    expect(bus.handlerCount()).toBe(1);
    expect(bus.getStats().disposed).toBe(false);
    expect(cart.getStats().disposed).toBe(true);
  });

  it("ends by its signal, and keeps the reason", () => {
    const controller = new AbortController();
    cart = scope(bus, "cart", { signal: controller.signal });
    cart.subscribe("a", receive);

    controller.abort("unmounted");

    expect(bus.handlerCount()).toBe(0);
    expect(cart.signal.reason).toBe("unmounted");
    expect(() => cart.publish("a", 1)).toThrow("has been disposed");
  });

  it("is disposed from the start by a signal that has aborted", () => {
    cart = scope(bus, "cart", { signal: AbortSignal.abort() });

    expect(cart.getStats().disposed).toBe(true);
    expect(() => cart.subscribe("a", receive)).toThrow("has been disposed");
  });

  it("has one listener of its signal for any number of subscriptions, and lets go of it", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    cart = scope(bus, "cart", { signal });
    for (let n = 0; n < 20; n += 1) cart.subscribe(`topic.${n}`, receive);
    expect(added).toHaveBeenCalledTimes(1);
    expect(removed).not.toHaveBeenCalled();

    cart.dispose();
    expect(removed).toHaveBeenCalledTimes(1);
    expect(removed.mock.calls[0]?.[1]).toBe(added.mock.calls[0]?.[1]);
  });

  it("ends single subscriptions by unsubscribe and by their own signal", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const end = cart.subscribe("a", receive);
    cart.subscribe("b", receive, { signal });
    cart.subscribe("c", receive, { signal });
    cart.subscribe("d", receive);

    end();
    controller.abort();
    cart.subscribe("e", receive, { signal });

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["d"]);
  });

  it("has one listener of a signal for all subscriptions with it, and lets go of it", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    const ends = ["a", "b", "c"].map((topic) => cart.subscribe(topic, receive, { signal }));
    expect(added).toHaveBeenCalledTimes(1);
    for (const end of ends.slice(1)) end();
    expect(removed).not.toHaveBeenCalled();
    cart.dispose();
    expect(removed).toHaveBeenCalledTimes(1);
  });

  it("leaves nothing behind where the bus refuses a subscription", () => {
    const { signal } = new AbortController();
    const added = vi.spyOn(signal, "addEventListener");
    const removed = vi.spyOn(signal, "removeEventListener");

    expect(() => cart.subscribe("a..b", receive, { signal })).toThrow("a..b");
    expect(() => cart.subscribe("a..b", receive, { signal: AbortSignal.abort() })).toThrow("a..b");

    expect(removed.mock.calls.length).toBe(added.mock.calls.length);
  });

  it("stops a replay in its midst", () => {
    for (const n of [1, 2, 3]) bus.publish("a", n);

    cart.subscribe(
      "a",
      (message) => {
        receive(message);
        if (message.payload === 2) cart.dispose();
      },
      { replay: 3, signal: new AbortController().signal },
    );

    expect(received).toEqual([1, 2]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("clears its own subscriptions, and goes on", async () => {
    const { signal } = new AbortController();
    bus.subscribe("a", ({ payload }) => received.push(`bus ${payload}`));
    cart.subscribe("a", () => received.push("cleared"));
    cart.subscribe("a", () => received.push("cleared"), { signal });

    cart.clear();
    cart.subscribe("a", ({ payload }) => received.push(`again ${payload}`));
    cart.subscribe("a", ({ payload }) => received.push(`signal ${payload}`), { signal });
    cart.publish("a", 1);
    await turnEnd();

    expect(received).toEqual(["bus 1", "again 1", "signal 1"]);
    cart.dispose();
    expect(bus.handlerCount()).toBe(1);
  });

  it("takes subscriptions that are made while it clears", () => {
    const { signal } = new AbortController();
    let again: BusScope | undefined;
    bus = createPubSub({
      onDiagnostic: (event) => {
        if (event.type !== "unsubscribe" || event.pattern.length > 1) return;
        again?.subscribe(`${event.pattern}.again`, receive);
        again?.subscribe(`${event.pattern}.signal`, receive, { signal });
      },
    });
    again = scope(bus, "cart");
    again.subscribe("a", receive);
    again.subscribe("b", receive, { signal });

    again.clear();

    const left = bus.getSubscriptions().map(({ pattern }) => pattern);
    expect(left.sort()).toEqual(["a.again", "a.signal", "b.again", "b.signal"]);
  });

  it("takes none that are made while it is disposed", () => {
    let ended: BusScope | undefined;
    const told: unknown[] = [];
    bus = createPubSub({
      onDiagnostic: ({ type }: DiagnosticEvent) => {
        if (type !== "unsubscribe") return;
        try {
          ended?.subscribe("b", receive);
        } catch (error) {
          told.push(isBusError(error, "BUS_DISPOSED"));
        }
      },
    });
    ended = scope(bus, "cart");
    ended.subscribe("a", receive);

    ended.dispose();

    expect(told).toEqual([true]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("throws once disposed where a disposed bus does, and says which scope", async () => {
    cart.dispose();

    const calls: [string, () => unknown][] = [
      ["publish", () => cart.publish("a", 1)],
      ["subscribe", () => cart.subscribe("a", receive)],
      ["clear", () => cart.clear()],
      ["register a schema", () => cart.registerSchema("a@1", {})],
      ["connect", () => cart.connect(new TestLink())],
      ["get hooks", () => cart.getHooks()],
    ];
    for (const [action, call] of calls) {
      expect(call).toThrow(`Cannot ${action}: the scope "cart" has been disposed.`);
      expect(call).toThrow(
        expect.objectContaining({
          name: "ScopeDisposedError",
          code: "BUS_DISPOSED",
          source: "cart",
        }),
      );
    }
    await expect(cart.getHistory("a")).rejects.toMatchObject({ code: "BUS_DISPOSED" });
    expect(bus.publish("a", 1).payload).toBe(1);
  });

  it("leaves no listener with an outer scope when it is disposed", () => {
    const added = vi.spyOn(cart.signal, "addEventListener");
    const removed = vi.spyOn(cart.signal, "removeEventListener");

    scope(cart, "inner").dispose();

    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([1, 1]);
  });

  it("is disposed by using", () => {
    {
      using mine = scope(bus, "mine");
      mine.subscribe("a", receive);
      expect(bus.handlerCount()).toBe(1);
    }

    expect(bus.handlerCount()).toBe(0);
  });

  it("has no dispose symbol where the platform has none", () => {
    vi.stubGlobal(
      "Symbol",
      Object.assign(() => {}, { for: Symbol.for }),
    );
    const without = scope(bus, "cart");
    vi.unstubAllGlobals();

    expect(Object.keys(without)).toEqual([]);
    without.dispose();
    expect(without.signal.aborted).toBe(true);
  });
});
