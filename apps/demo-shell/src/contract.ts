// What the shell and its microfrontends agree on. Everything else they settle over the bus.
import type { HistoryAdapter } from "@pubsub-mfe/history";

/** The name under which every copy of the bus on the page finds the others. */
export const APP = "switchyard";

/** What the shell hands to each microfrontend. The bus is not among it: each joins it by itself. */
export interface Host {
  readonly history: Pick<HistoryAdapter, "getHistory">;
  readonly supplier: Supplier;
}

/** Who delivers to the shop: a service somewhere, which takes its time and can fail. */
export interface Supplier {
  /**
   * Asks how many pieces of a product are left.
   *
   * @throws (rejects) when it is in trouble, and with the reason of the signal when that aborts
   */
  stock(sku: string, options: { readonly signal: AbortSignal }): Promise<number>;
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

/** What is known of the stock of a product. */
export interface StockLevel {
  readonly sku: string;
  readonly name: string;
  /** Pieces; `undefined` when the supplier never told. */
  readonly left: number | undefined;
  /** When the supplier told, in milliseconds since the epoch. */
  readonly asOf: number | undefined;
  /** Whether the supplier told when it was asked last; if not, `left` is remembered. */
  readonly isFresh: boolean;
}

/** The result of `stock.get`, asked with `{ sku }`. */
export interface KnownLevel extends StockLevel {
  readonly left: number;
}

/** Payload of `stock.changed`. */
export interface StockChanged {
  readonly sku: string;
}

/** What the teams answer when a dashboard asks, by source. */
export interface DashboardAnswers {
  catalog: { readonly products: number };
  /** The total in cents. */
  cart: { readonly items: number; readonly total: number };
  inventory: readonly StockLevel[];
}

/** With fewer pieces the stock of a product is low. */
export const LOW_STOCK = 5;
