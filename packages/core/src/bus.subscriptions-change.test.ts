// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from "vitest";
import {
  createPubSub,
  type DiagnosticEvent,
  joinPubSub,
  once,
  type PubSubBus,
  scope,
} from "./index.js";

let told: string[];
const tellOf =
  (bus: PubSubBus) =>
  (pattern: string): void =>
    void told.push(`${pattern} ${bus.handlerCount(pattern)}`);

beforeEach(() => {
  told = [];
});

describe("onSubscriptionsChange", () => {
  it("tells of each handler that comes or goes, with the count that holds then", () => {
    const bus = createPubSub();
    bus.onSubscriptionsChange(tellOf(bus));
    const stop = new AbortController();

    const first = bus.subscribe("cart.+", () => {});
    bus.subscribe("cart.+", () => {}, { signal: stop.signal });
    first();
    first();
    stop.abort();

    expect(told).toEqual(["cart.+ 1", "cart.+ 2", "cart.+ 1", "cart.+ 0"]);
  });

  it("tells of what waits and of what clear() ends, and nothing that was refused", () => {
    const bus = createPubSub({ maxHandlersPerTopic: 1 });
    bus.onSubscriptionsChange(tellOf(bus));

    bus.subscribe("a", () => {});
    once(bus, "b").catch(() => {});
    expect(() => bus.subscribe("a", () => {})).toThrow();
    expect(() => bus.subscribe("a b", () => {})).toThrow();
    bus.subscribe("c", () => {}, { signal: AbortSignal.abort() });
    bus.clear();

    expect(told).toEqual(["a 1", "b 1", "a 0", "b 0"]);
  });

  it("tells of the handlers of every copy on the page, and of a copy's end", () => {
    const [cart, catalog] = ["cart", "catalog"].map((name) =>
      joinPubSub({ app: "subscriptions-change", name }),
    ) as [PubSubBus, PubSubBus];
    cart.onSubscriptionsChange(tellOf(cart));

    catalog.subscribe("stock", () => {});
    cart.subscribe("stock", () => {});
    catalog.dispose();

    expect(told).toEqual(["stock 1", "stock 2", "stock 1"]);
    cart.dispose();
  });

  it("ends by its function, with its scope and with its bus", () => {
    const bus = createPubSub();
    const part = scope(bus, "cart");
    const end = bus.onSubscriptionsChange(tellOf(bus));
    part.onSubscriptionsChange(tellOf(part));
    part.onSubscriptionsChange(tellOf(part))();

    bus.subscribe("a", () => {});
    end();
    bus.subscribe("b", () => {});
    part.dispose();
    bus.subscribe("c", () => {});

    expect(told).toEqual(["a 1", "a 1", "b 1"]);
    expect(() => part.onSubscriptionsChange(() => {})).toThrow("has been disposed");
    bus.dispose();
    expect(() => bus.onSubscriptionsChange(() => {})).toThrow("has been disposed");
  });

  it("tells the others, and diagnostics, where a listener throws", () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({ onDiagnostic: (event) => events.push(event) });
    bus.onSubscriptionsChange(() => {
      throw new Error("no");
    });
    bus.onSubscriptionsChange(tellOf(bus));

    bus.subscribe("a", () => {});

    expect(told).toEqual(["a 1"]);
    expect(events).toContainEqual(expect.objectContaining({ code: "HOOK_FAILED" }));
  });

  it("takes functions alone", () => {
    expect(() => createPubSub().onSubscriptionsChange("a" as never)).toThrow(
      'The listener is "a": it must be a function.',
    );
  });
});
