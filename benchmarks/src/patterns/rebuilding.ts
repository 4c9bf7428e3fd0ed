import type { EventStreams } from "@pubsub-mfe/core";
import { createHistoryAdapter, type HistoryAdapter } from "@pubsub-mfe/history";
import { createEventStore, defineAggregate } from "@pubsub-mfe/patterns/cqrs";
import type { Benchmark, Contender } from "../measure.js";

const ORDERS = 2_500;
const EVENTS_EACH = 20;
const ALL = ORDERS * EVENTS_EACH;
const item = { sku: "LAN-1", name: "Field lantern", price: 4_200, note: "x".repeat(200) };

type OrderEvent = { readonly type: "order.item.added"; readonly payload: typeof item };
interface Order {
  readonly items: readonly string[];
  readonly total: number;
}

const initial: Order = { items: [], total: 0 };

function evolve(order: Order, { payload }: OrderEvent): Order {
  return { items: [...order.items, payload.sku], total: order.total + payload.price };
}

const decide = (): OrderEvent[] =>
  Array.from({ length: EVENTS_EACH }, () => ({ type: "order.item.added", payload: item }));

const plain = defineAggregate<Order, OrderEvent, null>({ name: "order", initial, evolve, decide });
const kept = defineAggregate<Order, OrderEvent, null>({
  name: "order",
  initial,
  evolve,
  decide,
  snapshotEvery: EVENTS_EACH,
});

/** Another order every time, so that nothing is read twice. */
function nextOrder(): () => string {
  let n = 0;
  return () => {
    n = (n + 617) % ORDERS;
    return String(n);
  };
}

async function fill(dbName: string, aggregate: typeof plain): Promise<HistoryAdapter> {
  const history = createHistoryAdapter({ dbName, namespace: "bench" });
  const orders = aggregate.on(createEventStore<OrderEvent>({ streams: history.streams }));
  for (let n = 0; n < ORDERS; n += 50) {
    await Promise.all(Array.from({ length: 50 }, (_, m) => orders.execute(String(n + m), null)));
  }
  return history;
}

function contender(
  name: string,
  note: string,
  dbName: string,
  aggregate: typeof plain,
  loadFrom: (streams: EventStreams) => (id: string) => Promise<Order>,
): Contender {
  return {
    name,
    note,
    async setup() {
      const history = await fill(dbName, aggregate);
      const load = loadFrom(history.streams);
      const order = nextOrder();
      return {
        async run() {
          const { items } = await load(order());
          if (items.length !== EVENTS_EACH) throw new Error(`${items.length} events were found.`);
          return 1;
        },
        close: () => history.detach(),
      };
    },
  };
}

function byAggregate(aggregate: typeof plain) {
  return (streams: EventStreams) => {
    const orders = aggregate.on(createEventStore<OrderEvent>({ streams }));
    return async (id: string): Promise<Order> => (await orders.load(id)).state;
  };
}

function byHand(streams: EventStreams) {
  return async (id: string): Promise<Order> => {
    let state = initial;
    for await (const event of streams.read(`order:${id}`)) {
      state = evolve(state, event as unknown as OrderEvent);
    }
    return state;
  };
}

export const rebuilding: readonly Benchmark[] = [
  {
    title: `load one aggregate of ${EVENTS_EACH} events among ${ALL.toLocaleString("en")}`,
    in: ["chromium"],
    rounds: 15,
    contenders: [
      contender("by hand", "streams.read and a loop", "bench-orders-hand", plain, byHand),
      contender("@pubsub-mfe/patterns", "load", "bench-orders", plain, byAggregate(plain)),
      contender(
        "@pubsub-mfe/patterns, snapshots",
        "load, from a snapshot of all",
        "bench-orders-kept",
        kept,
        byAggregate(kept),
      ),
    ],
  },
];
