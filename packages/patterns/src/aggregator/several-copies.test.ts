// @vitest-environment happy-dom
import { type JoinConfig, type PubSubBus, scope } from "@pubsub-mfe/core";
import { ManualClock } from "@pubsub-mfe/core/testing";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bareByHand, settle } from "../testing/aggregating.js";
import { deferred, failureOf } from "../testing/promises.js";

let app: string;
let apps = 0;
let clock: ManualClock;
let buses: PubSubBus[];

/** A microfrontend that bundles core and this package itself. */
async function load(name: string) {
  vi.resetModules();
  const core = await import("@pubsub-mfe/core");
  const { Aggregator } = await import("../aggregator.js");
  const config: JoinConfig = { app, name, clock };
  const bus = core.joinPubSub(config);
  buses.push(bus);
  return { bus, Aggregator, aggregator: new Aggregator(bus, { clock }) };
}

beforeEach(() => {
  app = `aggregating-${++apps}`;
  clock = new ManualClock();
  buses = [];
});

afterEach(() => {
  for (const bus of buses) bus.dispose();
});

describe("several copies of the package on one page", () => {
  it("ask and answer each other, errors and cancellation included", async () => {
    const [shell, cart] = [await load("shell"), await load("cart")];
    expect(shell.Aggregator).not.toBe(cart.Aggregator);
    const aborted = deferred<unknown>();
    cart.aggregator.respond("cart", ({ id }) => ({ id }));
    cart.aggregator.respond("broken", () => {
      throw new TypeError("no");
    });
    cart.aggregator.respond("slow", (_, { signal }) => {
      signal.addEventListener("abort", () => aborted.resolve(signal.reason));
      return new Promise(() => {});
    });

    const asked = shell.aggregator.collect({
      sources: ["cart", "broken", "slow", "nobody"],
      params: { id: 7 },
      timeout: 100,
    });
    await settle();
    clock.advance(100);

    expect((await asked).outcomes).toEqual({
      cart: { status: "value", value: { id: 7 } },
      broken: { status: "error", error: expect.any(TypeError) },
      slow: { status: "timeout" },
      nobody: { status: "no-responder" },
    });
    expect(await aborted.promise).toMatchObject({ name: "AbortError" });
  });

  it("have one responder a source", async () => {
    const [shell, cart] = [await load("shell"), await load("cart")];
    const stop = cart.aggregator.respond("cart", () => 1);

    expect(() => shell.aggregator.respond("cart", () => 2)).toThrow(
      '"cart" has a responder on this page already.',
    );
    stop();
    shell.aggregator.respond("cart", () => 2);

    expect(await cart.aggregator.aggregate({ sources: ["cart"] })).toEqual({ cart: 2 });
  });

  it("take turns at a bare source, like Aggregators of one copy", async () => {
    const [shell, cart, list] = [await load("shell"), await load("cart"), await load("list")];
    const orders = bareByHand(shell.bus, "orders");

    const asks = [shell, cart, list].map(({ aggregator }, n) =>
      aggregator.aggregate({ sources: ["orders"], params: n, timeout: 1_000 }),
    );
    for (const n of [0, 1, 2]) {
      await settle();
      expect(orders.asked.at(-1)).toBe(n);
      orders.answer(`for ${n}`);
    }

    expect(await Promise.all(asks)).toEqual([0, 1, 2].map((n) => ({ orders: `for ${n}` })));
    expect(orders.asked).toEqual([0, 1, 2]);
    await settle();
    expect(buses.map((bus) => bus.getStats().handlerCount)).toEqual([1, 0, 0]);
    expect(clock.timerCount).toBe(0);
  });

  it("wait until a late answer has come to another copy, or can come no more", async () => {
    const [shell, cart] = [await load("shell"), await load("cart")];
    const orders = bareByHand(shell.bus, "orders");
    const silent = failureOf(
      cart.aggregator.aggregate({ sources: ["orders"], params: "a", timeout: 100 }),
    );
    await settle();
    clock.advance(100);
    await silent;

    const asked = shell.aggregator.aggregate({ sources: ["orders"], params: "b" });
    await settle();
    expect(orders.asked).toEqual(["a"]);
    clock.advance(100);
    await settle();
    expect(orders.asked).toEqual(["a", "b"]);
    orders.answer("for b");

    expect(await asked).toEqual({ orders: "for b" });
  });

  it.each([
    ["first", 0],
    ["last", 1],
  ])("take nothing for theirs that came before their turn: the asker joined %s", async (_, n) => {
    const copies = [await load("one"), await load("other")];
    const [asker, waiter] = n === 0 ? copies : copies.toReversed();
    if (!asker || !waiter) throw new Error("There are two.");
    const orders = bareByHand(waiter.bus, "orders");
    const ask = (params: string, { aggregator } = waiter) =>
      aggregator.aggregate({ sources: ["orders"], params, timeout: 1_000 });
    const first = ask("a", asker);
    const second = ask("b");
    let third: Promise<unknown> | undefined;
    await settle();
    // Before the answer is delivered to the other copy, that asks once more.
    asker.bus.subscribe("aggregate.orders.response", ({ payload }) => {
      if (payload === "for a") third = ask("c");
    });

    for (const name of ["a", "b", "c"]) {
      await settle();
      expect(orders.asked.at(-1)).toBe(name);
      orders.answer(`for ${name}`);
    }

    expect(await first).toEqual({ orders: "for a" });
    expect(await second).toEqual({ orders: "for b" });
    expect(await third).toEqual({ orders: "for c" });
  });

  it.each(["the Aggregator", "its scope"])(
    "wait for a late answer also when %s that asked is disposed",
    async (whose) => {
      const [shell, cart] = [await load("shell"), await load("cart")];
      const orders = bareByHand(shell.bus, "orders");
      const part = scope(cart.bus, "cart");
      const asks = new cart.Aggregator(part, { clock });
      const open = failureOf(asks.aggregate({ sources: ["orders"], params: "a" }));
      const asked = shell.aggregator.aggregate({ sources: ["orders"], params: "b" });
      await settle();

      if (whose === "its scope") part.dispose();
      else asks.dispose();
      await settle();
      expect(orders.asked).toEqual(["a"]);
      orders.answer("late, for a");
      await settle();
      expect(orders.asked).toEqual(["a", "b"]);
      orders.answer("for b");

      expect(await open).toMatchObject({ name: expect.stringMatching(/DisposedError$/) });
      expect(await asked).toEqual({ orders: "for b" });
    },
  );

  describe.each(["the Aggregator", "its scope", "its bus"])(
    "wait when %s that asked is disposed",
    (whose) => {
      async function disposeOwner() {
        const [shell, cart] = [await load("shell"), await load("cart")];
        const orders = bareByHand(shell.bus, "orders");
        const part = scope(cart.bus, "cart");
        const asks = new cart.Aggregator(whose === "its scope" ? part : cart.bus, { clock });
        const query = { sources: ["orders"], params: "a", timeout: 100 };
        const open = failureOf(asks.aggregate(query));
        await settle();
        const waiting = ["b", "c"].map((params) =>
          shell.aggregator.aggregate({ sources: ["orders"], params, timeout: Infinity }),
        );
        await settle();
        clock.advance(40);

        if (whose === "the Aggregator") asks.dispose();
        else if (whose === "its scope") part.dispose();
        else cart.bus.dispose();
        expect(await open).toMatchObject({ name: expect.stringMatching(/DisposedError$/) });
        await settle();
        expect(orders.asked).toEqual(["a"]);
        return { orders, waiting };
      }

      async function answerInTurn({ orders, waiting }: Awaited<ReturnType<typeof disposeOwner>>) {
        for (const params of ["b", "c"]) {
          expect(orders.asked.at(-1)).toBe(params);
          orders.answer(`for ${params}`);
          await settle();
        }
        expect(await Promise.all(waiting)).toEqual([{ orders: "for b" }, { orders: "for c" }]);
        expect(orders.asked).toEqual(["a", "b", "c"]);
        expect(clock.timerCount).toBe(0);
      }

      it("until the late answer came", async () => {
        const left = await disposeOwner();

        clock.advance(100);
        left.orders.answer("late, for a");
        await settle();

        await answerInTurn(left);
      });

      it("until it can come no more, where none comes", async () => {
        const left = await disposeOwner();

        clock.advance(159);
        await settle();
        expect(left.orders.asked).toEqual(["a"]);
        clock.advance(1);
        await settle();

        await answerInTurn(left);
      });
    },
  );
});
