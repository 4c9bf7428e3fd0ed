// A microfrontend that listens. Each loader's example bundles this file as it is.
import { copies, joinPubSub, scope } from "@pubsub-mfe/core";
import type { ShopTopics } from "./contract.js";

const bus = joinPubSub<ShopTopics>({ app: "shop", name: "cart" });

/** @returns what unmounts it */
export function mount(element: Element): () => void {
  const cart = scope(bus, "cart");
  const list = document.createElement("ul");
  element.append(list);
  cart.subscribe(
    "catalog.item.chosen",
    ({ payload }) => {
      const item = document.createElement("li");
      item.textContent = payload.sku;
      list.append(item);
    },
    { replay: Number.POSITIVE_INFINITY },
  );
  return () => {
    cart.dispose();
    list.remove();
  };
}

/** For the tests: the copies on the page, and one of core's functions to tell cores apart by. */
export const inside = { bus, copies: () => copies(bus), joinPubSub };
