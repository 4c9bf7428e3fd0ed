import type { OrderRow } from "../../src/order-rows.js";

/** What is told of all orders. */
export interface OrderSums {
  /** How many are paid. */
  readonly orders: number;
  /** What they brought, in cents. */
  readonly revenue: number;
  /** How many were placed and then undone. */
  readonly rollbacks: number;
  /** When the last of them changed, in milliseconds since the epoch; 0 without any. */
  readonly changedAt: number;
}

export function sumUp(rows: readonly OrderRow[]): OrderSums {
  const paid = rows.filter(({ state }) => state === "paid");
  return {
    orders: paid.length,
    revenue: paid.reduce((sum, { total }) => sum + total, 0),
    rollbacks: rows.filter(({ state }) => state === "cancelled").length,
    changedAt: rows.reduce((last, { changedAt }) => Math.max(last, changedAt), 0),
  };
}
