import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createPubSub, type JsonSchema, ValidationError } from "../index.js";

/** What the bus says is wrong with a payload. */
function issues(schema: JsonSchema, payload: unknown): string[] {
  const bus = createPubSub({ validationMode: "strict" });
  bus.registerSchema("1", schema);
  try {
    bus.publish("a", payload, { schemaVersion: "1" });
    return [];
  } catch (error) {
    if (!(error instanceof ValidationError)) throw error;
    return error.issues.map(({ path, message }) => `${path} ${message}`.trim());
  }
}

describe("JSON Schema", () => {
  it.each<[JsonSchema, unknown[], unknown[]]>([
    [{ type: "string" }, ["", "a"], [1, null, undefined, [], {}]],
    [{ type: "number" }, [0, 1.5, -1], ["1", Number.NaN, Number.POSITIVE_INFINITY, 1n, null]],
    [{ type: "integer" }, [0, -3, 1.0], [1.5, "1", Number.NaN]],
    [{ type: "boolean" }, [true, false], [0, "true", null]],
    [{ type: "null" }, [null], [undefined, 0, ""]],
    [{ type: "array" }, [[], [1]], [{}, "a", null]],
    [{ type: "object" }, [{}, { a: 1 }, Object.create(null)], [[], null, "a"]],
    [{ type: ["string", "null"] }, ["a", null], [1, undefined]],
    [{ enum: ["a", 1, null] }, ["a", 1, null], ["b", 2, undefined]],
    [{ minimum: 1, maximum: 3 }, [1, 3, "not a number"], [0.9, 3.1]],
    [{ minLength: 2, maxLength: 3 }, ["ab", "abc", "👍👍", 7], ["a", "abcd", "👍"]],
    [{ pattern: "^[A-Z]-\\d+$" }, ["A-1", 5], ["a-1", "A-", `A-${"1".repeat(1_000)}`]],
    [{ required: ["a"] }, [{ a: undefined }, "no object"], [{}, { b: 1 }]],
    [{ required: ["constructor"] }, [{ constructor: 1 }], [{}]],
    [{ properties: { a: { type: "string" } } }, [{}, { a: "x", b: 1 }], [{ a: 1 }]],
    [{ properties: { a: {} }, additionalProperties: false }, [{ a: 1 }], [{ b: 1 }]],
    [{ additionalProperties: { type: "number" } }, [{ a: 1 }], [{ a: "x" }]],
    [{ items: { type: "number" } }, [[], [1, 2], "no array"], [["x"], [1, null]]],
    [{}, [undefined, null, 1, {}], []],
  ])("%o", (schema, good, bad) => {
    for (const payload of good) expect(issues(schema, payload)).toEqual([]);
    for (const payload of bad) expect(issues(schema, payload)).toHaveLength(1);
  });

  it("names every place that is wrong, and why", () => {
    const schema: JsonSchema = {
      type: "object",
      required: ["sku"],
      additionalProperties: false,
      properties: {
        items: { type: "array", items: { properties: { price: { minimum: 0 } } } },
        kind: { enum: ["a", "b"] },
      },
    };

    const found = issues(schema, { items: [{ price: 1 }, { price: -1 }], kind: "c", extra: 1 });

    expect(found.sort()).toEqual([
      "extra is not among the properties that are allowed",
      "items.1.price must be 0 or more",
      'kind must be one of "a", "b"',
      "sku is required",
    ]);
  });

  it("reads no property that a payload inherits", () => {
    expect(issues({ properties: { toString: { type: "null" as const } } }, {})).toEqual([]);
    expect(issues({ required: ["toString"] }, {})).toEqual(["toString is required"]);
  });

  it("refuses a keyword that it does not understand, and names those that it does", () => {
    expect(() => issues({ oneOf: [] } as never, 1)).toThrow(
      'The schema has the keyword "oneOf", which is not understood. Use type, enum, minimum,',
    );
    expect(() => issues({ type: "date" as "null" }, 1)).toThrow(
      'The schema has the type "date", which is not understood.',
    );
    expect(() => issues({ items: "x" } as never, 1)).toThrow('A schema is "x": pass an object.');
  });

  it("passes over what schema files say to people and tools", () => {
    const file = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "cart.json",
      $comment: "by the cart team",
      title: "Cart",
      description: "What is in it",
      default: "none",
      examples: ["A-1"],
      deprecated: true,
      type: "string",
    } as const;

    expect(issues(file, "A-1")).toEqual([]);
    expect(issues(file, 1)).toEqual(["must be string"]);
  });

  it("refuses a schema that contains itself", () => {
    const schema: { items?: JsonSchema } = {};
    schema.items = schema;

    expect(() => issues(schema, [])).toThrow(/nested more than 32 levels deep/);
  });

  it("agrees with the value's own nature, whatever the payload", () => {
    fc.assert(
      fc.property(fc.anything(), (payload) => {
        const isText = issues({ type: "string" }, payload).length === 0;
        const isList = issues({ type: "array" }, payload).length === 0;
        expect([isText, isList]).toEqual([typeof payload === "string", Array.isArray(payload)]);
      }),
    );
  });
});

describe("pattern", () => {
  it.each([
    ["(a+)+$", "repeats a group that itself varies in length"],
    ["(a|a)*", "repeats a group that itself varies in length"],
    ["((ab*)c){2,}", "repeats a group that itself varies in length"],
    ["(?:x(y*))+", "repeats a group that itself varies in length"],
    ["(a*){3}", "repeats a group that itself varies in length"],
    ["(a)\\1", "has a back-reference"],
    ["(?<n>a)\\k<n>", "has a back-reference"],
    ["a(?=b)", "looks ahead or behind"],
    ["(?<!a)b", "looks ahead or behind"],
    ["(", "is no regular expression"],
  ])("refuses %s, which %s", (pattern, reason) => {
    expect(() => issues({ pattern }, "a")).toThrow(reason);
  });

  it.each([
    ["^(ab)+$", "abab"],
    ["^(a+)?$", "aaa"],
    ["^[(a+)+]*$", "(+)"],
    ["^\\(a+\\)+$", "(aa))"],
    ["^\\d{4}-\\d{2}$", "2026-11"],
    ["^(?:a|b)$", "b"],
    ["^\\p{L}+$", "äß"],
  ])("takes %s", (pattern, text) => {
    expect(issues({ pattern }, text)).toEqual([]);
  });
});
