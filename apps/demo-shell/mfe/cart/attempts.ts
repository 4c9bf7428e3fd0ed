import { type CheckoutState, hasEnded } from "./checkout-state.js";

/**
 * Gives the id of the checkout that Pay starts now: that of the cart, and after one that failed the
 * next. All tabs that show the same give the same, so two that pay at once pay once.
 *
 * @param checkouts - all that are known
 * @returns `undefined` while a checkout is under way or needs help, and of a cart that is paid
 */
export function nextAttempt(cart: string, checkouts: readonly CheckoutState[]): string | undefined {
  // Also one of another cart: it may yet take out what is in this one.
  if (checkouts.some((state) => !hasEnded(state) || state.status === "stuck")) return undefined;
  const own = checkouts.filter(({ input }) => input.cart === cart);
  if (own.some(({ status }) => status === "completed")) return undefined;
  return own.length === 0 ? cart : `${cart}/${own.length + 1}`;
}
