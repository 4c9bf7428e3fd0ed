// What the teams agree on. Everything else is their own business.

/** A product in an order. */
export interface Item {
  readonly sku: string;
  readonly count: number;
  /** In cents. */
  readonly price: number;
}

/** What happens to orders. */
export type OrderEvent =
  | { readonly type: "order.placed"; readonly payload: Placed }
  | { readonly type: "order.paid"; readonly payload: { orderId: string; receipt: string } }
  | { readonly type: "order.cancelled"; readonly payload: { orderId: string } };

interface Placed {
  readonly orderId: string;
  readonly items: readonly Item[];
  /** In cents. */
  readonly total: number;
}

/** What can be done to orders. */
export interface OrderCommands {
  "commands.order.place"(payload: { orderId: string; items: readonly Item[] }): { total: number };
  "commands.order.pay"(payload: { orderId: string; receipt: string }): { version: number };
  "commands.order.cancel"(payload: { orderId: string }): { version: number };
}

/** An order, as the orders team shows it. */
export interface OrderRow {
  readonly orderId: string;
  readonly status: "placed" | "paid" | "cancelled";
  readonly total: number;
}

/** What can be asked about orders. */
export interface OrderQueries {
  "queries.order.get"(payload: { orderId: string }): OrderRow | undefined;
  "queries.orders.list"(): readonly OrderRow[];
}

/** What the stock team can be asked for. */
export interface StockMethods {
  "stock.get"(params: { sku: string }): number;
  /** @returns the id of the reservation: the same for the same key */
  "stock.reserve"(params: { key: string; items: readonly Item[] }): string;
  "stock.release"(params: { key: string }): void;
}
