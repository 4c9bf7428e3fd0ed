import { describe, expect, it } from "vitest";
import { nextAttempt } from "./attempts.js";
import type { CheckoutState } from "./checkout-state.js";

function checkout(cart: string, status: CheckoutState["status"]): CheckoutState {
  const input = { cart, orderId: cart, items: [], total: 0 };
  return { id: cart, status, input, steps: [], pivot: 3, startedAt: 0 };
}

describe("nextAttempt", () => {
  it("is the cart's own id at first", () => {
    expect(nextAttempt("c2", [])).toBe("c2");
    expect(nextAttempt("c2", [checkout("c1", "completed")])).toBe("c2");
  });

  it("is another one after each that failed", () => {
    const failed = checkout("c", "failed");

    expect(nextAttempt("c", [failed, checkout("b", "failed")])).toBe("c/2");
    expect(nextAttempt("c", [failed, failed])).toBe("c/3");
  });

  it.each(["running", "compensating", "waiting", "stuck"] as const)(
    "is none while one of whatever cart is %s",
    (status) => {
      expect(nextAttempt("c", [checkout("c", "failed"), checkout("b", status)])).toBeUndefined();
    },
  );

  it("is none for a cart that is paid", () => {
    expect(nextAttempt("c", [checkout("c", "completed")])).toBeUndefined();
  });
});
