import type { NewEvent } from "@pubsub-mfe/core";
import { createProjection, type EventStore, type Projection } from "@pubsub-mfe/patterns/cqrs";
import type { OrderEvent } from "./contract.js";

/** An order, as it is listed. */
export interface OrderRow {
  readonly orderId: string;
  readonly state: "placed" | "paid" | "cancelled";
  /** In cents. */
  readonly total: number;
  /** When it was placed, and when it changed last, in milliseconds since the epoch. */
  readonly placedAt: number;
  readonly changedAt: number;
}

/** Makes the rows of all orders: the same for all microfrontends and tabs, and built by one of them. */
export function createOrderRows(store: EventStore<NewEvent>): Projection<OrderRow> {
  const orders = store as unknown as EventStore<OrderEvent>;
  const become =
    (state: OrderRow["state"]) =>
    (row: OrderRow | undefined, { time }: { readonly time: number }): OrderRow | undefined =>
      row && { ...row, state, changedAt: time };
  return createProjection<OrderRow, OrderEvent>(orders, {
    name: "orders",
    version: 1,
    key: ({ type, payload }) => (type.startsWith("order.") ? payload.orderId : undefined),
    on: {
      "order.placed": (_row, { payload, time }): OrderRow => {
        const { orderId, total } = payload;
        return { orderId, state: "placed", total, placedAt: time, changedAt: time };
      },
      "order.paid": become("paid"),
      "order.cancelled": become("cancelled"),
    },
  });
}
