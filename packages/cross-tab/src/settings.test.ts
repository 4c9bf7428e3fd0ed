import { createPubSub, type PubSubBus } from "@pubsub-mfe/core";
import { MemoryLockStore } from "@pubsub-mfe/core/testing";
import { describe, expect, expectTypeOf, it, vi } from "vitest";
import {
  BroadcastChannelTransport,
  CrossTabAdapter,
  type CrossTabConfig,
  createCrossTabAdapter,
} from "./index.js";
import { Hub } from "./testing/hub.js";
import { openTab, payloads, turnEnd } from "./testing/tabs.js";

const misused = (message: string) =>
  expect.objectContaining({
    name: "CrossTabError",
    code: "CROSS_TAB_MISUSED",
    // What the platform adds, as of an address that is none, differs.
    message: expect.stringContaining(message),
  });

describe("createCrossTabAdapter", () => {
  const transports =
    '"auto", a function or an object with send(), onMessage(), close(), isAvailable()';
  const origin = "an origin alone, such as https://shop.example";
  const batch = "a whole number from 1 to 10000";
  const rate = "a number above 0";

  it.each<[option: string, value: unknown, shown: string, rule: string]>([
    ["transport", "broadcast", '"broadcast"', transports],
    ["transport", null, "null", transports],
    ["transport", { send() {}, onMessage() {}, close() {} }, "an object", transports],
    ["channelName", "", '""', "a string of 1 to 256 characters"],
    ["channelName", 7, "7", "a string of 1 to 256 characters"],
    ["clientId", "", '""', "a string of 1 to 256 characters"],
    ["clientId", "x".repeat(257), `"${"x".repeat(80)}"…`, "a string of 1 to 256 characters"],
    ["clientId", {}, "an object", "a string of 1 to 256 characters"],
    ["maxBatchSize", 0, "0", batch],
    ["maxBatchSize", -1, "-1", batch],
    ["maxBatchSize", 1.5, "1.5", batch],
    ["maxBatchSize", Number.NaN, "NaN", batch],
    ["maxBatchSize", 10_001, "10001", batch],
    ["maxBatchSize", "50", '"50"', batch],
    ["maxMessageSize", 0, "0", "a number from 1 to Infinity"],
    ["maxMessageSize", Number.NaN, "NaN", "a number from 1 to Infinity"],
    ["maxMessageSize", "256kB", '"256kB"', "a number from 1 to Infinity"],
    ["batchIntervalMs", -1, "-1", "a number from 0 to 2147483647"],
    ["batchIntervalMs", 2 ** 31, "2147483648", "a number from 0 to 2147483647"],
    ["rateLimit", 100, "100", "an object with maxPerSecond"],
    ["rateLimit", null, "null", "an object with maxPerSecond"],
    ["expectedOrigin", "https://shop.example/", '"https://shop.example/"', origin],
    ["expectedOrigin", "*", '"*"', origin],
    ["expectedOrigin", "null", '"null"', origin],
    ["expectedOrigin", 1, "1", origin],
    ["onError", "console", '"console"', "a function"],
    ["clock", Date, "a function", "an object with now(), monotonic(), setTimer()"],
    ["locks", { request() {} }, "an object", "an object with hold(), request(), query()"],
    ["locks", null, "null", "an object with hold(), request(), query()"],
    ["repair", {}, "an object", "an object with read(), subscribe(), head()"],
    ["catchUp", true, "true", "an object with retained or from"],
    ["enableLeadership", "yes", '"yes"', "true or false"],
    ["emitSystemEvents", 0, "0", "true or false"],
    ["debug", null, "null", "true or false"],
    ["share", "cart.#", '"cart.#"', "an array of patterns of topics"],
    ["private", {}, "an object", "an array of patterns of topics"],
    ["send", ["cart.#"], "an array", "an object with share or private"],
    ["receive", null, "null", "an object with share or private"],
  ])("refuses as %s %o", (option, value, shown, rule) => {
    expect(() => createCrossTabAdapter({ [option]: value })).toThrow(
      misused(`${option} is ${shown}: it must be ${rule}.`),
    );
  });

  it.each<[config: object, message: string]>([
    [{ rateLimit: {} }, "rateLimit is an object: it must be an object with maxPerSecond."],
    [{ catchUp: { retained: 1 } }, "catchUp.retained is 1: it must be true or false."],
    [
      { catchUp: { from: "yesterday" } },
      'catchUp.from is "yesterday": it must be "start", or an object with position or time.',
    ],
    [{ rateLimit: { maxPerSecond: 0 } }, `rateLimit.maxPerSecond is 0: it must be ${rate}.`],
    [
      { rateLimit: { maxPerSecond: Number.POSITIVE_INFINITY } },
      `rateLimit.maxPerSecond is Infinity: it must be ${rate}.`,
    ],
    [
      { rateLimit: { maxPerSecond: 1, maxBurst: 0.5 } },
      "rateLimit.maxBurst is 0.5: it must be a number from 1 to Infinity.",
    ],
    [
      { receive: { share: "cart.#" } },
      'receive.share is "cart.#": it must be an array of patterns of topics.',
    ],
    [
      { share: ["a.#.b"] },
      'share is an array: it must be an array of patterns of topics. Invalid pattern "a.#.b": "#" must be the last segment, as in "cart.#". For one segment in the middle use "+".',
    ],
    [
      { send: { private: ["cart", 7] } },
      'send.private is an array: it must be an array of patterns of topics. Invalid pattern 7: it must be a string, like "cart.item.added".',
    ],
  ])("refuses %o", (config, message) => {
    expect(() => createCrossTabAdapter(config as CrossTabConfig)).toThrow(misused(message));
  });

  it.each([null, "shop"])("refuses %o for a config", (config) => {
    expect(() => createCrossTabAdapter(config as never)).toThrow(
      misused(`The config is ${JSON.stringify(config)}: it must be an object.`),
    );
  });

  it("takes every option at its limits", () => {
    const config: Required<CrossTabConfig> = {
      transport: () => new BroadcastChannelTransport(),
      channelName: "shop",
      clientId: "x".repeat(256),
      maxBatchSize: 10_000,
      maxMessageSize: Number.POSITIVE_INFINITY,
      batchIntervalMs: 2 ** 31 - 1,
      rateLimit: { maxPerSecond: 0.1, maxBurst: 1 },
      expectedOrigin: "https://shop.example:8443",
      dedupeWindowMs: 60_000,
      dedupeCacheSize: 1_000,
      enableLeadership: true,
      emitSystemEvents: false,
      clock: { now: () => 0, monotonic: () => 0, setTimer: () => () => {} },
      locks: new MemoryLockStore().tab(),
      onError: () => {},
      repair: { read: vi.fn(), subscribe: vi.fn(), head: vi.fn() },
      catchUp: { retained: true, from: { time: 0 } },
      debug: false,
      share: ["cart.#", "user.+"],
      private: [],
      send: { share: ["#"] },
      receive: { private: ["user.name"] },
    };

    expect(createCrossTabAdapter(config).getStats().clientId).toBe(config.clientId);
  });

  it("has options of the types that are documented", () => {
    expectTypeOf<CrossTabConfig["rateLimit"]>().toEqualTypeOf<
      { readonly maxPerSecond: number; readonly maxBurst?: number | undefined } | undefined
    >();
    // @ts-expect-error a rate without its number is none
    expect(() => createCrossTabAdapter({ rateLimit: {} })).toThrow();
    // @ts-expect-error there is no such transport
    expect(() => createCrossTabAdapter({ transport: "pigeon" })).toThrow();
    // @ts-expect-error a pattern alone is no list of them
    expect(() => createCrossTabAdapter({ share: "cart.#" })).toThrow();
  });
});

describe("CrossTabAdapter", () => {
  it("is the class of what createCrossTabAdapter returns", async () => {
    const hub = new Hub();
    const far = await openTab(hub);
    const bus = createPubSub();
    const adapter: CrossTabAdapter = new CrossTabAdapter({ transport: hub.connect() });

    await adapter.attach(bus);
    bus.publish("a", 1);
    await turnEnd();
    adapter.detach();

    expect(adapter).toBeInstanceOf(CrossTabAdapter);
    expect(createCrossTabAdapter()).toBeInstanceOf(CrossTabAdapter);
    expectTypeOf(createCrossTabAdapter()).toEqualTypeOf<CrossTabAdapter>();
    expect(payloads(far.received)).toEqual([1]);
  });

  it("may have no config, and may be extended", () => {
    class ShopTabs extends CrossTabAdapter {
      readonly shop = "A";
    }

    expect(new ShopTabs().getStats().messagesSent).toBe(0);
  });

  it.each([undefined, null, {}, { connect() {} }])("refuses to attach to %o", async (value) => {
    const failure = new CrossTabAdapter().attach(value as unknown as PubSubBus);

    await expect(failure).rejects.toMatchObject({
      code: "CROSS_TAB_MISUSED",
      message: expect.stringMatching(
        /^The bus is (undefined|null|an object): it must be an object with connect\(\), publish\(\)\.$/,
      ),
    });
  });
});
