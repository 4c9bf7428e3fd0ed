import type { Message } from "@pubsub-mfe/core";
import { describe, expect, it } from "vitest";
import { CartBuilder, type StoredCartEvent } from "./cart-builder.js";

let messages = 0;

function added(sku: string, ts: number): Message {
  const payload = { sku, name: `the ${sku}`, price: 100 };
  return { id: `m${++messages}`, topic: "cart.item.added", ts, payload, meta: {} } as Message;
}

function removed(sku: string, ts: number): Message {
  return { ...added(sku, ts), topic: "cart.item.removed", payload: { sku } };
}

const begun: StoredCartEvent = {
  type: "cart.begun",
  payload: { cart: "c1" },
  version: 1,
  time: 0,
};

function checkedOut(count: number, time: number, version = 2): StoredCartEvent {
  const items = [{ sku: "A", count }];
  const payload = { cart: `c${version - 1}`, orderId: "o", items, next: `c${version}` };
  return { type: "cart.checked-out", payload, version, time };
}

function quantities(cart: CartBuilder): Record<string, number> {
  return Object.fromEntries(cart.lines.map(({ sku, quantity }) => [sku, quantity]));
}

describe("CartBuilder", () => {
  it("counts what is put in and taken out, each message once", () => {
    const cart = new CartBuilder();
    const first = added("A", 1);

    for (const message of [first, first, added("A", 2), added("B", 3), removed("B", 4)]) {
      cart.take(message);
    }

    expect(quantities(cart)).toEqual({ A: 2 });
    expect(cart.id).toBeUndefined();
  });

  it("takes nothing out of an empty cart", () => {
    const cart = new CartBuilder();

    cart.take(removed("A", 1));
    cart.take(added("A", 2));

    expect(quantities(cart)).toEqual({ A: 1 });
  });

  it("begins the next cart with what was not ordered", () => {
    const cart = new CartBuilder();
    cart.turn(begun);
    for (const message of [added("A", 1), added("A", 2), added("B", 3)]) cart.take(message);

    expect(cart.turn(checkedOut(1, 4))).toBe(true);

    expect(quantities(cart)).toEqual({ A: 1, B: 1 });
    expect(cart.id).toBe("c2");
  });

  it("takes an event that comes twice once", () => {
    const cart = new CartBuilder();
    for (const message of [added("A", 1), added("A", 2)]) cart.take(message);
    cart.turn(checkedOut(1, 3));

    expect(cart.turn(checkedOut(1, 3))).toBe(false);
    expect(cart.turn(begun)).toBe(false);

    expect(quantities(cart)).toEqual({ A: 1 });
    expect(cart.id).toBe("c2");
  });

  it("is the same for a tab that heard of a checkout before what was added meanwhile", () => {
    const [early, late] = [added("A", 1), added("A", 3)];
    const one = new CartBuilder();
    const other = new CartBuilder();

    for (const step of [early, late]) one.take(step);
    one.turn(checkedOut(1, 2));
    other.take(early);
    other.turn(checkedOut(1, 2));
    other.take(late);

    expect(quantities(one)).toEqual({ A: 1 });
    expect(quantities(other)).toEqual(quantities(one));
    expect(other.id).toBe(one.id);
  });

  it("restores the cart in the order in which things happened", () => {
    const cart = new CartBuilder();

    cart.restore([added("A", 1), added("A", 5)], [begun, checkedOut(1, 3)]);

    expect(quantities(cart)).toEqual({ A: 1 });
    expect(cart.id).toBe("c2");
  });

  it("restores the cart when the log has forgotten what was bought", () => {
    const cart = new CartBuilder();

    cart.restore([added("A", 20)], [begun, checkedOut(3, 4), checkedOut(2, 9, 3)]);

    expect(quantities(cart)).toEqual({ A: 1 });
    expect(cart.id).toBe("c3");
  });

  it("keeps what is in it when the events begin anew", () => {
    const cart = new CartBuilder();
    cart.restore([added("A", 1)], [begun, checkedOut(5, 0.5)]);

    cart.forgetTurns();
    cart.turn({ ...begun, payload: { cart: "new" } });

    expect(quantities(cart)).toEqual({ A: 1 });
    expect(cart.id).toBe("new");
  });
});
