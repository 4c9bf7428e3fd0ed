import type { CopyInfo, PubSubBus } from "@pubsub-mfe/core";

/** What the teams agree on. */
export interface ShopTopics {
  "catalog.item.chosen": { sku: string };
}

/** What a microfrontend exports. */
export interface Microfrontend {
  /** @returns what unmounts it */
  mount(element: Element): () => void;
  readonly inside: Inside;
}

/** What the tests look at. */
export interface Inside {
  readonly bus: PubSubBus<ShopTopics>;
  copies(): readonly CopyInfo[];
  readonly joinPubSub: unknown;
}
