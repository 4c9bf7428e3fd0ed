/** @jsxImportSource preact */
import type { JSX } from "preact";
import type { CartLine } from "./cart-state.js";

const euros = new Intl.NumberFormat("en-IE", { style: "currency", currency: "EUR" });

interface CartProps {
  readonly lines: readonly CartLine[];
  readonly onRemove: (sku: string) => void;
}

export function Cart({ lines, onRemove }: CartProps): JSX.Element {
  if (lines.length === 0) {
    return <p class="muted">The cart is empty. Add something from the catalog, in any tab.</p>;
  }
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
    </>
  );
}
