import { type } from "arktype";
import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { turnEnd } from "../fixtures/turn.js";
import {
  createPubSub,
  type DiagnosticEvent,
  isBusError,
  type PubSubBus,
  type StandardSchema,
  ValidationError,
} from "../index.js";

const libraries: Record<string, StandardSchema> = {
  valibot: v.object({ sku: v.string(), items: v.array(v.object({ price: v.number() })) }),
  zod: z.object({ sku: z.string(), items: z.array(z.object({ price: z.number() })) }),
  arktype: type({ sku: "string", items: type({ price: "number" }).array() }),
};
const valid = { sku: "A-1", items: [{ price: 1 }] };
const invalid = { sku: "A-1", items: [{ price: 1 }, { price: "free" }] };

describe("topics", () => {
  it.each(Object.entries(libraries))("takes schemas of %s", (_, schema) => {
    const bus: PubSubBus = createPubSub({ topics: { "cart.changed": schema } });

    expect(bus.publish("cart.changed", valid).payload).toBe(valid);
    const failure = errorOf(() => bus.publish("cart.changed", invalid));

    expect(failure).toBeInstanceOf(ValidationError);
    expect(failure).toMatchObject({
      code: "VALIDATION_FAILED",
      topic: "cart.changed",
      issues: [{ path: "items.1.price" }],
    });
    expect(failure.message).toMatch(
      /^The payload of "cart\.changed" is invalid: items\.1\.price: .+\.$/,
    );
  });

  it("delivers what was published, not what the schema makes of it", async () => {
    const handler = vi.fn();
    const schema = z.object({ sku: z.string().default("none") }).transform(({ sku }) => [sku]);
    const bus: PubSubBus = createPubSub({ topics: { a: schema } });
    bus.subscribe("a", handler);
    const payload = {};

    bus.publish("a", payload);

    await turnEnd();
    expect(handler.mock.calls[0]?.[0].payload).toBe(payload);
  });

  it("takes + for a segment that varies, and an exact topic before it", () => {
    const topics = { "result.+": z.number(), "result.text": z.string() };
    const bus: PubSubBus = createPubSub({ topics });

    expect(() => bus.publish("result.42", "no")).toThrow(ValidationError);
    expect(() => bus.publish("result.text", "yes")).not.toThrow();
    expect(() => bus.publish("result.text", 1)).toThrow(ValidationError);
  });

  it("leaves topics that have no schema alone", () => {
    const bus: PubSubBus = createPubSub({ topics: { a: z.number() } });

    expect(() => bus.publish("constructor", "anything")).not.toThrow();
    expect(() => bus.publish("b", "anything")).not.toThrow();
  });

  it("keeps an invalid payload from everybody", async () => {
    const handler = vi.fn();
    const bus: PubSubBus = createPubSub({
      topics: { a: z.number() },
      retention: { maxMessages: 5 },
    });
    bus.subscribe("#", handler);

    expect(() => bus.publish("a", "no")).toThrow();

    await turnEnd();
    expect(handler).not.toHaveBeenCalled();
    expect(await bus.getHistory("#")).toEqual([]);
  });

  it.each([
    ["a promise", Promise.resolve({ value: 1 })],
    // biome-ignore lint/suspicious/noThenProperty: a promise of another realm is one as well
    ["a thenable", { then: () => {} }],
  ])("refuses a schema that answers with %s, at its first use", (_, answer) => {
    const schema = {
      "~standard": { version: 1, vendor: "test", validate: () => answer as never },
    } as const;
    const bus: PubSubBus = createPubSub({ topics: { a: schema } });

    expect(errorOf(() => bus.publish("a", 1))).toMatchObject({
      code: "ASYNC_SCHEMA",
      message: expect.stringContaining('The schema of "a" answered with a promise'),
    });
  });
});

describe("validationMode", () => {
  const schema = { type: "number" } as const;

  it("is off unless topics are given", () => {
    const bus = createPubSub();
    bus.registerSchema("price@1", schema);

    expect(() => bus.publish("a", "no", { schemaVersion: "price@1" })).not.toThrow();
  });

  it("delivers and tells with warn", async () => {
    const events: DiagnosticEvent[] = [];
    const handler = vi.fn();
    const bus = createPubSub({ validationMode: "warn", onDiagnostic: (e) => events.push(e) });
    bus.registerSchema("price@1", schema);
    bus.subscribe("a", handler);

    bus.publish("a", "no", { schemaVersion: "price@1" });

    await turnEnd();
    expect(handler).toHaveBeenCalledTimes(1);
    expect(events).toContainEqual({
      type: "validation-error",
      topic: "a",
      schemaVersion: "price@1",
      errors: [{ path: "", message: "must be number" }],
      mode: "warn",
    });
  });

  it("tells and throws with strict", () => {
    const events: DiagnosticEvent[] = [];
    const bus = createPubSub({ validationMode: "strict", onDiagnostic: (e) => events.push(e) });
    bus.registerSchema("price@1", schema);

    expect(() => bus.publish("a", "no", { schemaVersion: "price@1" })).toThrow(
      'The payload of "a" is invalid: must be number.',
    );
    expect(events).toMatchObject([{ type: "validation-error", mode: "strict" }]);
  });

  it("does not let a version pass that nobody registered", () => {
    const events: DiagnosticEvent[] = [];
    const strict = createPubSub({ validationMode: "strict" });
    const warning = createPubSub({ validationMode: "warn", onDiagnostic: (e) => events.push(e) });

    const failure = errorOf(() => strict.publish("a", 1, { schemaVersion: "price@2" }));
    warning.publish("a", 1, { schemaVersion: "price@2" });

    expect(isBusError(failure, "INVALID_ARGUMENT")).toBe(true);
    expect(events).toEqual([
      {
        type: "warning",
        code: "SCHEMA_NOT_FOUND",
        message: failure.message,
        details: { schemaVersion: "price@2", topic: "a" },
      },
    ]);
    expect(failure.message).toBe(
      'A message of "a" names the schema "price@2", which is not registered. Call registerSchema() first.',
    );
  });
});

describe("a validator that throws", () => {
  const broken = {
    "~standard": {
      version: 1 as const,
      vendor: "test",
      validate: () => {
        throw new Error("boom");
      },
    },
  };

  it("has found the payload invalid", async () => {
    const events: DiagnosticEvent[] = [];
    const strict: PubSubBus = createPubSub({ topics: { a: broken } });
    const warning: PubSubBus = createPubSub({
      topics: { a: broken },
      validationMode: "warn",
      onDiagnostic: (event) => events.push(event),
    });

    expect(() => strict.publish("a", 1)).toThrow(
      'The payload of "a" is invalid: its validator threw Error: boom.',
    );
    expect(warning.publish("a", 1).payload).toBe(1);
    expect(events).toMatchObject([{ type: "validation-error", mode: "warn" }]);
  });
});

describe("registerSchema", () => {
  it("checks messages of that version, whatever the schema of their topic says", () => {
    const bus: PubSubBus = createPubSub({ topics: { a: z.string() } });
    bus.registerSchema("a@2", z.number());

    expect(() => bus.publish("a", 1, { schemaVersion: "a@2" })).not.toThrow();
    expect(() => bus.publish("a", "x", { schemaVersion: "a@2" })).toThrow(ValidationError);
    expect(() => bus.publish("a", "x", { schemaVersion: "a@1" })).not.toThrow();
  });

  it.each([undefined, null, "string"])("refuses %o", (schema) => {
    const bus = createPubSub();

    const failure = errorOf(() => bus.registerSchema("a@1", schema as never));

    expect(isBusError(failure, "INVALID_SCHEMA")).toBe(true);
  });

  it("throws on a disposed bus", () => {
    const bus = createPubSub();
    bus.dispose();

    expect(() => bus.registerSchema("a@1", {})).toThrow(
      "Cannot register a schema: bus has been disposed.",
    );
  });
});

function errorOf(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error("Nothing was thrown.");
}
