// The orders team: what happened to orders is the truth, and what is shown is made of it.
import type { EventPosition, EventStreams, PubSubBus } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import {
  Cqrs,
  createEventStore,
  createProjection,
  defineAggregate,
} from "@pubsub-mfe/patterns/cqrs";
import type { Item, OrderCommands, OrderEvent, OrderQueries, OrderRow } from "./contract.js";

interface Order {
  readonly status: "new" | OrderRow["status"];
}

type OrderCommand =
  | { readonly place: readonly Item[]; readonly orderId: string }
  | { readonly pay: string; readonly orderId: string }
  | { readonly cancel: true; readonly orderId: string };

const order = defineAggregate<Order, OrderEvent, OrderCommand>({
  name: "order",
  initial: { status: "new" },
  evolve: (_order, event) => ({
    status: event.type.slice("order.".length) as OrderRow["status"],
  }),
  decide(state, command) {
    const { orderId } = command;
    if ("place" in command) {
      if (state.status !== "new") throw new Error(`The order ${orderId} was placed before.`);
      if (command.place.length === 0) throw new RangeError("An order needs items.");
      const total = command.place.reduce((sum, { count, price }) => sum + count * price, 0);
      return { type: "order.placed", payload: { orderId, items: command.place, total } };
    }
    if (state.status !== "placed") {
      throw new Error(`The order ${orderId} is ${state.status}: it must be placed.`);
    }
    if ("pay" in command) {
      return { type: "order.paid", payload: { orderId, receipt: command.pay } };
    }
    return { type: "order.cancelled", payload: { orderId } };
  },
});

/** Handles the commands and queries of orders, until the bus or scope ends. */
export function startOrders(bus: PubSubBus, streams: EventStreams, locks: Locks) {
  const store = createEventStore<OrderEvent>({ streams, bus, locks });
  const orders = order.on(store);
  const rows = createProjection(store, {
    name: "orders",
    version: 1,
    key: (event) => (event.type.startsWith("order.") ? event.payload.orderId : undefined),
    on: {
      "order.placed": (_row: OrderRow | undefined, { payload }): OrderRow => {
        const { orderId, total } = payload;
        return { orderId, status: "placed", total };
      },
      "order.paid": (row: OrderRow | undefined): OrderRow | undefined =>
        row && { ...row, status: "paid" },
      "order.cancelled": (row: OrderRow | undefined): OrderRow | undefined =>
        row && { ...row, status: "cancelled" },
    },
  });

  const cqrs = new Cqrs<OrderCommands, OrderQueries>({
    commandBus: bus,
    queryBus: bus,
    eventBus: bus,
  });
  // A command that is sent twice under one id is carried out once.
  cqrs.command("commands.order.place", async ({ orderId, items }, { commandId }) => {
    await orders.execute(orderId, { place: items, orderId }, { commandId });
    return { total: items.reduce((sum, { count, price }) => sum + count * price, 0) };
  });
  cqrs.command("commands.order.pay", ({ orderId, receipt }, { commandId }) =>
    orders.execute(orderId, { pay: receipt, orderId }, { commandId }),
  );
  cqrs.command("commands.order.cancel", ({ orderId }, { commandId }) =>
    orders.execute(orderId, { cancel: true, orderId }, { commandId }),
  );

  const list = async (): Promise<OrderRow[]> => (await rows.list()).map(({ row }) => row);
  cqrs.query("queries.order.get", ({ orderId }) => rows.get(orderId), { projection: rows });
  cqrs.query("queries.orders.list", list, { projection: rows });
  new Aggregator(bus).respond("orders", list);

  return {
    /** Where the store ends now, to ask for what is known after it. */
    head: (): Promise<EventPosition> => store.head(),
    dispose(): void {
      cqrs.dispose();
      store.dispose();
    },
  };
}
