import { type AggregateDefinition, type DefinedAggregate, defineAggregate } from "../cqrs.js";

export interface Item {
  readonly sku: string;
  readonly price: number;
}

export type OrderEvent =
  | { readonly type: "order.created"; readonly payload: { readonly items: readonly Item[] } }
  | { readonly type: "order.paid"; readonly payload: { readonly amount: number } }
  | { readonly type: "order.shipped"; readonly payload: null };

export type OrderCommand =
  | { readonly do: "create"; readonly items: readonly Item[] }
  | { readonly do: "pay"; readonly amount: number }
  | { readonly do: "ship" };

export interface Order {
  readonly status: "new" | "pending" | "paid" | "shipped";
  readonly total: number;
  readonly left: number;
}

/** The order of the page "Advanced patterns". */
export const order: AggregateDefinition<Order, OrderEvent, OrderCommand> = {
  name: "order",
  initial: { status: "new", total: 0, left: 0 },
  evolve(state, event) {
    switch (event.type) {
      case "order.created": {
        const total = event.payload.items.reduce((sum, { price }) => sum + price, 0);
        return { status: "pending", total, left: total };
      }
      case "order.paid": {
        const left = state.left - event.payload.amount;
        return { ...state, left, status: left > 0 ? "pending" : "paid" };
      }
      case "order.shipped":
        return { ...state, status: "shipped" };
    }
  },
  decide(state, command) {
    switch (command.do) {
      case "create":
        if (state.status !== "new") throw new Error("It was created before.");
        return { type: "order.created", payload: { items: command.items } };
      case "pay":
        if (state.status !== "pending") throw new Error(`It is ${state.status}.`);
        return { type: "order.paid", payload: { amount: command.amount } };
      case "ship":
        if (state.status === "shipped") return;
        return [{ type: "order.shipped", payload: null }];
    }
  },
};

export const orders: DefinedAggregate<Order, OrderEvent, OrderCommand> = defineAggregate(order);

export const lamp: Item = { sku: "LAN-1", price: 42 };
