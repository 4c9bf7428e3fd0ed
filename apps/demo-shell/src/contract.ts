// What the shell and its microfrontends agree on. Everything else they settle over the bus.
import type { Locks } from "@pubsub-mfe/core/locks";
import type { HistoryAdapter } from "@pubsub-mfe/history";
import type { StepFaults } from "./faults/step-faults.js";

/** The name under which every copy of the bus on the page finds the others. */
export const APP = "switchyard";

/** What the shell hands to each microfrontend. The bus is not among it: each joins it by itself. */
export interface Host {
  readonly history: Pick<HistoryAdapter, "getHistory" | "streams">;
  readonly locks: Locks;
  readonly supplier: Supplier;
  readonly bank: Bank;
  /** What the visitor has go wrong in the checkout. */
  readonly stepFaults: Pick<StepFaults, "during" | "duringUndo">;
}

/** Who takes the money: a service somewhere, the same for all tabs. */
export interface Bank {
  /**
   * Takes an amount, once per key, however often it is asked.
   *
   * @returns the receipt: the same for the same key
   * @throws (rejects) when it declines, and with the reason of the signal when that aborts
   */
  charge(
    idempotencyKey: string,
    cents: number,
    options: { readonly signal: AbortSignal },
  ): Promise<string>;
  /** Gives back what was taken under a key; from then on nothing is taken under it any more. */
  refund(idempotencyKey: string, options: { readonly signal: AbortSignal }): Promise<void>;
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

/** What a page that is a microfrontend in a frame has on its window, when it is loaded. */
export interface FramedWindow {
  microfrontend: Microfrontend;
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

/** Some pieces of one product. */
export interface Pieces {
  readonly sku: string;
  readonly count: number;
}

/** What the inventory can be told to do; `key` names a reservation, so that it is made once. */
export interface StockCommands {
  /** Refuses what is not there. */
  "commands.stock.reserve"(payload: { key: string; items: readonly Pieces[] }): { key: string };
  /** Gives back what a reservation holds, shipped or not; it can not be made after that. */
  "commands.stock.release"(payload: { key: string; items: readonly Pieces[] }): { key: string };
  /** Makes a sale of a reservation. */
  "commands.stock.ship"(payload: { key: string; items: readonly Pieces[] }): { key: string };
}

/** What happens to orders; their ids are those of the checkouts that they come of. */
export type OrderEvent =
  | { readonly type: "order.placed"; readonly payload: OrderPlaced }
  | { readonly type: "order.paid"; readonly payload: { orderId: string; receipt: string } }
  | { readonly type: "order.cancelled"; readonly payload: { orderId: string } };

/** Payload of `order.placed`. */
export interface OrderPlaced {
  readonly orderId: string;
  readonly items: readonly Pieces[];
  /** In cents. */
  readonly total: number;
}

/** Payload of `review.written`. */
export interface ReviewWritten {
  readonly sku: string;
  readonly name: string;
  /** From 1 to 5. */
  readonly stars: number;
  readonly text: string;
}

/** What is known of the stock of a product. */
export interface StockLevel {
  readonly sku: string;
  readonly name: string;
  /**
   * Pieces that can still be had: what the supplier told, without what is reserved or sold;
   * `undefined` when it never told.
   */
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

/** Payload of `breaker.calls`: the last calls by which a breaker decides. */
export interface BreakerCalls {
  readonly name: string;
  readonly calls: number;
  readonly failed: number;
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
