/** @jsxImportSource preact */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { OrderRow } from "../../src/order-rows.js";
import type { CartLine } from "./cart-fold.js";
import { CheckoutPanel } from "./checkout-panel.js";
import type { CheckoutState } from "./checkout-state.js";
import { OrderList } from "./order-list.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

export interface CartProps {
  readonly lines: readonly CartLine[];
  /** The newest; `undefined` where there is none. */
  readonly checkout: CheckoutState | undefined;
  /** Why it can not be paid; `undefined` where it can. */
  readonly obstacle: string | undefined;
  /** Whether Pay would start something now. */
  readonly canPay: boolean;
  readonly orders: readonly OrderRow[];
  readonly onRemove: (sku: string) => void;
  readonly onPay: () => void;
  readonly onCancel: (id: string) => void;
  readonly onRetry: (id: string) => void;
}

/** The cart, and what is under way with it. */
export function Cart(props: CartProps): JSX.Element {
  const { lines, checkout, obstacle, orders } = props;
  const panel = useRef<HTMLElement>(null);
  const isPaying = useRef(false);
  // What had the focus goes with the lines: who pays by the keyboard goes on where that is shown.
  useEffect(() => {
    if (!isPaying.current || lines.length > 0) return;
    isPaying.current = false;
    if (document.activeElement === document.body) panel.current?.focus({ preventScroll: true });
  });
  const pay = (): void => {
    isPaying.current = true;
    props.onPay();
  };
  return (
    <>
      {lines.length === 0 ? (
        <p class="muted">The cart is empty. Add something from the catalog, in any tab.</p>
      ) : (
        <Lines {...props} onPay={pay} />
      )}
      {obstacle && <p class="cart-obstacle">{obstacle}</p>}
      {checkout && (
        <CheckoutPanel
          checkout={checkout}
          panel={panel}
          onCancel={props.onCancel}
          onRetry={props.onRetry}
        />
      )}
      {orders.length > 0 && <OrderList orders={orders} />}
    </>
  );
}

function Lines({ lines, checkout, canPay, onRemove, onPay }: CartProps): JSX.Element {
  const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
  return (
    <>
      <ul class="cart">
        {lines.map(({ sku, name, price, quantity }) => (
          <li key={sku}>
            <span>
              {quantity} × {name}
            </span>
            <span>{euros.format((price * quantity) / 100)}</span>
            <button type="button" aria-label={`Remove one ${name}`} onClick={() => onRemove(sku)}>
              −
            </button>
          </li>
        ))}
      </ul>
      <p class="cart-total">
        <span>Total</span>
        <strong>{euros.format(total / 100)}</strong>
      </p>
      <p class="cart-pay">
        <button
          type="button"
          class={canPay ? "primary" : ""}
          aria-disabled={!canPay}
          onClick={onPay}
        >
          Pay
        </button>
        {checkout?.status === "running" && (
          <span class="muted">What you add now is in the next cart.</span>
        )}
      </p>
    </>
  );
}
