import { createPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Aggregator, isPatternError, registerError } from "../aggregator.js";
import { bareByHand, respondBare, settle } from "../testing/aggregating.js";
import { deferred, failureOf } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;
let aggregator: Aggregator;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock: new ManualClock() });
  aggregator = new Aggregator(bus, { clock });
});

async function pass(ms: number): Promise<void> {
  await settle();
  clock.advance(ms);
  await settle();
}

/** A signal that counts its listeners. */
function countingSignal() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  vi.spyOn(signal, "addEventListener").mockImplementation((...args: Parameters<typeof add>) => {
    listeners += 1;
    add(...args);
  });
  vi.spyOn(signal, "removeEventListener").mockImplementation(
    (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    },
  );
  return { controller, signal, count: () => listeners };
}

describe("aggregate", () => {
  it.each([undefined, null, false, 0, "", Number.NaN])("takes %s for an answer", async (value) => {
    aggregator.respond("exact", () => value);
    respondBare(bus, "bare", () => value);

    const result = await aggregator.aggregate({ sources: ["exact", "bare"] });

    expect(result).toStrictEqual({ exact: value, bare: value });
  });

  it("gives transform the values in the order of sources, whoever answered first", async () => {
    const slow = deferred();
    aggregator.respond("slow", async () => {
      await slow.promise;
      return 1;
    });
    aggregator.respond("fast", () => {
      slow.resolve();
      return 2;
    });

    const entries = await aggregator.aggregate({
      sources: ["slow", "fast"],
      transform: async (results) => [...results],
    });

    expect(entries).toEqual([
      ["slow", 1],
      ["fast", 2],
    ]);
  });

  it("rejects with what transform throws", async () => {
    const transform = () => {
      throw new Error("no such field");
    };

    expect(await failureOf(aggregator.aggregate({ sources: [], transform }))).toEqual(
      new Error("no such field"),
    );
  });

  it("asks a duplicate source once", async () => {
    const asked = vi.fn(() => 1);
    aggregator.respond("orders", asked);

    expect(await aggregator.aggregate({ sources: ["orders", "orders"] })).toEqual({ orders: 1 });
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("resolves at once without sources", async () => {
    expect(await aggregator.aggregate({ sources: [] })).toEqual({});
    expect(await aggregator.collect({ sources: [] })).toEqual({
      complete: true,
      values: {},
      outcomes: {},
    });
  });

  it("asks a source called __proto__ or constructor like any other", async () => {
    for (const source of ["__proto__", "constructor"]) aggregator.respond(source, () => source);
    const sources = ["__proto__", "constructor", "toString"];

    const result = await aggregator.aggregate({
      sources,
      fallbacks: {},
      timeouts: {},
      partial: true,
    });

    expect(Object.entries(result)).toEqual([
      ["__proto__", "__proto__"],
      ["constructor", "constructor"],
    ]);
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
    const { outcomes } = await aggregator.collect({ sources });
    expect(Object.keys(outcomes)).toEqual(sources);
  });

  it("asks with params, one for all or by source", async () => {
    for (const source of ["a", "b"]) aggregator.respond(source, (params) => params);
    const sources = ["a", "b"];

    expect(await aggregator.aggregate({ sources, params: null })).toEqual({ a: null, b: null });
    expect(await aggregator.aggregate({ sources })).toEqual({ a: {}, b: {} });
    const params = (source: string) => (source === "a" ? { of: source } : undefined);
    expect(await aggregator.aggregate({ sources, params })).toEqual({ a: { of: "a" }, b: {} });
  });

  it("rejects at once when a source throws, with its own error as cause", async () => {
    class OutOfStockError extends Error {
      override readonly name = "OutOfStockError";
      readonly left = 2;
    }
    registerError(OutOfStockError, { name: "OutOfStockError" });
    const given = vi.fn();
    aggregator.respond("silent", (_, { signal }) => {
      signal.addEventListener("abort", given);
      return new Promise(() => {});
    });
    aggregator.respond("stock", async () => {
      throw new OutOfStockError("only 2");
    });

    const error = await failureOf(aggregator.aggregate({ sources: ["silent", "stock"] }));

    if (!isPatternError(error, "AGGREGATE_SOURCE_FAILED")) throw new Error("It is another error.");
    expect(error).toMatchObject({ source: "stock", message: '"stock" failed: only 2' });
    expect(error.cause).toBeInstanceOf(OutOfStockError);
    expect(error.cause).toMatchObject({ left: 2 });
    await settle();
    expect(given).toHaveBeenCalledTimes(1);
    expect(clock.timerCount).toBe(0);
  });

  it.each([
    ["a string", "none", "none"],
    ["null", null, "null"],
    ["an error without message", new Error(""), ""],
    ["zero", 0, "0"],
  ])("is told what a source throws, whatever it is: %s", async (_, thrown, message) => {
    aggregator.respond("stock", () => Promise.reject(thrown));

    const { outcomes, values, complete } = await aggregator.collect({ sources: ["stock"] });

    expect(outcomes.stock).toMatchObject({ status: "error", error: { message } });
    expect(outcomes.stock).toEqual({ status: "error", error: expect.any(Error) });
    expect([values, complete]).toEqual([{}, false]);
  });

  it("names the silent sources", async () => {
    for (const source of ["a", "b"]) aggregator.respond(source, () => new Promise(() => {}));
    aggregator.respond("c", () => 1);
    const asked = failureOf(aggregator.aggregate({ sources: ["a", "b", "c"], timeout: 200 }));

    await pass(200);

    const error = await asked;
    if (!isPatternError(error, "AGGREGATE_TIMEOUT")) throw new Error("It is another error.");
    expect(error.sources).toEqual(["a", "b"]);
    expect(error.message).toMatch(/^Timeout waiting for a, b\. /);
    expect(error.outcomes).toEqual({
      a: { status: "timeout" },
      b: { status: "timeout" },
      c: { status: "value", value: 1 },
    });
  });

  it("waits for 5,000 ms unless told otherwise", async () => {
    aggregator.respond("a", () => new Promise(() => {}));
    const settled = vi.fn();
    aggregator.aggregate({ sources: ["a"] }).catch(settled);

    await pass(4_999);
    expect(settled).not.toHaveBeenCalled();
    await pass(1);

    expect(settled).toHaveBeenCalledTimes(1);
  });

  it("says at once that nobody answers; who listens by a wildcard is nobody", async () => {
    bus.subscribe("#", () => {});
    aggregator.respond("c", () => 1);

    const error = await failureOf(aggregator.aggregate({ sources: ["a", "b", "c"] }));

    if (!isPatternError(error, "NO_RESPONDER")) throw new Error("It is another error.");
    expect(error.sources).toEqual(["a", "b"]);
    expect(error.message).toBe(
      "Nobody on this page answers for a, b. Is the microfrontend that does mounted?",
    );
  });

  it("waits for the timeout where the bus can not tell who is there", async () => {
    const plain = {
      publish: bus.publish.bind(bus),
      subscribe: bus.subscribe.bind(bus),
    };
    const asks = new Aggregator(plain, { clock });
    aggregator.respond("exact", (n) => n);
    const sources = ["nobody", "exact"];
    const asked = [1, 2].map((params) =>
      asks.aggregate({ sources, params, partial: true, timeout: 50 }),
    );

    await pass(50);

    expect(await Promise.all(asked)).toEqual([{ exact: 1 }, { exact: 2 }]);
  });

  describe("with partial", () => {
    beforeEach(() => {
      aggregator.respond("good", () => 1);
      aggregator.respond("bad", () => {
        throw new Error("no");
      });
      aggregator.respond("silent", () => new Promise(() => {}));
    });
    const sources = ["good", "bad", "silent", "absent"];

    it("resolves with what came", async () => {
      const asked = aggregator.aggregate({ sources, partial: true, timeout: 10 });
      await pass(10);

      expect(await asked).toEqual({ good: 1 });
    });

    it("is done as soon as all are known: a source without responder is just missing", async () => {
      expect(await aggregator.aggregate({ sources: ["good", "absent"], partial: true })).toEqual({
        good: 1,
      });
    });

    it.each([
      ["a required source that throws", { required: ["bad"] }, "AGGREGATE_SOURCE_FAILED"],
      ["a required source that is absent", { required: ["good", "absent"] }, "NO_RESPONDER"],
      ["fewer than `min`", { min: 4 }, "NO_RESPONDER"],
      [
        "a required source that fails, among `min` others",
        { required: ["bad"], min: 1 },
        "AGGREGATE_SOURCE_FAILED",
      ],
    ])("rejects at once for %s", async (_, partial, code) => {
      const error = await failureOf(aggregator.aggregate({ sources, partial }));

      expect(error).toMatchObject({ code });
    });

    it("rejects when a required source is silent", async () => {
      const partial = { required: ["silent"] };
      const asked = failureOf(aggregator.aggregate({ sources, partial, timeout: 10 }));
      await pass(10);

      expect(await asked).toMatchObject({ code: "AGGREGATE_TIMEOUT", sources: ["silent"] });
    });

    it("resolves when the required ones and `min` are there", async () => {
      const partial = { required: ["good"], min: 1 };
      const asked = aggregator.aggregate({ sources, partial, timeout: 10 });
      await pass(10);

      expect(await asked).toEqual({ good: 1 });
    });

    it("counts a fallback as the value of its source", async () => {
      const fallbacks = { good: 9, bad: 2, absent: 3 };
      const result = await aggregator.aggregate({ sources: ["good", "bad", "absent"], fallbacks });

      expect(result).toEqual({ good: 1, bad: 2, absent: 3 });
    });
  });

  it("gives a source its own timeout", async () => {
    for (const source of ["slow", "fast"]) aggregator.respond(source, () => new Promise(() => {}));
    const partial = vi.fn();
    const asked = aggregator.collect({
      sources: ["slow", "fast"],
      timeout: 100,
      timeouts: { fast: 10 },
      onPartial: partial,
    });

    await pass(10);
    expect(partial.mock.calls).toEqual([["fast", { status: "timeout" }, {}]]);
    await pass(90);

    expect((await asked).outcomes).toEqual({
      slow: { status: "timeout" },
      fast: { status: "timeout" },
    });
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31, 1e15])(
    "waits as long as it is told to: %s ms",
    async (timeout) => {
      const answer = deferred<number>();
      aggregator.respond("exact", () => answer.promise);
      const orders = bareByHand(bus, "bare");
      const asked = aggregator.aggregate({ sources: ["exact", "bare"], timeout });

      await pass(2 ** 31 - 1);
      answer.resolve(1);
      orders.answer(2);

      expect(await asked).toEqual({ exact: 1, bare: 2 });
    },
  );
});

describe("what cannot be asked", () => {
  const told = (query: object) =>
    failureOf(aggregator.aggregate(query as { sources: string[] })).then(
      (error) => (error as Error).message,
    );

  it.each(["", "a b", "orders.", "or/ders", "+", "#", "a.#", "größe", 7, undefined])(
    "a source name that is no topic segment: %s",
    async (source) => {
      const published = vi.fn();
      bus.subscribe("#", published);
      const message = await told({ sources: ["orders", source] });
      await settle();

      expect(message).toMatch(/^A source is .*: it must be topic segments of A-Z.*Name it like/);
      expect(published).not.toHaveBeenCalled();
      expect(() => aggregator.respond(source as string, () => 1)).toThrow(message);
    },
  );

  it("takes a source of several segments, joined by dots", async () => {
    aggregator.respond("shop.orders", () => 1);
    aggregator.respond("shop.orders.request", () => 2);

    expect(await aggregator.aggregate({ sources: ["shop.orders", "shop.orders.request"] })).toEqual(
      { "shop.orders": 1, "shop.orders.request": 2 },
    );
  });

  it.each([
    [{}, "sources is undefined: it must be an array of names"],
    [{ sources: "orders" }, 'sources is "orders": it must be an array of names'],
    [{ sources: ["a"], timeout: -1 }, 'The timeout of "a" is -1: it must be a number'],
    [{ sources: ["a"], timeouts: { a: "1" } }, 'The timeout of "a" is "1": it must be a number'],
    [
      { sources: ["a"], partial: { required: ["b"] } },
      'A required source is "b": it must be one of sources',
    ],
    [
      { sources: ["a", "a"], partial: { min: 2 } },
      "partial.min is 2: it must be a number from 0 to 1",
    ],
  ])("%j", async (query, message) => {
    aggregator.respond("a", () => 1);

    expect(await told(query)).toContain(message);
  });

  it("a responder that is no function", () => {
    expect(() => aggregator.respond("a", undefined as never)).toThrow(
      'What answers for "a" is undefined: it must be a function.',
    );
  });

  it("what params throw, before anybody is asked", async () => {
    const asked = vi.fn();
    aggregator.respond("a", asked);
    const params = () => {
      throw new Error("no user");
    };

    expect(await told({ sources: ["a"], params })).toBe("no user");
    await settle();
    expect(asked).not.toHaveBeenCalled();
  });
});

describe("a rate-limited bus", () => {
  it.each(["drop", "throw"] as const)("is told at once: %s", async (onExceeded) => {
    const limited = createPubSub({ rateLimit: { maxPerSecond: 1, maxBurst: 1, onExceeded } });
    for (const source of ["a", "b"]) limited.subscribe(`aggregate.${source}.request`, () => {});
    const asks = new Aggregator(limited, { clock });
    const partial = vi.fn();

    void asks.collect({ sources: ["a", "b"], onPartial: partial }).catch(() => {});
    await settle();

    const error = { code: "RATE_LIMITED" };
    expect(partial.mock.calls).toEqual([
      ["b", { status: "error", error: expect.objectContaining(error) }, {}],
    ]);
    asks.dispose();
  });
});

describe("collect", () => {
  it("tells what came of each source", async () => {
    aggregator.respond("good", () => 1);
    aggregator.respond("bad", () => {
      throw new RangeError("no");
    });
    aggregator.respond("silent", () => new Promise(() => {}));
    const sources = ["good", "bad", "silent", "absent", "saved"] as const;
    const asked = aggregator.collect({ sources, timeout: 10, fallbacks: { saved: "last week's" } });
    await pass(10);

    expect(await asked).toEqual({
      complete: false,
      values: { good: 1, saved: "last week's" },
      outcomes: {
        good: { status: "value", value: 1 },
        bad: { status: "error", error: expect.any(RangeError) },
        silent: { status: "timeout" },
        absent: { status: "no-responder" },
        saved: { status: "fallback", value: "last week's", reason: { status: "no-responder" } },
      },
    });
  });

  it("is complete when every source answered itself", async () => {
    aggregator.respond("a", () => undefined);

    expect(await aggregator.collect({ sources: ["a"] })).toStrictEqual({
      complete: true,
      values: { a: undefined },
      outcomes: { a: { status: "value", value: undefined } },
    });
  });

  it("has a fallback be a function of the reason, whose promise is waited for", async () => {
    const fallbacks = {
      a: (reason: unknown) => reason,
      b: async () => "stored",
      c: () => {
        throw new Error("nothing stored");
      },
      d: undefined,
    };

    const { outcomes } = await aggregator.collect({ sources: ["a", "b", "c", "d"], fallbacks });

    const reason = { status: "no-responder" };
    expect(outcomes).toEqual({
      a: { status: "fallback", value: reason, reason },
      b: { status: "fallback", value: "stored", reason },
      c: { status: "error", error: new Error("nothing stored"), reason },
      d: { status: "fallback", value: undefined, reason },
    });
  });

  it("calls onPartial for each source as it comes, with the values until then", async () => {
    const calls: unknown[] = [];
    const b = deferred<number>();
    aggregator.respond("a", () => 1);
    aggregator.respond("b", () => b.promise);
    const onPartial = (...call: unknown[]) => calls.push(call);
    const asked = aggregator.collect({ sources: ["b", "absent", "a"], onPartial });
    expect(calls).toEqual([]);

    await settle();
    expect(calls).toEqual([
      ["absent", { status: "no-responder" }, {}],
      ["a", { status: "value", value: 1 }, { a: 1 }],
    ]);
    b.resolve(2);
    await asked;

    expect(calls[2]).toEqual(["b", { status: "value", value: 2 }, { a: 1, b: 2 }]);
  });

  it("goes on when onPartial throws, and reports it", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    aggregator.respond("a", () => 1);
    const error = new Error("in the view");

    const { values } = await aggregator.collect({
      sources: ["a"],
      onPartial: () => {
        throw error;
      },
    });

    expect(values).toEqual({ a: 1 });
    expect(reported).toHaveBeenCalledWith(error);
    vi.unstubAllGlobals();
  });
});

describe("an end", () => {
  it("by a signal that is aborted already comes before anything is published", async () => {
    const published = vi.fn();
    bus.subscribe("#", published);
    const signal = AbortSignal.abort(new Error("gone"));

    expect(await failureOf(aggregator.aggregate({ sources: ["a"], signal }))).toEqual(
      new Error("gone"),
    );
    await settle();
    expect(published).not.toHaveBeenCalled();
  });

  it("by a signal rejects with its reason, and aborts the signals of responders", async () => {
    const contexts: AbortSignal[] = [];
    aggregator.respond("a", (_, { signal }) => {
      contexts.push(signal);
      return new Promise(() => {});
    });
    const controller = new AbortController();
    const asked = failureOf(
      aggregator.aggregate({ sources: ["a"], signal: controller.signal, partial: true }),
    );
    await settle();
    expect(contexts[0]?.aborted).toBe(false);
    const reason = new Error("gone");
    controller.abort(reason);

    expect(await asked).toBe(reason);
    await settle();
    expect(contexts[0]?.aborted).toBe(true);
  });

  it("1,000 aborted asks leave no listener on the caller's signal", async () => {
    aggregator.respond("a", () => new Promise(() => {}));
    const { signal, count } = countingSignal();
    const asks = Array.from({ length: 1_000 }, () =>
      failureOf(aggregator.aggregate({ sources: ["a"], signal, timeout: 10 })),
    );
    expect(count()).toBe(1_000);

    await pass(10);
    await Promise.all(asks);

    expect(count()).toBe(0);
  });

  it.each(["exact", "bare"])(
    "1,000 timeouts leave no subscription, timer or listener: %s",
    async (kind) => {
      const { signal, count } = countingSignal();
      const plain = {
        signal,
        publish: bus.publish.bind(bus),
        subscribe: bus.subscribe.bind(bus),
        handlerCount: bus.handlerCount.bind(bus),
      };
      const asks = new Aggregator(plain, { clock });
      const stop =
        kind === "exact"
          ? aggregator.respond("a", () => new Promise(() => {}))
          : bus.subscribe("aggregate.a.request", () => {});
      for (let n = 0; n < 1_000; n += 1) {
        void failureOf(asks.aggregate({ sources: ["a"], params: n % 7, timeout: 1 + (n % 3) }));
      }

      await pass(10);
      expect(count()).toBe(0);
      expect(clock.timerCount).toBe(0);
      stop();
      expect(bus.handlerCount()).toBe(0);
    },
  );

  it("of the bus, or of a scope, ends open asks with its reason", async () => {
    aggregator.respond("a", () => new Promise(() => {}));
    respondBare(bus, "b", () => new Promise(() => {}));
    const part = scope(bus, "cart");
    const asked = failureOf(new Aggregator(part, { clock }).aggregate({ sources: ["a", "b"] }));
    part.dispose();
    expect(await asked).toMatchObject({ code: "BUS_DISPOSED", name: "ScopeDisposedError" });

    const whole = failureOf(aggregator.aggregate({ sources: ["a", "b"] }));
    bus.dispose();
    expect(await whole).toMatchObject({ name: "BusDisposedError" });
  });

  it("of the bus aborts the signals of responders", async () => {
    const contexts: AbortSignal[] = [];
    aggregator.respond("a", (_, { signal }) => {
      contexts.push(signal);
      return new Promise(() => {});
    });
    void failureOf(aggregator.aggregate({ sources: ["a"] }));
    await settle();

    bus.dispose();

    expect(contexts[0]?.reason).toMatchObject({ code: "BUS_DISPOSED" });
  });

  it("a disposed bus can be asked nothing", async () => {
    bus.dispose();

    expect(await failureOf(aggregator.aggregate({ sources: ["a"] }))).toMatchObject({
      code: "BUS_DISPOSED",
    });
    expect(() => aggregator.respond("a", () => 1)).toThrow("bus has been disposed");
  });

  it.each(["the Aggregator", "its scope"])(
    "of %s leaves nothing of a source that rests",
    async (whose) => {
      const part = scope(bus, "cart");
      const asks = new Aggregator(part, { clock });
      bus.subscribe("aggregate.a.request", () => {});
      const asked = failureOf(asks.aggregate({ sources: ["a"], timeout: 10 }));
      await pass(10);
      await asked;
      expect(clock.timerCount).toBe(1);

      if (whose === "its scope") part.dispose();
      else asks.dispose();
      await settle();

      expect(clock.timerCount).toBe(0);
      expect(bus.handlerCount()).toBe(1);
    },
  );

  it.each(["abort", "dispose"])("calls no fallback: %s", async (how) => {
    aggregator.respond("a", () => new Promise(() => {}));
    const controller = new AbortController();
    const asks = new Aggregator(bus, { clock });
    const [a, onPartial] = [vi.fn(), vi.fn()];
    const { signal } = controller;
    const asked = failureOf(asks.collect({ sources: ["a"], fallbacks: { a }, onPartial, signal }));
    await settle();

    if (how === "abort") controller.abort();
    else asks.dispose();
    await asked;
    await settle();

    expect(a).not.toHaveBeenCalled();
    expect(onPartial).not.toHaveBeenCalled();
  });

  it("by dispose() rejects what is open, stops to answer and leaves nothing", async () => {
    const contexts: AbortSignal[] = [];
    const owner = new Aggregator(bus, { clock });
    owner.respond("a", (_, { signal }) => {
      contexts.push(signal);
      return new Promise(() => {});
    });
    bareByHand(bus, "b");
    const asked = failureOf(owner.aggregate({ sources: ["a", "b"], partial: true }));
    const other = aggregator.collect({ sources: ["a"] });
    await settle();

    owner.dispose();
    owner.dispose();

    expect(await asked).toMatchObject({ code: "DISPOSED", name: "AggregatorDisposedError" });
    expect((await other).outcomes.a).toMatchObject({
      status: "error",
      error: { name: "AggregatorDisposedError" },
    });
    expect(contexts.map(({ aborted }) => aborted)).toEqual([true, true]);
    await settle();
    expect(bus.handlerCount()).toBe(1);
    expect(clock.timerCount).toBe(0);
    expect(await failureOf(owner.aggregate({ sources: [] }))).toMatchObject({ code: "DISPOSED" });
    expect(() => owner.respond("c", () => 1)).toThrow("The Aggregator has been disposed.");
  });
});

describe("respond", () => {
  it("refuses a second responder for a source", () => {
    const stop = aggregator.respond("a", () => 1);

    expect(() => new Aggregator(bus).respond("a", () => 2)).toThrow(
      '"a" has a responder on this page already. Unsubscribe that one first.',
    );
    stop();
    stop();
    aggregator.respond("a", () => 2);
  });

  it("finishes what it was asked before it was stopped", async () => {
    const answer = deferred<number>();
    const stop = aggregator.respond("a", () => answer.promise);
    const asked = aggregator.aggregate({ sources: ["a"] });
    await settle();

    stop();
    answer.resolve(1);

    expect(await asked).toEqual({ a: 1 });
  });

  it("gives up what it was still answering when it is disposed after it was stopped", async () => {
    const contexts: AbortSignal[] = [];
    const owner = new Aggregator(bus);
    const stop = owner.respond("a", (_, { signal }) => {
      contexts.push(signal);
      return new Promise(() => {});
    });
    const asked = aggregator.collect({ sources: ["a"] });
    await settle();

    stop();
    owner.dispose();

    expect((await asked).outcomes.a).toMatchObject({ error: { name: "AggregatorDisposedError" } });
    expect(contexts[0]?.aborted).toBe(true);
  });

  it("leaves no listener on the bus once it was stopped and has answered", async () => {
    const { signal, count } = countingSignal();
    const plain = {
      signal,
      publish: bus.publish.bind(bus),
      subscribe: bus.subscribe.bind(bus),
      handlerCount: bus.handlerCount.bind(bus),
    };
    const answer = deferred<number>();
    const stop = new Aggregator(plain).respond("a", () => answer.promise);
    const asked = aggregator.aggregate({ sources: ["a"] });
    await settle();
    stop();
    expect(count()).toBeGreaterThan(0);

    answer.resolve(1);
    await asked;

    expect(count()).toBe(0);
  });

  it("stops by a signal", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    aggregator.respond("a", () => 1, { signal });
    expect(bus.handlerCount("aggregate.a.request")).toBe(1);

    controller.abort();
    expect(bus.handlerCount()).toBe(0);
    aggregator.respond("a", () => 1, { signal });
    expect(bus.handlerCount()).toBe(0);
  });

  it("gets the ask as it was published", async () => {
    const contexts: unknown[] = [];
    aggregator.respond("a", (_, { message }) => contexts.push(message));

    await new Aggregator(scope(bus, "dashboard")).aggregate({ sources: ["a"], params: [1] });

    expect(contexts).toMatchObject([
      { topic: "aggregate.a.request", payload: [1], meta: { source: "dashboard" } },
    ]);
  });

  it("is not asked by another tab", async () => {
    const asked = vi.fn();
    aggregator.respond("a", asked);
    const topic = "aggregate.a.request";
    bus
      .getHooks()
      .dispatchExternal({ id: "m", topic, ts: 0, payload: {}, meta: { _crossTab: true } });
    await settle();

    expect(asked).not.toHaveBeenCalled();
  });

  it("tells the asker when the bus refuses its answer", async () => {
    const strict = createPubSub({
      topics: {
        "aggregate.a.response": {
          "~standard": {
            version: 1,
            vendor: "test",
            validate: (value: unknown) =>
              value === "wrong" ? { issues: [{ message: "is wrong" }] } : { value },
          },
        },
      },
    });
    const asks = new Aggregator(strict as PubSubBus, { clock });
    asks.respond("a", () => "wrong");

    const { outcomes } = await asks.collect({ sources: ["a"] });

    expect(outcomes.a).toMatchObject({ status: "error", error: { code: "VALIDATION_FAILED" } });
  });
});
