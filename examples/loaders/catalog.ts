// A microfrontend that publishes. Each loader's example bundles this file as it is.
import { copies, joinPubSub, scope } from "@pubsub-mfe/core";
import type { ShopTopics } from "./contract.js";

const bus = joinPubSub<ShopTopics>({
  app: "shop",
  name: "catalog",
  // For those who are mounted later.
  retention: { maxMessages: 100 },
});

/** @returns what unmounts it */
export function mount(element: Element): () => void {
  const catalog = scope(bus, "catalog");
  const buttons = ["LAN-1", "STO-1"].map((sku) => {
    const button = document.createElement("button");
    button.textContent = sku;
    button.onclick = () => catalog.publish("catalog.item.chosen", { sku });
    return button;
  });
  element.append(...buttons);
  return () => {
    catalog.dispose();
    for (const button of buttons) button.remove();
  };
}

/** For the tests: the copies on the page, and one of core's functions to tell cores apart by. */
export const inside = { bus, copies: () => copies(bus), joinPubSub };
