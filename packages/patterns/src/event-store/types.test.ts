import type { EventPosition } from "@pubsub-mfe/core";
import { describe, expectTypeOf, it } from "vitest";
import {
  type Aggregate,
  createProjection,
  defineAggregate,
  type Projection,
  type Stored,
} from "../cqrs.js";
import { MemoryOrigin } from "../testing/event-stores.js";
import { type Order, type OrderCommand, type OrderEvent, orders } from "../testing/order.js";

type PaymentEvent = { readonly type: "payment.refused"; readonly payload: { reason: string } };

describe("the types of a store", () => {
  it("know its events", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();

    await store.append("1", [{ type: "order.paid", payload: { amount: 1 }, meta: { by: "Ada" } }]);
    // @ts-expect-error no such event
    await store.append("1", [{ type: "order.payed", payload: { amount: 1 } }]);
    // @ts-expect-error no such payload
    await store.append("1", [{ type: "order.paid", payload: { amount: "1" } }]);

    for await (const event of store.read("1")) {
      expectTypeOf(event.position).toEqualTypeOf<EventPosition>();
      if (event.type === "order.paid") {
        expectTypeOf(event.payload).toEqualTypeOf<{ readonly amount: number }>();
      }
    }
    store.subscribe({}, (event) => {
      expectTypeOf(event).toEqualTypeOf<Stored<OrderEvent>>();
    })();
  });

  it("of untyped events are open", async () => {
    const { store } = new MemoryOrigin().tab();

    await store.append("1", [{ type: "a", payload: 1 }]);

    for await (const event of store.read("1")) expectTypeOf(event.payload).toBeAny();
  });
});

describe("the types of an aggregate", () => {
  it("are those of its definition", async () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();
    const all = orders.on(store);

    expectTypeOf(all).toEqualTypeOf<Aggregate<Order, OrderCommand>>();
    // @ts-expect-error no such command
    await all.execute("1", { do: "lose" }).catch(() => {});
    const { state } = await all.load("1");
    expectTypeOf(state).toEqualTypeOf<Order>();
  });

  it("are inferred from its functions", () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();
    const counts = defineAggregate({
      name: "count",
      initial: 0,
      evolve: (count: number, event: OrderEvent) => count + event.type.length,
      decide: (count, command: { pay: number }) => {
        expectTypeOf(count).toEqualTypeOf<number>();
        return { type: "order.paid", payload: { amount: command.pay } } as const;
      },
    });

    expectTypeOf(counts.on(store)).toEqualTypeOf<Aggregate<number, { pay: number }>>();
  });

  it("fit a store of more events, and none of others", () => {
    const origin = new MemoryOrigin();

    orders.on(origin.tab<OrderEvent | PaymentEvent>().store);
    orders.on(origin.tab().store);
    // @ts-expect-error a store of other events
    orders.on(origin.tab<PaymentEvent>().store);
  });
});

describe("the types of a projection", () => {
  it("are inferred from its reducers", () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();

    const totals = createProjection(store, {
      name: "totals",
      key: (event) => event.stream,
      on: {
        "order.paid": (total: number = 0, event) => {
          expectTypeOf(event.payload).toEqualTypeOf<{ readonly amount: number }>();
          return total + event.payload.amount;
        },
        "order.#": (total: number | undefined, event) => {
          expectTypeOf(event).toEqualTypeOf<Stored<OrderEvent>>();
          return total;
        },
      },
    });

    expectTypeOf(totals).toEqualTypeOf<Projection<number>>();
    createProjection(store, {
      name: "misspelt",
      key: (event) => event.stream,
      on: {
        // @ts-expect-error no such event
        "order.payed": (total: number = 0) => total,
      },
    });
  });

  it("may be given", () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();

    const totals = createProjection<number, OrderEvent>(store, {
      name: "totals",
      key: (event) => event.stream,
      on: { "order.paid": (total, event) => (total ?? 0) + event.payload.amount },
    });

    expectTypeOf(totals.get).returns.resolves.toEqualTypeOf<number | undefined>();
    createProjection<number, OrderEvent>(store, {
      name: "totals-2",
      key: (event) => event.stream,
      // @ts-expect-error a row of another kind
      on: { "order.paid": () => "paid" },
    });
  });

  it("refuse a reducer of other rows than the rest", () => {
    const { store } = new MemoryOrigin().tab<OrderEvent>();

    createProjection(store, {
      name: "totals",
      key: (event) => event.stream,
      on: {
        // @ts-expect-error rows of two kinds
        "order.paid": (total: number = 0) => total,
        // @ts-expect-error rows of two kinds
        "order.shipped": (text: string = "") => text,
      },
    });
  });
});
