import { describe, expect, it } from "vitest";
import * as z from "zod";
import {
  type BusError,
  createPubSub,
  joinPubSub,
  matchTopic,
  once,
  type PublishOptions,
  type PubSubBus,
  type PubSubConfig,
  type SubscribeOptions,
  scope,
  stream,
} from "./index.js";
import { trace } from "./inspect.js";
import { createNetwork, createTestBus } from "./testing.js";

/** What somebody without types may write. */
const any = <T>(value: unknown): T => value as T;

function configured(config: unknown): () => unknown {
  return () => createPubSub(any<PubSubConfig>(config));
}

function published(options: unknown): () => unknown {
  return () => createPubSub().publish("a", 1, any<PublishOptions>(options));
}

describe("an argument that cannot be", () => {
  it.each([
    [
      "a configuration",
      configured("shop"),
      'The configuration of a bus is "shop": it must be an object.',
    ],
    ["app", configured({ app: "" }), 'app is "": it must be a string that is not empty.'],
    [
      "onDiagnostic",
      configured({ onDiagnostic: {} }),
      "onDiagnostic is an object: it must be a function.",
    ],
    [
      "validationMode",
      configured({ validationMode: "Strict" }),
      'validationMode is "Strict": it must be "strict" or "warn" or "off".',
    ],
    [
      "onMaxHandlersExceeded",
      configured({ onMaxHandlersExceeded: "drop" }),
      'onMaxHandlersExceeded is "drop": it must be "throw" or "warn".',
    ],
    [
      "a key of topics",
      configured({ topics: { "cart.#": z.string() } }),
      'A key of topics is "cart.#": it must be a topic, in which "+" may stand for a segment.',
    ],
    ["meta", published({ meta: "id" }), 'meta is "id": it must be an object.'],
    [
      "cause",
      published({ cause: "id" }),
      'cause is "id": it must be a message, as a handler got it.',
    ],
    [
      "scope",
      published({ scope: "tab" }),
      'scope is "tab": it must be "page". To publish everywhere leave it out.',
    ],
    [
      "sourceFilter",
      () =>
        createPubSub().subscribe(
          "a",
          () => {},
          any<SubscribeOptions>({ sourceFilter: { include: "cart" } }),
        ),
      'sourceFilter.include is "cart": it must be an array.',
    ],
    [
      "the name of a copy",
      () => joinPubSub(any({ app: "shop" })),
      "name is undefined: it must be a string that is not empty, like the microfrontend's.",
    ],
    [
      "the bus of a scope",
      () => scope(any<PubSubBus>({}), "cart"),
      "The bus is an object: it must be a bus, or a scope of one.",
    ],
    [
      "the bus of a stream",
      () => stream(any<PubSubBus>(undefined), "a"),
      "The bus is undefined: it must be a bus, or a scope of one.",
    ],
    [
      "the limit of a trace",
      () => trace(createPubSub(), { limit: -1 }),
      "limit is -1: it must be a number of messages, 0 or more.",
    ],
    [
      "handlerErrors",
      () => createTestBus({ handlerErrors: any("swallow") }),
      'handlerErrors is "swallow": it must be "throw" or "collect".',
    ],
    [
      "the delay of a network",
      () => createNetwork({ delay: any(5) }),
      "delay is 5: it must be two numbers of milliseconds, the least and the most.",
    ],
  ])("is named with its value and its rule: %s", (_what, work, message) => {
    expect(work).toThrow(
      expect.objectContaining<Partial<BusError>>({ code: "INVALID_ARGUMENT", message }),
    );
  });

  it.each([
    ["the bus", () => once(any<PubSubBus>(undefined), "a"), "The bus is undefined"],
    [
      "filter",
      () => once(createPubSub(), "a", { filter: any<() => boolean>("x") }),
      'filter is "x"',
    ],
  ])("makes once reject: %s", async (_what, work, message) => {
    await expect(work()).rejects.toThrow(message);
  });

  it("is a topic that is none, also for matchTopic", () => {
    expect(() => matchTopic("order.1.paid", "order.+.paid")).toThrow(
      'Invalid topic "order.+.paid"',
    );
    expect(() => matchTopic("#", any(5))).toThrow("Invalid topic 5");
  });
});
