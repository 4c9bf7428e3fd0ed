// @vitest-environment happy-dom
import { scope } from "@pubsub-mfe/core";
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { createApp, createSSRApp, h, nextTick, ref } from "vue";
import { renderToString } from "vue/server-renderer";
import { createShopBus } from "./shop-topics.js";
import { useTopic } from "./use-topic.vue.js";

let bus = createShopBus();
let renderings = 0;

beforeEach(() => {
  bus = createShopBus();
  renderings = 0;
});

function priceOf(currency = ref("eur")) {
  return {
    setup() {
      const price = useTopic(bus, () => `price.${currency.value}`);
      return () => {
        renderings += 1;
        return h("p", price.value?.payload ?? "unknown");
      };
    },
  };
}

function mount(component: object) {
  const element = document.createElement("div");
  const app = createApp(component);
  app.mount(element);
  return { element, app };
}

/** Until a message is delivered and Vue has rendered it. */
async function rendered(): Promise<void> {
  await Promise.resolve();
  await nextTick();
}

describe("useTopic in Vue", () => {
  it("shows what was said before the component was there, in its first rendering", () => {
    bus.publish("price.eur", 1);
    bus.publish("price.eur", 2);

    const { element } = mount(priceOf());

    expect(element.textContent).toBe("2");
    expect(renderings).toBe(1);
  });

  it("renders once for the messages of a turn, and for no other topic's", async () => {
    const { element } = mount(priceOf());
    expect(element.textContent).toBe("unknown");

    bus.publish("price.eur", 3);
    bus.publish("price.eur", 4);
    await rendered();
    bus.publish("price.usd", 5);
    await rendered();

    expect(element.textContent).toBe("4");
    expect(renderings).toBe(2);
  });

  it("leaves no handler behind", () => {
    const { app } = mount(priceOf());
    expect(bus.handlerCount("price.eur")).toBe(1);

    app.unmount();

    expect(bus.handlerCount()).toBe(0);
  });

  it("follows another pattern, and shows nothing of the one before", async () => {
    bus.publish("price.eur", 7);
    bus.publish("price.usd", 8);
    const currency = ref("eur");
    const { element } = mount(priceOf(currency));

    currency.value = "usd";
    await rendered();
    expect(element.textContent).toBe("8");
    currency.value = "gbp";
    await rendered();
    expect(element.textContent).toBe("unknown");

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["price.gbp"]);
  });

  it("is rendered on a server with what the bus has there, and leaves no handler", async () => {
    bus.publish("price.eur", 9);

    expect(await renderToString(createSSRApp(priceOf()))).toBe("<p>9</p>");

    expect(bus.handlerCount()).toBe(0);
  });

  it("ends with the scope that it is given", async () => {
    const cart = scope(bus, "cart");
    const { element } = mount({
      setup() {
        const message = useTopic(cart, () => "cart.item.added");
        expectTypeOf(message.value?.payload.sku).toEqualTypeOf<string | undefined>();
        return () => message.value?.payload.sku;
      },
    });
    bus.publish("cart.item.added", { sku: "A-1" });
    await rendered();
    expect(element.textContent).toBe("A-1");

    cart.dispose();

    expect(bus.handlerCount()).toBe(0);
  });
});
