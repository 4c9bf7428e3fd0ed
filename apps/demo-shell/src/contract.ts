// What the shell and its microfrontends agree on. Everything else they settle over the bus.
import type { PubSubBus } from "@pubsub-mfe/core";
import type { HistoryAdapter } from "@pubsub-mfe/history";

/** What the shell hands to each microfrontend. */
export interface Host {
  readonly bus: PubSubBus;
  readonly history: Pick<HistoryAdapter, "getHistory">;
}

/** What the bundle of a microfrontend exports. */
export interface Microfrontend {
  /** Fills the element; empties it again when the signal aborts. */
  mount(element: HTMLElement, context: { signal: AbortSignal; host: Host }): void | Promise<void>;
}

/** Payload of `cart.item.added`. */
export interface ItemAdded {
  readonly sku: string;
  readonly name: string;
  /** In cents, so that sums are exact. */
  readonly price: number;
}

/** Payload of `cart.item.removed`: one piece less. */
export interface ItemRemoved {
  readonly sku: string;
}
