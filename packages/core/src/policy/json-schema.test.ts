import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { createPubSub, InvalidSchemaError, type JsonSchema, ValidationError } from "../index.js";
import { show } from "../show.js";
import { once } from "../streams/once.js";

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

describe("a schema", () => {
  it.each<[keyword: string, argument: unknown, type: string]>([
    ["required", 5, "array"],
    ["required", "abc", "array"],
    ["enum", "abc", "array"],
    ["enum", null, "array"],
    ["minimum", "x", "number"],
    ["maximum", Number.NaN, "number"],
    ["minLength", 1.5, "integer"],
    ["maxLength", null, "integer"],
    ["pattern", 5, "string"],
    ["pattern", null, "string"],
    ["properties", null, "object"],
    ["properties", [], "object"],
  ])("is refused with %s: %o", (keyword, argument, type) => {
    const register = () => issues({ [keyword]: argument } as never, 1);

    expect(register).toThrow(InvalidSchemaError);
    expect(register).toThrow(
      `The schema has the ${keyword} ${show(argument)}, which is not understood. Use type ${type}, or`,
    );
  });

  it.each(["type", "items", "additionalProperties"])(
    "is refused with %s: 5 and null",
    (keyword) => {
      expect(() => issues({ [keyword]: 5 } as never, 1)).toThrow(InvalidSchemaError);
      expect(() => issues({ [keyword]: null } as never, 1)).toThrow(InvalidSchemaError);
    },
  );

  it("does not change with the arrays that it was made of", () => {
    const required = ["a"];
    const values = ["x"];
    const bus = createPubSub({ validationMode: "strict" });
    bus.registerSchema("1", { required, properties: { a: { enum: values } } });

    required.pop();
    values.push("y");

    expect(() => bus.publish("t", {}, { schemaVersion: "1" })).toThrow("a: is required");
    expect(() => bus.publish("t", { a: "y" }, { schemaVersion: "1" })).toThrow("must be one of");
  });
});

describe("a payload that cannot be read", () => {
  const unreadable = {
    get a(): string {
      throw new Error("no");
    },
  };
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();

  it("is invalid where it cannot be read", () => {
    const a: JsonSchema = { properties: { a: { type: "string" } } };

    expect(issues(a, unreadable)).toEqual(["a cannot be read"]);
    expect(issues({ items: a }, [{}, unreadable])).toEqual(["1.a cannot be read"]);
    expect(issues({ additionalProperties: {} }, unreadable)).toEqual(["a cannot be read"]);
    expect(issues({ type: "object" }, proxy)).toEqual(["cannot be read"]);
  });

  it("is delivered where invalid payloads are", async () => {
    const told = vi.fn();
    const bus = createPubSub({ validationMode: "warn", onDiagnostic: told });
    bus.registerSchema("1", { properties: { a: {} } });
    const arrival = once(bus, "t");

    bus.publish("t", unreadable, { schemaVersion: "1" });

    expect((await arrival).payload).toBe(unreadable);
    const errors = [{ path: "a", message: "cannot be read" }];
    expect(told).toHaveBeenCalledWith(
      expect.objectContaining({ type: "validation-error", errors }),
    );
  });
});
