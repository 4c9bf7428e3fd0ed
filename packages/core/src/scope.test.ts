import { beforeEach, describe, expect, it } from "vitest";
import { TestLink } from "./fixtures/links.js";
import { turnEnd } from "./fixtures/turn.js";
import { type BusScope, createPubSub, type Message, type PubSubBus, scope } from "./index.js";

describe("scope", () => {
  let bus: PubSubBus;
  let cart: BusScope;
  let received: unknown[];
  const receive = ({ payload }: Message) => void received.push(payload);

  beforeEach(() => {
    bus = createPubSub({ app: "shop", retention: { maxMessages: 10 } });
    cart = scope(bus, "cart");
    received = [];
  });

  it("fills the source in", async () => {
    bus.subscribe("cart.#", ({ meta }) => received.push(meta));

    const message = cart.publish("cart.item.added", 1, { correlationId: "c" });
    await turnEnd();

    expect(message).toMatchObject({ topic: "cart.item.added", payload: 1 });
    expect(received).toEqual([{ source: "cart", correlationId: "c" }]);
    expect(cart.publish("cart", 1).meta).toEqual({ source: "cart" });
  });

  it("lets an explicit source win, as an option or in meta", () => {
    expect(cart.publish("a", 1, { source: "mine" }).meta).toEqual({ source: "mine" });
    expect(cart.publish("a", 1, { meta: { source: "mine" } }).meta).toEqual({ source: "mine" });
    expect(cart.publish("a", 1, { meta: { more: 1 } }).meta).toEqual({ source: "cart", more: 1 });
  });

  it.each(["", undefined, 7])("refuses %s as a source", (source) => {
    expect(() => scope(bus, source as string)).toThrow(/^The source of a scope is /);
  });

  it("delivers what anybody publishes, with the bus's subscribe options", async () => {
    bus.publish("a", "kept");
    cart.subscribe("a", receive, { replay: 1, sourceFilter: { exclude: ["cart"] } });
    bus.publish("a", "live");
    cart.publish("a", "own");
    await turnEnd();

    expect(received).toEqual(["kept", "live"]);
  });

  it("passes the rest on to the bus", async () => {
    bus.subscribe("a", receive);
    cart.subscribe("b", receive);
    const message = cart.publish("a", 1);
    bus.publish("a", 2);

    expect([cart.handlerCount(), cart.handlerCount("a"), cart.handlerCount("c")]).toEqual([
      2, 1, 0,
    ]);
    expect(cart.getStats()).toEqual(bus.getStats());
    expect(cart.getSubscriptions()).toEqual(bus.getSubscriptions());
    expect(await cart.getHistory("a", { limit: 1 })).toMatchObject([{ payload: 2 }]);
    expect(await cart.getHistory("a")).toContain(message);

    cart.registerSchema("a@1", { type: "string" });
    const link = new TestLink();
    const connection = cart.connect(link, { send: { share: ["b"] } });
    const heard: unknown[] = [];
    cart.getHooks().onPublish(({ topic }) => heard.push(topic));
    bus.publish("a", 3);
    bus.publish("b", 4);
    await connection.flush();

    expect(heard).toEqual(["a", "b"]);
    expect(link.sent.flat()).toMatchObject([{ topic: "b" }]);
  });

  it("is as disposed as its bus", () => {
    bus.dispose();

    expect(cart.getStats().disposed).toBe(true);
    expect(() => cart.publish("a", 1)).toThrow("Cannot publish: bus has been disposed.");
    cart.dispose();
  });

  it("registers schemas with the bus", () => {
    bus = createPubSub({ validationMode: "strict" });
    scope(bus, "cart").registerSchema("a@1", { type: "string" });

    expect(() => bus.publish("a", 1, { schemaVersion: "a@1" })).toThrow("invalid");
  });

  it("nests: the inner source is filled in, and the inner scope ends with the outer", () => {
    const inner = scope(cart, "cart-badge");
    const other = scope(cart, "cart-list");
    inner.subscribe("a", receive);
    other.subscribe("a", receive);
    expect(inner.publish("a", 1).meta).toEqual({ source: "cart-badge" });

    other.dispose();
    expect(bus.handlerCount()).toBe(1);
    expect(cart.signal.aborted).toBe(false);

    cart.dispose();
    expect(bus.handlerCount()).toBe(0);
    expect(inner.signal.reason).toBe(cart.signal.reason);
    expect(() => inner.publish("a", 1)).toThrow('the scope "cart" has been disposed');
  });

  it("nests with a signal of its own", () => {
    const controller = new AbortController();
    const inner = scope(cart, "inner", { signal: controller.signal });

    controller.abort();

    expect([inner.signal.aborted, cart.signal.aborted]).toEqual([true, false]);
  });

  it("keeps the mark of the library's own subscriptions", () => {
    bus = createPubSub({ maxHandlersPerTopic: 0 });
    const internal = { [Symbol.for("@pubsub-mfe/internal")]: true };

    scope(bus, "cart").subscribe("a", receive, internal);

    expect(bus.handlerCount("a")).toBe(1);
  });
});
