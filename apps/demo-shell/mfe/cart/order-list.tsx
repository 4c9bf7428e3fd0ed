/** @jsxImportSource preact */
import type { JSX } from "preact";
import type { OrderRow } from "../../src/order-rows.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

const STATES: Readonly<Record<OrderRow["state"], string>> = {
  placed: "◐ placed",
  paid: "✓ paid",
  cancelled: "↶ cancelled",
};

/** Shows the last orders, of all tabs. */
export function OrderList({ orders }: { readonly orders: readonly OrderRow[] }): JSX.Element {
  return (
    <section class="orders" aria-labelledby="orders-title">
      <h3 id="orders-title">Orders</h3>
      <ul aria-labelledby="orders-title">
        {orders.map(({ orderId, state, total }) => (
          <li key={orderId}>
            <span class="mono">{orderId}</span>
            <span>{euros.format(total / 100)}</span>
            <span data-order={state}>{STATES[state]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
