import { createPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Aggregator, type PatternWarning } from "../aggregator.js";
import { bareByHand, respondBare, settle } from "../testing/aggregating.js";
import { deferred, failureOf } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;
let aggregator: Aggregator;
let warnings: PatternWarning[];

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
  warnings = [];
  aggregator = new Aggregator(bus, { clock, onDiagnostic: (event) => warnings.push(event) });
});

function ask(params?: unknown, timeout = 1_000, by = aggregator): Promise<unknown> {
  const asked = by.aggregate({ sources: ["orders"], params, timeout });
  return asked.then(({ orders }) => orders);
}

async function pass(ms: number): Promise<void> {
  await settle();
  clock.advance(ms);
  await settle();
}

describe("a source that answers by respond()", () => {
  it("is asked at once by concurrent asks, whose answers never swap", async () => {
    const calls = new Map<string, (value: string) => void>();
    aggregator.respond("orders", (name: string) => {
      const call = deferred<string>();
      calls.set(name, call.resolve);
      return call.promise;
    });

    const asks = ["a", "b", "c"].map((name) => ask(name));
    await settle();
    expect([...calls.keys()]).toEqual(["a", "b", "c"]);
    for (const name of ["c", "a", "b"]) calls.get(name)?.(`for ${name}`);

    expect(await Promise.all(asks)).toEqual(["for a", "for b", "for c"]);
  });

  it("never feeds the next ask with a late answer", async () => {
    const first = deferred<string>();
    aggregator.respond("orders", (name) => (name === "first" ? first.promise : name));
    const silent = failureOf(ask("first", 100));
    await pass(100);
    expect(await silent).toMatchObject({ code: "AGGREGATE_TIMEOUT" });

    const second = ask("second");
    first.resolve("late");

    expect(await second).toBe("second");
    expect(warnings).toEqual([]);
  });

  it("is the one that counts when others publish bare answers beside it", async () => {
    respondBare(bus, "orders", () => "bare");
    const mine = deferred<string>();
    aggregator.respond("orders", () => mine.promise);

    const asked = ask();
    await settle();
    mine.resolve("mine");

    expect(await asked).toBe("mine");
  });
});

describe("a bare source, whose answers do not say whose they are", () => {
  it("gives its answer to all who ask the same, and is asked once", async () => {
    const orders = bareByHand(bus, "orders");
    const other = new Aggregator(scope(bus, "cart"), { clock });

    const asks = [ask({ days: [1] }), ask({ days: [1] }), ask({ days: [1] }, 1_000, other)];
    await settle();
    expect(orders.asked).toEqual([{ days: [1] }]);
    orders.answer("one");

    expect(await Promise.all(asks)).toEqual(["one", "one", "one"]);
  });

  it("is asked different things in turns, by all Aggregators of the bus and its scopes", async () => {
    const orders = bareByHand(bus, "orders");
    const other = new Aggregator(scope(bus, "cart"), { clock });

    const asks = [ask("a"), ask("b", 1_000, other), ask("c")];
    for (const name of ["a", "b", "c"]) {
      await settle();
      expect(orders.asked.at(-1)).toBe(name);
      orders.answer(`for ${name}`);
    }

    expect(await Promise.all(asks)).toEqual(["for a", "for b", "for c"]);
    expect(orders.asked).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["the order of keys", { a: 1, b: 2 }, { b: 2, a: 1 }, true],
    ["NaN", [Number.NaN], [Number.NaN], true],
    ["an array and an object", ["x"], { 0: "x" }, false],
    ["a key with undefined", { a: undefined }, { b: undefined }, false],
    ["two Maps", new Map([[1, 1]]), new Map([[2, 2]]), false],
    ["two dates", new Date(1), new Date(1), false],
    ["nothing and {}", undefined, {}, true],
    ["null and {}", null, {}, false],
  ])("compares params by value where they are plain data: %s", async (_, a, b, isSame) => {
    const orders = bareByHand(bus, "orders");

    void ask(a).catch(() => {});
    void ask(b).catch(() => {});
    await settle();

    expect(orders.asked.length).toBe(1);
    orders.answer(1);
    await settle();
    expect(orders.asked.length).toBe(isSame ? 1 : 2);
    aggregator.dispose();
  });

  it("compares params that run in a circle", async () => {
    const circle = (page: number) => {
      const params: Record<string, unknown> = { page };
      params.self = params;
      return params;
    };
    const orders = bareByHand(bus, "orders");

    const asks = [ask(circle(1)), ask(circle(1)), ask(circle(2))];
    await settle();
    orders.answer("page 1");
    await settle();
    orders.answer("page 2");

    expect(await Promise.all(asks)).toEqual(["page 1", "page 1", "page 2"]);
  });

  it("asks and compares with what params were when it was asked", async () => {
    const orders = bareByHand(bus, "orders");
    const filter = { page: 1, tags: ["new"] };
    const first = ask(filter);
    filter.page = 2;
    const second = ask(filter);
    filter.tags.push("cheap");
    const third = ask(filter);
    const again = ask({ page: 1, tags: ["new"] });
    filter.page = 4;

    for (const name of ["first", "second", "third"]) {
      await settle();
      orders.answer(name);
    }

    const asks = [first, second, third, again];
    expect(await Promise.all(asks)).toEqual(["first", "second", "third", "first"]);
    expect(orders.asked).toEqual([
      { page: 1, tags: ["new"] },
      { page: 2, tags: ["new"] },
      { page: 2, tags: ["new", "cheap"] },
    ]);
  });

  it("copies of params no more than it compares", async () => {
    const orders = bareByHand(bus, "orders");
    const own = { since: new Date(0), load: () => 1, bare: Object.create(null) };
    const params = JSON.parse('{"__proto__":{"a":1}}');
    const asked = ask(Object.assign(params, own));
    await settle();
    orders.answer(1);
    await asked;

    const [got] = orders.asked as (typeof own)[];
    expect(got?.since).toBe(own.since);
    expect(got?.load).toBe(own.load);
    expect(Object.getPrototypeOf(got?.bare)).toBe(null);
    expect(Object.getPrototypeOf(got)).toBe(Object.prototype);
    expect(Object.keys(got ?? {})).toEqual(["__proto__", "since", "load", "bare"]);
  });

  it("goes on after an Aggregator that was disposed, once its answer can come no more", async () => {
    const orders = bareByHand(bus, "orders");
    const owner = new Aggregator(bus, { clock });
    const open = failureOf(owner.aggregate({ sources: ["orders"], params: "a", timeout: 100 }));
    const asks = ["b", "c"].map((params) => ask(params, 10_000));
    await settle();
    owner.dispose();
    await open;

    await pass(199);
    expect(orders.asked).toEqual(["a"]);
    await pass(1);
    expect(orders.asked).toEqual(["a", "b"]);
    orders.answer("for b");
    await settle();
    orders.answer("for c");

    expect(await Promise.all(asks)).toEqual(["for b", "for c"]);
  });

  it("has one of those who wait hear for all", async () => {
    const orders = bareByHand(bus, "orders");
    const asks = [1, 2, 3, 4].map((page) => ask(page));
    await settle();
    const count = (leg: string): number => bus.handlerCount(`aggregate.orders.${leg}`);
    expect([count("response"), count("free"), count("turn")]).toEqual([2, 1, 1]);

    for (const page of [1, 2, 3, 4]) {
      orders.answer(page);
      await settle();
    }
    expect(await Promise.all(asks)).toEqual([1, 2, 3, 4]);
    expect(bus.handlerCount()).toBe(1);
  });

  it("has many different asks wait without each hearing of all the others", async () => {
    const COUNT = 1_000;
    respondBare(bus, "orders", (params) => params);

    const answers = await Promise.all(
      Array.from({ length: COUNT }, (_, page) => ask(page, 10_000)),
    );

    expect(answers).toEqual(Array.from({ length: COUNT }, (_, page) => page));
    expect(bus.getStats().messageCount.dispatched).toBeLessThan(10 * COUNT);
  });

  it("has the wait for a turn count against the waiter's timeout", async () => {
    const orders = bareByHand(bus, "orders");
    const first = ask("a", 1_000);
    const second = failureOf(ask("b", 400));

    await pass(400);
    expect(await second).toMatchObject({ code: "AGGREGATE_TIMEOUT", sources: ["orders"] });
    orders.answer("for a");

    expect(await first).toBe("for a");
    expect(orders.asked).toEqual(["a"]);
    expect(warnings).toEqual([]);
  });

  it("rests after a timeout until its late answer came, and a diagnostic tells", async () => {
    const orders = bareByHand(bus, "orders");
    const first = failureOf(ask("a", 100));
    await pass(100);
    await first;
    expect(warnings).toEqual([
      {
        type: "warning",
        code: "SOURCE_RESTS",
        message: expect.stringContaining('"orders"'),
        details: { source: "orders", restMs: 100, correlationId: expect.any(String) },
      },
    ]);

    const second = ask("b");
    await pass(50);
    expect(orders.asked).toEqual(["a"]);
    orders.answer("late, for a");
    await settle();
    expect(orders.asked).toEqual(["a", "b"]);
    orders.answer("for b");

    expect(await second).toBe("for b");
  });

  it("rests for a second timeout at most", async () => {
    const orders = bareByHand(bus, "orders");
    void ask("a", 100).catch(() => {});
    await pass(100);

    const second = ask("b");
    await pass(99);
    expect(orders.asked).toEqual(["a"]);
    await pass(1);
    expect(orders.asked).toEqual(["a", "b"]);
    orders.answer("for b");

    expect(await second).toBe("for b");
  });

  it("is asked the same again while it rests: a responder that failed once is not lost", async () => {
    const orders = bareByHand(bus, "orders");
    void ask("a", 100).catch(() => {});
    await pass(100);

    const again = ask("a", 100);
    await settle();
    expect(orders.asked).toEqual(["a", "a"]);
    orders.answer("for a");
    expect(await again).toBe("for a");

    const other = ask("b");
    await settle();
    expect(orders.asked).toEqual(["a", "a"]);
    orders.answer("for a, the second");
    await settle();
    orders.answer("for b");
    expect(await other).toBe("for b");
  });

  it("rests for a request that an earlier answer has served, as long as for any other", async () => {
    const orders = bareByHand(bus, "orders");
    void ask("a", 100).catch(() => {});
    await pass(100);
    const again = ask("a", 100);
    await settle();
    orders.answer("for a");
    await again;

    void ask("b").catch(() => {});
    await pass(199);
    expect(orders.asked).toEqual(["a", "a"]);
    await pass(1);
    expect(orders.asked).toEqual(["a", "a", "b"]);
    aggregator.dispose();
  });

  it("rests when an ask is aborted, for a minute at most", async () => {
    const orders = bareByHand(bus, "orders");
    const controller = new AbortController();
    const { signal } = controller;
    const timeout = Number.POSITIVE_INFINITY;
    void aggregator.collect({ sources: ["orders"], timeout, signal }).catch(() => {});
    await pass(1_000_000);
    controller.abort();
    expect(warnings).toMatchObject([{ code: "SOURCE_RESTS", details: { restMs: 60_000 } }]);

    void ask("b", timeout).catch(() => {});
    await pass(59_999);
    expect(orders.asked).toEqual([{}]);
    await pass(1);
    expect(orders.asked).toEqual([{}, "b"]);
    aggregator.dispose();
  });

  it("goes on when the listener for diagnostics throws, which is reported", async () => {
    const reported = vi.fn();
    vi.stubGlobal("reportError", reported);
    const error = new Error("in the listener");
    const asks = new Aggregator(bus, {
      clock,
      onDiagnostic: () => {
        throw error;
      },
    });
    bareByHand(bus, "orders");
    const silent = failureOf(ask("a", 100, asks));
    await pass(100);

    expect(await silent).toMatchObject({ code: "AGGREGATE_TIMEOUT" });
    expect(reported).toHaveBeenCalledWith(error);
    vi.unstubAllGlobals();
  });

  it("lets nobody who asks the same again keep out who asks something else", async () => {
    const orders = bareByHand(bus, "orders");
    void ask("a", 100).catch(() => {});
    await pass(100);
    const other = ask("b", 1_000);
    void ask("a", 100).catch(() => {});
    await settle();
    expect(orders.asked).toEqual(["a"]);

    await pass(100);
    expect(orders.asked).toEqual(["a", "b"]);
    orders.answer("for b");

    expect(await other).toBe("for b");
  });

  it("is asked again by who joins an ask whose asker gave up", async () => {
    const orders = bareByHand(bus, "orders");
    void ask("a", 100).catch(() => {});
    await pass(50);
    const second = failureOf(ask("a", 100));
    await pass(50);
    const third = ask("a", 100);
    await settle();
    expect(orders.asked).toEqual(["a", "a"]);
    await pass(50);
    expect(await second).toMatchObject({ code: "AGGREGATE_TIMEOUT" });
    orders.answer("for a");

    expect(await third).toBe("for a");
  });

  it("owes its answer also when the microfrontend that asked is gone", async () => {
    const orders = bareByHand(bus, "orders");
    const mount = () => {
      const life = scope(bus, "cart");
      return { life, asks: new Aggregator(life, { clock }) };
    };
    const [old, older] = [mount(), mount()];
    void ask("a", 100, old.asks).catch(() => {});
    await settle();
    old.asks.dispose();
    const second = ask("b");
    await settle();
    expect(orders.asked).toEqual(["a"]);
    orders.answer("for a");
    await settle();
    orders.answer("for b");
    expect(await second).toBe("for b");

    void ask("c", 100, older.asks).catch(() => {});
    await settle();
    older.life.dispose();
    const third = ask("d");
    await pass(199);
    expect(orders.asked.at(-1)).toBe("c");
    await pass(1);
    expect(orders.asked.at(-1)).toBe("d");
    orders.answer("for d");
    expect(await third).toBe("for d");
  });

  it("may give the id of the ask, as `cause` does: then its answer is exact, also a late one", async () => {
    const late = deferred<string>();
    bus.subscribe("aggregate.orders.request", async (message) => {
      const value = message.payload === "a" ? await late.promise : "for b";
      bus.publish("aggregate.orders.response", value, { cause: message });
    });
    void ask("a", 100).catch(() => {});
    await pass(200);
    const second = ask("b");
    late.resolve("late, for a");

    expect(await second).toBe("for b");
  });

  it("does not feed an ask with an answer that carries another id", async () => {
    const orders = bareByHand(bus, "orders");
    const asked = ask();
    await settle();
    bus.publish("aggregate.orders.response", "foreign", { correlationId: "of another" });
    await settle();
    orders.answer("mine");

    expect(await asked).toBe("mine");
  });

  it("feeds nobody with answers that come while nobody asks", async () => {
    const orders = bareByHand(bus, "orders");
    orders.answer("unasked");

    const asked = ask();
    await settle();
    orders.answer("mine");

    expect(await asked).toBe("mine");
  });

  it("is not answered for by another tab", async () => {
    const orders = bareByHand(bus, "orders");
    const asked = ask();
    await settle();
    const { dispatchExternal } = bus.getHooks();
    dispatchExternal({
      id: "of-another-tab",
      topic: "aggregate.orders.response",
      ts: 0,
      payload: "of another tab",
      meta: { _crossTab: true },
    });
    await settle();
    orders.answer("mine");

    expect(await asked).toBe("mine");
  });

  it("passes its turn on when the ask cannot be sent", async () => {
    const strict = createPubSub({ clock, rateLimit: { maxPerSecond: 1, maxBurst: 1 } });
    const asks = new Aggregator(strict, { clock });
    strict.subscribe("aggregate.orders.request", () => {});
    const first = failureOf(ask("a", 100, asks));
    const second = asks.collect({ sources: ["orders"], params: "b", timeout: 1_000 });
    const third = asks.collect({ sources: ["orders"], params: "c", timeout: 1_000 });

    await pass(100);
    await first;
    await pass(100);

    expect((await second).outcomes.orders).toMatchObject({ error: { code: "RATE_LIMITED" } });
    expect((await third).outcomes.orders).toMatchObject({ error: { code: "RATE_LIMITED" } });
    expect(clock.timerCount).toBe(0);
    expect(strict.handlerCount()).toBe(1);
  });

  it.each(["response", "free", "turn"])(
    "is asked by others when a bus refuses one of them the subscription to %s",
    async (leg) => {
      const orders = bareByHand(bus, "orders");

      const refusing = Object.create(bus, {
        publish: { value: bus.publish.bind(bus) },
        handlerCount: { value: bus.handlerCount.bind(bus) },
        signal: { value: bus.signal },
        subscribe: {
          value: (...args: Parameters<PubSubBus["subscribe"]>) => {
            if (args[0].endsWith(leg)) throw new Error("refused");
            return bus.subscribe(...args);
          },
        },
      });
      const first = ask("a");
      const query = { sources: ["orders"], params: "b", timeout: 1_000 };
      const refused = new Aggregator(refusing, { clock }).collect(query);
      const third = ask("c");
      for (const name of ["a", "c"]) {
        await settle();
        expect(orders.asked.at(-1)).toBe(name);
        orders.answer(`for ${name}`);
      }

      expect(await Promise.all([first, third])).toEqual(["for a", "for c"]);
      expect((await refused).outcomes.orders).toEqual({
        status: "error",
        error: new Error("refused"),
      });
      expect(bus.handlerCount()).toBe(1);
    },
  );
});
