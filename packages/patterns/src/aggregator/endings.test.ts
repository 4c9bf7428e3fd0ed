// @vitest-environment happy-dom
import { createPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Aggregator } from "../aggregator.js";
import { bareByHand, settle } from "../testing/aggregating.js";
import { deferred, failureOf, turns } from "../testing/promises.js";

let clock: ManualClock;
let bus: PubSubBus;

beforeEach(() => {
  clock = new ManualClock();
  bus = createPubSub({ clock });
});

/** Two microfrontends that bundle core and this package themselves, on one page. */
let apps = 0;
const joined: PubSubBus[] = [];

async function loadTwo() {
  apps += 1;
  const load = async (name: string) => {
    vi.resetModules();
    const core = await import("@pubsub-mfe/core");
    const { Aggregator } = await import("../aggregator.js");
    const joinedBus = core.joinPubSub({ app: `ending-${apps}`, name, clock });
    joined.push(joinedBus);
    return { bus: joinedBus, aggregator: new Aggregator(joinedBus, { clock }) };
  };
  return [await load("one"), await load("other")] as const;
}

afterEach(() => {
  for (const each of joined.splice(0)) each.dispose();
});

/** Answers never, and tells when its signal aborts. */
function respondNever(aggregator: Aggregator): Promise<unknown> {
  const aborted = deferred<unknown>();
  aggregator.respond("orders", (_, { signal }) => {
    signal.addEventListener("abort", () => aborted.resolve(signal.reason));
    return new Promise(() => {});
  });
  return aborted.promise;
}

const QUERY = { sources: ["orders"], timeout: Infinity };

describe("the end of who answers", () => {
  it("reaches the asker when its scope is disposed", async () => {
    const part = scope(bus, "orders");
    const aborted = respondNever(new Aggregator(part, { clock }));
    const asked = new Aggregator(bus, { clock }).collect(QUERY);
    await turns();

    part.dispose();

    const { outcomes } = await asked;
    expect(outcomes.orders).toMatchObject({
      status: "error",
      error: { name: "ScopeDisposedError" },
    });
    expect(await aborted).toMatchObject({ name: "ScopeDisposedError" });
  });

  it("reaches the asker of another copy when its bus is disposed", async () => {
    const [shell, cart] = await loadTwo();
    const aborted = respondNever(cart.aggregator);
    const asked = shell.aggregator.collect(QUERY);
    await turns();

    cart.bus.dispose();

    expect((await asked).outcomes.orders).toMatchObject({
      status: "error",
      error: { name: "BusDisposedError" },
    });
    expect(await aborted).toMatchObject({ name: "BusDisposedError" });
  });

  it("reaches the asker of another copy when its bus is cleared, and one can answer anew", async () => {
    const [shell, cart] = await loadTwo();
    void respondNever(cart.aggregator);
    const asked = shell.aggregator.collect(QUERY);
    await turns();

    cart.bus.clear();

    expect((await asked).outcomes.orders).toMatchObject({
      status: "error",
      error: { name: "BusClearedError" },
    });
    cart.aggregator.respond("orders", () => 7);
    expect(await shell.aggregator.aggregate(QUERY)).toEqual({ orders: 7 });
  });
});

describe("requests that share a correlation id", () => {
  it("end each by itself", async () => {
    const owner = new Aggregator(bus, { clock });
    const aborted: number[] = [];
    owner.respond("orders", (n: number, { signal }) => {
      signal.addEventListener("abort", () => aborted.push(n));
      return n === 1 ? n : new Promise(() => {});
    });
    for (const n of [1, 2, 3]) {
      bus.publish("aggregate.orders.request", n, { correlationId: "checkout" });
    }
    await settle();

    owner.dispose();

    expect(aborted).toEqual([2, 3]);
  });
});

describe("a responder that stops in the very turn of an ask", () => {
  const ways = ["stop", "dispose", "scope"] as const;
  it.each(ways)("is no responder, also from another copy: %s", async (how) => {
    const [shell, cart] = await loadTwo();
    const part = scope(cart.bus, "orders");
    const owner = new Aggregator(part, { clock });
    const stop = owner.respond("orders", () => 1);
    const asks = [shell, cart].map(({ aggregator }) => aggregator.collect(QUERY));

    if (how === "stop") stop();
    else if (how === "dispose") owner.dispose();
    else part.dispose();

    for (const { outcomes } of await Promise.all(asks)) {
      expect(outcomes.orders).toEqual({ status: "no-responder" });
    }
    await settle();
    expect([shell.bus, cart.bus].map((each) => each.handlerCount())).toEqual([0, 0]);
    expect(clock.timerCount).toBe(0);
  });

  it("answers what it was asked before", async () => {
    const answer = deferred<number>();
    const stop = new Aggregator(bus, { clock }).respond("orders", () => answer.promise);
    const aggregator = new Aggregator(bus, { clock });
    const before = aggregator.aggregate(QUERY);
    await turns();
    const meanwhile = aggregator.collect(QUERY);

    stop();
    await settle();
    answer.resolve(7);

    expect(await before).toEqual({ orders: 7 });
    expect((await meanwhile).outcomes.orders).toEqual({ status: "no-responder" });
  });

  it("takes nothing from the one that comes after it", async () => {
    const aggregator = new Aggregator(bus, { clock });
    const stop = aggregator.respond("orders", () => 1);
    const lost = aggregator.collect(QUERY);
    stop();
    aggregator.respond("orders", () => 2);
    const asked = aggregator.aggregate(QUERY);

    expect((await lost).outcomes.orders).toEqual({ status: "no-responder" });
    expect(await asked).toEqual({ orders: 2 });
  });

  it("tells nobody where nobody asks", async () => {
    const heard: unknown[] = [];
    bus.subscribe("#", (message) => void heard.push(message));

    new Aggregator(bus, { clock }).respond("orders", () => 1)();

    await settle();
    expect(heard).toEqual([]);
  });
});

describe("the end of who asks", () => {
  it("aborts the responder's signal when its scope is disposed", async () => {
    const part = scope(bus, "dashboard");
    const aborted = respondNever(new Aggregator(bus, { clock }));
    const asked = failureOf(new Aggregator(part, { clock }).collect(QUERY));
    await turns();

    part.dispose();

    expect(await asked).toMatchObject({ name: "ScopeDisposedError" });
    expect(await aborted).toMatchObject({ name: "AbortError" });
  });

  it.each(["dispose", "clear"] as const)(
    "aborts the responder's signal of another copy when its bus ends by %s()",
    async (how) => {
      const [shell, cart] = await loadTwo();
      const aborted = respondNever(cart.aggregator);
      const asked = failureOf(shell.aggregator.collect(QUERY));
      await turns();

      shell.bus[how]();

      const name = how === "clear" ? "BusClearedError" : "BusDisposedError";
      expect(await asked).toMatchObject({ name });
      expect(await aborted).toMatchObject({ name: "AbortError" });
    },
  );

  it("ends also what it asks while it ends", async () => {
    const part = scope(bus, "dashboard");
    const aggregator = new Aggregator(part, { clock });
    bareByHand(bus, "bare");
    let asked: Promise<unknown> | undefined;
    aggregator.respond("orders", (_, { signal }) => {
      signal.addEventListener("abort", () => {
        asked = failureOf(aggregator.collect({ sources: ["bare"], timeout: Infinity }));
      });
      return new Promise(() => {});
    });
    void new Aggregator(bus, { clock }).collect(QUERY);
    await turns();

    part.dispose();

    expect(await asked).toMatchObject({ name: "ScopeDisposedError" });
    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual([
      "aggregate.bare.request",
    ]);
  });

  it("comes by the signal where a bus has nothing else to tell of it", async () => {
    const life = new AbortController();
    const plain = {
      publish: () => {},
      subscribe: () => () => {},
      signal: life.signal,
    };
    const asked = failureOf(new Aggregator(plain, { clock }).collect(QUERY));

    life.abort(new Error("The bus has gone."));

    expect(await asked).toMatchObject({ message: "The bus has gone." });
    expect(clock.timerCount).toBe(0);
  });
});

describe("clear()", () => {
  it("rejects what is asked with its reason, and leaves nothing", async () => {
    void respondNever(new Aggregator(bus, { clock }));
    const exact = failureOf(new Aggregator(bus, { clock }).aggregate({ ...QUERY, timeout: 100 }));
    bareByHand(bus, "bare");
    const asks = ["a", "b"].map((params) =>
      failureOf(new Aggregator(bus, { clock }).aggregate({ sources: ["bare"], params })),
    );
    await turns();

    bus.clear();

    for (const asked of [exact, ...asks]) {
      expect(await asked).toMatchObject({ name: "BusClearedError" });
    }
    expect([bus.handlerCount(), clock.timerCount]).toEqual([0, 0]);
  });

  it("leaves no source deaf: who asks afterwards waits for the late answer at most", async () => {
    bareByHand(bus, "bare");
    const aggregator = new Aggregator(bus, { clock });
    const first = failureOf(aggregator.aggregate({ sources: ["bare"], params: "a", timeout: 100 }));
    await turns();
    bus.clear();
    await first;

    const bare = bareByHand(bus, "bare");
    const asked = aggregator.aggregate({ sources: ["bare"], params: "b", timeout: 1_000 });
    await settle();
    expect(bare.asked).toEqual([]);
    clock.advance(200);
    await settle();
    expect(bare.asked).toEqual(["b"]);
    bare.answer("for b");

    expect(await asked).toEqual({ bare: "for b" });
  });
});
