import { scope } from "@pubsub-mfe/core";
import { map, Subject, switchMap, take } from "rxjs";
import { beforeEach, describe, expect, expectTypeOf, it } from "vitest";
import { createShopBus } from "./shop-topics.js";
import { topicObservable } from "./topic-observable.rxjs.js";

let bus = createShopBus();
let heard: unknown[] = [];

beforeEach(() => {
  bus = createShopBus();
  heard = [];
});

/** The messages, the end and the error of an observable go here. */
const observer = {
  next: (value: unknown) => heard.push(value),
  error: (error: unknown) => heard.push(error),
  complete: () => heard.push("complete"),
};

describe("topicObservable in RxJS", () => {
  it("begins with what was said before, and goes on in order", async () => {
    bus.publish("price.eur", 1);
    bus.publish("price.eur", 2);
    topicObservable(bus, "price.eur")
      .pipe(map(({ payload }) => payload))
      .subscribe(observer);

    bus.publish("price.eur", 3);
    bus.publish("price.usd", 4);
    bus.publish("price.eur", 5);
    await Promise.resolve();

    expect(heard).toEqual([2, 3, 5]);
  });

  it("subscribes anew for each subscriber, and for none beforehand", () => {
    const prices = topicObservable(bus, "price.#");
    expect(bus.handlerCount()).toBe(0);

    const subscriptions = [prices.subscribe(), prices.subscribe()];
    expect(bus.handlerCount("price.#")).toBe(2);

    for (const subscription of subscriptions) subscription.unsubscribe();
    expect(bus.handlerCount()).toBe(0);
  });

  it("leaves no handler behind where what was said before is enough", () => {
    bus.publish("price.eur", 6);

    topicObservable(bus, "price.eur")
      .pipe(
        take(1),
        map(({ payload }) => payload),
      )
      .subscribe(observer);

    expect(heard).toEqual([6, "complete"]);
    expect(bus.handlerCount()).toBe(0);
  });

  it("follows another pattern by switchMap", async () => {
    bus.publish("price.eur", 7);
    bus.publish("price.usd", 8);
    const currency = new Subject<string>();
    const subscription = currency
      .pipe(
        switchMap((name) => topicObservable(bus, `price.${name}`)),
        map(({ payload }) => payload),
      )
      .subscribe(observer);

    currency.next("eur");
    currency.next("usd");

    expect(heard).toEqual([7, 8]);
    expect(bus.getSubscriptions().map(({ pattern }) => pattern)).toEqual(["price.usd"]);
    subscription.unsubscribe();
    expect(bus.handlerCount()).toBe(0);
  });

  it("completes with its scope or bus, and fails where that has ended before", () => {
    const cart = scope(bus, "cart");
    const added = topicObservable(cart, "cart.item.added");
    expectTypeOf(added.subscribe).parameter(0).not.toBeAny();
    added.subscribe(observer);

    cart.dispose();
    expect(heard).toEqual(["complete"]);
    expect(bus.handlerCount()).toBe(0);

    added.subscribe(observer);
    expect(heard.at(-1)).toMatchObject({ code: "BUS_DISPOSED" });
  });
});
