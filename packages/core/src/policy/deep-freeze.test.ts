import { describe, expect, it } from "vitest";
import { deepFreeze } from "./deep-freeze.js";

describe("deepFreeze", () => {
  it("freezes cyclic structures", () => {
    const inner: { outer?: object } = {};
    const outer = { inner, list: [inner, undefined, null] };
    inner.outer = outer;

    deepFreeze(outer);

    expect([outer, inner, outer.list].every(Object.isFrozen)).toBe(true);
  });

  it("looks below what is frozen already", () => {
    const value = Object.freeze({ inner: Object.freeze([{ n: 1 }]) });

    deepFreeze(value);

    expect(Object.isFrozen(value.inner[0])).toBe(true);
  });

  it("leaves instances of classes alone, and what only they hold", () => {
    class Cart {
      readonly items = [1];
    }
    const value = { cart: new Cart(), map: new Map(), date: new Date(), bytes: new Uint8Array(1) };

    deepFreeze(value);

    expect(Object.isFrozen(value)).toBe(true);
    const instances = [value.cart, value.cart.items, value.map, value.date, value.bytes];
    expect(instances.some(Object.isFrozen)).toBe(false);
  });

  it("runs no getter", () => {
    let calls = 0;
    const value = {
      get costly() {
        calls += 1;
        return {};
      },
    };

    deepFreeze(value);

    expect(calls).toBe(0);
    expect(Object.isFrozen(value)).toBe(true);
  });

  it("goes as deep as it has to", () => {
    let deepest: object = {};
    const bottom = deepest;
    for (let depth = 0; depth < 50_000; depth += 1) deepest = { deepest };

    deepFreeze(deepest);

    expect(Object.isFrozen(bottom)).toBe(true);
  });

  it("leaves alone what cannot be read, and freezes the rest", () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const fail = () => {
      throw new Error("no");
    };
    const traps = ["ownKeys", "getPrototypeOf", "preventExtensions", "getOwnPropertyDescriptor"];
    const proxies = traps.map((trap) => new Proxy({ n: 1 }, { [trap]: fail }));
    const value = { first: {}, proxy, proxies, last: {} };

    deepFreeze(value);

    expect([value, value.first, value.proxies, value.last].every(Object.isFrozen)).toBe(true);
  });

  it.each([undefined, null, 0, "text", Symbol("s")])("takes %o", (value) => {
    expect(() => deepFreeze(value)).not.toThrow();
  });
});
