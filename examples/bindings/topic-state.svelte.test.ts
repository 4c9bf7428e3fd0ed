// @vitest-environment happy-dom
import { scope } from "@pubsub-mfe/core";
import { type Component, mount, tick, unmount } from "svelte";
import { writable } from "svelte/store";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
// biome-ignore lint/correctness/useImportExtensions: a component
import PriceComponent from "./price.svelte";
// biome-ignore lint/correctness/useImportExtensions: a component
import PriceSwitch from "./price-switch.svelte";
import { createShopBus } from "./shop-topics.js";
import { topicState } from "./topic-state.svelte.js";

// TypeScript knows every .svelte file as a component, and not its properties.
const Price: Component<Record<string, unknown>> = PriceComponent;
const Switch: Component<Record<string, unknown>> = PriceSwitch;
const rendered = vi.fn();
let bus = createShopBus();

beforeEach(() => {
  bus = createShopBus();
  rendered.mockClear();
});

async function show(component: Component<Record<string, unknown>>, props: object) {
  const target = document.createElement("div");
  const instance = mount(component, { target, props: { bus, rendered, ...props } });
  await tick();
  return { target, unmount: () => unmount(instance) };
}

/** Until a message is delivered and Svelte has rendered it. */
async function update(): Promise<void> {
  await Promise.resolve();
  await tick();
}

describe("topicState in Svelte", () => {
  it("shows what was said before the component was there, in its first rendering", async () => {
    bus.publish("price.eur", 1);
    bus.publish("price.eur", 2);

    const { target } = await show(Price, { currency: "eur" });

    expect(target.textContent).toBe("2, 4");
    expect(rendered.mock.calls).toEqual([[2]]);
  });

  it("renders once for the messages of a turn, and for no other topic's", async () => {
    const { target } = await show(Price, { currency: "eur" });
    expect(target.textContent).toBe("unknown, 0");

    bus.publish("price.eur", 3);
    bus.publish("price.eur", 4);
    await update();
    bus.publish("price.usd", 5);
    await update();

    expect(target.textContent).toBe("4, 8");
    expect(rendered.mock.calls).toEqual([[undefined], [4]]);
  });

  it("has one handler for all that read it, and leaves none behind", async () => {
    const { unmount } = await show(Price, { currency: "eur" });
    expect(bus.handlerCount("price.eur")).toBe(1);

    await unmount();
    await tick();

    expect(bus.handlerCount()).toBe(0);
  });

  it("follows another pattern, and shows nothing of the one before", async () => {
    bus.publish("price.eur", 7);
    bus.publish("price.usd", 8);
    const currency = writable("eur");
    const { target } = await show(Switch, { currency });

    currency.set("usd");
    await tick();
    expect(target.textContent).toBe("8, 16");
    currency.set("gbp");
    await tick();
    expect(target.textContent).toBe("unknown, 0");

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["price.gbp"]);
  });

  it("subscribes nothing where nothing renders, such as on a server", () => {
    bus.publish("price.eur", 9);

    expect(topicState(bus, "price.eur")()).toBeUndefined();

    expect(bus.handlerCount()).toBe(0);
  });

  it("ends with the scope that it is given", async () => {
    const cart = scope(bus, "cart");
    expectTypeOf(topicState(cart, "price.eur")()?.payload).toEqualTypeOf<number | undefined>();
    await show(Price, { bus: cart, currency: "eur" });
    expect(bus.handlerCount("price.eur")).toBe(1);

    cart.dispose();

    expect(bus.handlerCount()).toBe(0);
  });
});
