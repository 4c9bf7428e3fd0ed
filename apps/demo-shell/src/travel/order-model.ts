import type { StoredEvent } from "@pubsub-mfe/core";
import { evolveOrder, type OrderState } from "../../mfe/cart/orders.js";
import type { OrderEvent, OrderPlaced } from "../contract.js";
import { inEuros } from "./euros.js";
import type { Model } from "./model.js";

interface Order {
  readonly state: OrderState;
  readonly placed: OrderPlaced | undefined;
}

/** How far each order is, the newest first, by the code of the cart. */
export const orderModel: Model<ReadonlyMap<string, Order>, StoredEvent> = {
  title: "Orders",
  whenEmpty: "Nothing had been ordered until then. Put something into the cart, and pay.",
  empty: new Map(),
  fold: (orders, event) => {
    if (!event.type.startsWith("order.")) return orders;
    const { type, payload } = event as unknown as OrderEvent;
    const known = orders.get(payload.orderId);
    return new Map(orders).set(payload.orderId, {
      state: evolveOrder(known?.state ?? "new", { type }),
      placed: type === "order.placed" ? payload : known?.placed,
    });
  },
  facts: (orders) =>
    new Map(
      [...orders].reverse().map(([id, { state, placed }]) => {
        const items = placed?.items.map(({ sku, count }) => `${count}\u00a0×\u00a0${sku}`) ?? [];
        return [id, [state, ...items, placed ? inEuros(placed.total) : ""].join(" · ")];
      }),
    ),
};
