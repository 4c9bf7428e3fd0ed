import type { Message } from "@pubsub-mfe/core";
import { type CartLines, foldCheckout, foldItem } from "../../mfe/cart/cart-fold.js";
import { inEuros } from "./euros.js";
import type { Model } from "./model.js";

interface Cart {
  readonly lines: CartLines;
  /** How many events of the carts' stream there have been: one that is published twice counts once. */
  readonly version: number;
}

/** What is in the cart, by the code of the cart itself. */
export const cartModel: Model<Cart, Message> = {
  title: "Cart",
  whenEmpty: "The cart is empty at this moment. Each “Add” in the catalog is a message.",
  empty: { lines: new Map(), version: 0 },
  fold: (cart, message) => {
    const { topic, payload, meta } = message;
    if (topic.startsWith("cart.item.")) {
      const lines = foldItem(cart.lines, message);
      return lines === cart.lines ? cart : { ...cart, lines };
    }
    if (topic !== "cart.checked-out" || Number(meta?.version) <= cart.version) return cart;
    return { lines: foldCheckout(cart.lines, payload.items), version: Number(meta?.version) };
  },
  facts: ({ lines }) => {
    const facts = new Map<string, string>();
    let total = 0;
    for (const { name, quantity, price } of lines.values()) {
      facts.set(name, `${quantity} · ${inEuros(price * quantity)}`);
      total += price * quantity;
    }
    if (lines.size > 0) facts.set("Total", inEuros(total));
    return facts;
  },
};
