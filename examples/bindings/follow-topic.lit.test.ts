// @vitest-environment happy-dom
import { scope } from "@pubsub-mfe/core";
import { html, LitElement, render } from "lit";
import { keyed } from "lit/directives/keyed.js";
import { beforeEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { followTopic } from "./follow-topic.lit.js";
import { createShopBus } from "./shop-topics.js";

// Lit says once that this is its build for development.
vi.hoisted(() => Object.assign(globalThis, { litIssuedWarnings: new Set(["dev-mode"]) }));

let bus = createShopBus();
let page = document.createElement("div");
let renderings = 0;

class ShopPrice extends LitElement {
  static override properties = { currency: {} };
  declare currency: string;
  readonly price = followTopic(this, bus, () => `price.${this.currency}`);

  override render(): unknown {
    renderings += 1;
    return html`${this.price.last?.payload ?? "unknown"}`;
  }
}
customElements.define("shop-price", ShopPrice);

beforeEach(() => {
  bus = createShopBus();
  renderings = 0;
  page.remove();
  page = document.createElement("div");
  document.body.append(page);
});

const priceOf = (currency: string): unknown =>
  html`<shop-price .currency=${currency}></shop-price>`;

/** Renders into the page, and waits until the element has rendered itself. */
async function show(template: unknown): Promise<ShopPrice> {
  render(template, page);
  return rendered();
}

async function rendered(): Promise<ShopPrice> {
  const element = page.querySelector("shop-price") as ShopPrice;
  await element.updateComplete;
  return element;
}

const textOf = ({ renderRoot }: LitElement): string | null => renderRoot.textContent;

describe("followTopic in Lit", () => {
  it("shows what was said before the element was there, in its first rendering", async () => {
    bus.publish("price.eur", 1);
    bus.publish("price.eur", 2);

    const element = await show(priceOf("eur"));

    expect(textOf(element)).toBe("2");
    expect(renderings).toBe(1);
  });

  it("renders once for the messages of a turn, and for no other topic's", async () => {
    const element = await show(priceOf("eur"));
    expect(textOf(element)).toBe("unknown");

    bus.publish("price.eur", 3);
    bus.publish("price.eur", 4);
    await Promise.resolve();
    await rendered();
    bus.publish("price.usd", 5);
    await Promise.resolve();
    await rendered();

    expect(textOf(element)).toBe("4");
    expect(renderings).toBe(2);
  });

  it("leaves no handler behind, and listens again where it is put back", async () => {
    const element = await show(priceOf("eur"));
    expect(bus.handlerCount("price.eur")).toBe(1);

    element.remove();
    expect(bus.handlerCount()).toBe(0);
    bus.publish("price.eur", 6);
    page.append(element);
    await element.updateComplete;

    expect(textOf(element)).toBe("6");
    element.remove();
    expect(bus.handlerCount()).toBe(0);
  });

  it("follows another pattern with another element, by keyed", async () => {
    bus.publish("price.eur", 7);
    bus.publish("price.usd", 8);
    await show(keyed("eur", priceOf("eur")));

    expect(textOf(await show(keyed("usd", priceOf("usd"))))).toBe("8");
    expect(textOf(await show(keyed("gbp", priceOf("gbp"))))).toBe("unknown");

    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["price.gbp"]);
  });

  it("ends with the scope that it is given", () => {
    const cart = scope(bus, "cart");
    const element = document.createElement("shop-price") as ShopPrice;
    const added = followTopic(element, cart, () => "cart.item.added");
    expectTypeOf(added.last?.payload.sku).toEqualTypeOf<string | undefined>();
    page.append(element);
    expect(bus.handlerCount("cart.item.added")).toBe(1);

    cart.dispose();

    expect(bus.handlerCount("cart.item.added")).toBe(0);
  });
});
