import { describe, expect, it } from "vitest";
import { findUncloneable } from "./find-uncloneable.js";

describe("findUncloneable", () => {
  it.each([undefined, null, 0, "text", [], { list: [new Date(), new Map()] }])(
    "finds nothing in %o",
    (value) => {
      expect(findUncloneable(value)).toBeUndefined();
    },
  );

  it("names the innermost part that is to blame", () => {
    const payload = { sku: "A-1", items: [{ price: 1 }, { price: 2, onClick: () => {} }] };

    expect(findUncloneable({ payload })).toBe("payload.items.1.onClick");
  });

  it("names the value itself by an empty path", () => {
    expect(findUncloneable(() => {})).toBe("");
    expect(findUncloneable(Symbol("s"))).toBe("");
  });

  it.each([
    ["direct", (outer: object) => ({ outer })],
    ["indirect", (outer: object) => ({ list: [outer] })],
  ])("finds the part that is to blame beside a cycle that is %s", (_which, createInner) => {
    const outer: Record<string, unknown> = {};
    outer.inner = createInner(outer);
    expect(findUncloneable(outer)).toBeUndefined();

    outer.onClick = () => {};

    expect(findUncloneable(outer)).toBe("onClick");
  });

  it("blames what holds a getter that throws", () => {
    const value = {
      deep: {
        get broken(): never {
          throw new Error("broken");
        },
      },
    };

    expect(findUncloneable(value)).toBe("deep");
  });

  it("looks no deeper than eight levels", () => {
    let value: unknown = () => {};
    for (let depth = 0; depth < 12; depth += 1) value = { a: value };

    expect(findUncloneable(value)).toBe("a.a.a.a.a.a.a.a");
  });
});
