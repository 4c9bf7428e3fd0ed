import { describe, expect, it } from "vitest";
import { toLiteral } from "./literal.js";

function evaluate(value: unknown) {
  const losses: string[] = [];
  const code = toLiteral(value, "payload", losses);
  return { copy: new Function(`return ${code}`)() as unknown, code, losses };
}

describe("toLiteral", () => {
  it.each([
    ["undefined", undefined],
    ["numbers", [0, -0, Number.NaN, Infinity, 1e21, 12n]],
    ["dates", { at: new Date(5), never: new Date(Number.NaN) }],
    ["maps", new Map<unknown, unknown>([[{ key: 1 }, new Set(["x", new Set([undefined])])]])],
    ["text", 'ä "quoted" \\ `$x` 🛒 \u2028 \u2029 \ud800 \0\n'],
    ["keys", { "a-b": 1, 日本: 2, 7: 3, ["__proto__"]: { polluted: true } }],
    ["bytes", [new Uint8Array([1, 2]), new Float64Array([0.5]), new ArrayBuffer(2)]],
    ["others", [/a\/"b"/giu, null, true]],
  ])("makes the like of %s", (_name, value) => {
    const { copy, losses } = evaluate(value);

    expect(copy).toStrictEqual(value);
    expect(losses).toEqual([]);
  });

  it("keeps what is in a view of a buffer, and no more", () => {
    const view = new Uint8Array([1, 2, 3, 4]).subarray(1, 3);

    expect(evaluate(new DataView(view.buffer, 1, 2)).copy).toEqual(
      new DataView(view.slice().buffer),
    );
    expect(evaluate(view).copy).toEqual(new Uint8Array([2, 3]));
  });

  it("keeps the name of an error", () => {
    expect(evaluate(new TypeError("no")).copy).toMatchObject({ name: "TypeError", message: "no" });
  });

  it("says what it does not make", () => {
    const cycle: unknown[] = [];
    cycle.push({ cycle });

    expect(evaluate(cycle)).toMatchObject({
      copy: [{ cycle: undefined }],
      losses: ["payload[0].cycle refers back to what it stands in"],
    });
    expect(evaluate([() => {}, Symbol("s")]).losses).toEqual([
      "payload[0] is a function",
      "payload[1] is a symbol",
    ]);
  });
});
