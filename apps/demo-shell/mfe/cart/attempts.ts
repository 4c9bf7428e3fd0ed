import { type CheckoutState, hasEnded } from "./checkout-state.js";

/**
 * Gives the id of the checkout that Pay starts now: that of the cart, and after one that failed the
 * next. All tabs that show the same give the same, so two that pay at once pay once.
 *
 * @param checkouts - all that are known
 * @returns `undefined` while one of this cart is under way, needs help, or has gone well
 */
export function nextAttempt(cart: string, checkouts: readonly CheckoutState[]): string | undefined {
  const own = checkouts.filter(({ input }) => input.cart === cart);
  if (own.some((state) => !hasEnded(state) || state.status !== "failed")) return undefined;
  return own.length === 0 ? cart : `${cart}/${own.length + 1}`;
}
