// What the shell and its microfrontends agree on. Everything else they settle over the bus.
import type { HistoryAdapter } from "@pubsub-mfe/history";

/** The name under which every copy of the bus on the page finds the others. */
export const APP = "switchyard";

/** What the shell hands to each microfrontend. The bus is not among it: each joins it by itself. */
export interface Host {
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
