import { defineAggregate } from "@pubsub-mfe/patterns/cqrs";
import type { OrderEvent, OrderPlaced } from "../../src/contract.js";

/** Whose events these are, whichever microfrontend comes to publish them. */
export const FROM_CART = { source: "cart" };

/** How far an order is. */
export type OrderState = "new" | "placed" | "paid" | "cancelled";

export type OrderCommand =
  | { readonly place: OrderPlaced }
  | { readonly pay: string }
  | { readonly cancel: true };

/** @throws with a sentence that says why it can not be */
function decideOrder(
  state: OrderState,
  command: OrderCommand,
  orderId: string,
): OrderEvent | undefined {
  if ("place" in command) {
    if (state !== "new") throw new Error(`The order ${orderId} was placed before.`);
    if (command.place.items.length === 0) throw new RangeError("An order needs items: add some.");
    return { type: "order.placed", payload: command.place };
  }
  if ("cancel" in command) {
    // One that was never placed, or is cancelled, is as good as undone.
    if (state === "new" || state === "cancelled") return undefined;
    return { type: "order.cancelled", payload: { orderId } };
  }
  if (state !== "placed") throw new Error(`The order ${orderId} is ${state}: it must be placed.`);
  return { type: "order.paid", payload: { orderId, receipt: command.pay } };
}

/** What becomes of an order by what happens to it. */
export function evolveOrder(_state: OrderState, { type }: Pick<OrderEvent, "type">): OrderState {
  return type.slice("order.".length) as OrderState;
}

export const order = defineAggregate<OrderState, OrderEvent, OrderCommand>({
  name: "order",
  initial: "new",
  evolve: evolveOrder,
  decide(state, command, { id }) {
    const event = decideOrder(state, command, id);
    return event && { ...event, meta: FROM_CART };
  },
});
