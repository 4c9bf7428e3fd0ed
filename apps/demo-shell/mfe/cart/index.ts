import { joinPubSub, scope } from "@pubsub-mfe/core";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { createEventStore } from "@pubsub-mfe/patterns/cqrs";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { h, render } from "preact";
import { APP, type DashboardAnswers, type Microfrontend } from "../../src/contract.js";
import { hasStorage } from "../../src/has-storage.js";
import { Cart } from "./cart.js";
import { openCart } from "./cart-state.js";
import { OrderBook } from "./order-book.js";
import type { ShopEvent } from "./shop-event.js";
import { openTill, type Till } from "./till.js";
// biome-ignore lint/correctness/useImportExtensions: a stylesheet
import "./style.css";

const NO_STORAGE =
  "Nothing can be paid here: a checkout is kept in this browser's storage, which cannot be used. The cart works until the page is left.";

const NO_LOCKS =
  "Nothing can be paid here: the browser gives this page no locks, by which tabs keep from paying twice. It does on https, and on localhost.";

export const mount: Microfrontend["mount"] = async (element, { signal, host }) => {
  const copy = joinPubSub({ app: APP, name: "cart" });
  const bus = scope(copy, "cart");
  const rpc = new RequestResponse(bus);
  const aggregator = new Aggregator<DashboardAnswers>(bus);
  signal.addEventListener("abort", () => {
    render(null, element);
    aggregator.dispose();
    rpc.dispose();
    copy.dispose();
  });
  const isStored = await hasStorage(host);
  if (signal.aborted) return;
  const { streams } = host.history;
  const store = isStored
    ? createEventStore<ShopEvent>({ streams, bus, locks: host.locks })
    : undefined;
  signal.addEventListener("abort", () => store?.dispose());

  let till: Till | undefined;
  let orders: OrderBook | undefined;
  let obstacle = store ? undefined : NO_STORAGE;
  const noLocks = store && !navigator.locks ? NO_LOCKS : undefined;
  const pay = async (id: string, orderId: string): Promise<void> => {
    try {
      await till?.pay(id, orderId, cart.lines());
      obstacle = undefined;
    } catch (error) {
      obstacle = `The checkout could not begin, and nothing was charged. Pay tries again. ${error}`;
    }
    draw();
  };
  const draw = (): void => {
    if (signal.aborted) return;
    const id = cart.id();
    const orderId = till && id && till.attempt(id);
    const props = {
      lines: cart.lines(),
      checkout: till?.checkouts()?.[0],
      orders: orders?.last ?? [],
      obstacle: obstacle ?? noLocks,
      canPay: orderId !== undefined && noLocks === undefined,
      onRemove: (sku: string) => void bus.publish("cart.item.removed", { sku }),
      onPay: () => {
        if (id && orderId) void pay(id, orderId);
      },
      onCancel: (saga: string) => void till?.cancel(saga),
      onRetry: (saga: string) => void till?.retry(saga),
    };
    render(h(Cart, props), element);
  };
  /** Whoever shows how much is in the cart asks again. */
  const tellAll = (): void => {
    if (!signal.aborted) bus.publish("cart.ready", {}, { scope: "page" });
  };
  const cart = await openCart(bus, host, store, signal, draw, () => {
    draw();
    tellAll();
  });
  if (signal.aborted) return;
  if (store) {
    till = openTill(bus, host, store, signal, draw);
    orders = new OrderBook(store, signal, draw);
  }
  draw();
  rpc.handle("cart.quantity", ({ sku }) => cart.quantity(sku));
  aggregator.respond("cart", () => cart.summary());
  tellAll();
};
