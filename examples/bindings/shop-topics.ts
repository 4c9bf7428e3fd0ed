import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";

/** What the teams of the examples agree on. */
export interface ShopTopics {
  "cart.item.added": { sku: string };
  "cart.cleared": undefined;
  "price.+": number;
}

/** A bus as a shop has it: with types, and with retention for what is mounted late. */
export function createShopBus(): PubSubBus<ShopTopics> {
  return createPubSub<ShopTopics>({ retention: { maxMessages: 10 } });
}
