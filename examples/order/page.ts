// One page of the shop: the parts that its teams share, and their microfrontends.
import { createPubSub, type PubSubBus, scope } from "@pubsub-mfe/core";
import type { Locks } from "@pubsub-mfe/core/locks";
import { createCrossTabAdapter } from "@pubsub-mfe/cross-tab";
import { createHistoryAdapter } from "@pubsub-mfe/history";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { type Bank, startCheckout } from "./checkout.js";
import { startOrders } from "./orders.js";
import { type Supplier, startStock } from "./stock.js";

/** What the page is made with. */
export interface PageParts {
  /** Names the database and the channel of the shop. */
  readonly shop: string;
  readonly bank: Bank;
  readonly supplier: Supplier;
  readonly locks: Locks;
}

/** Opens the page, in one tab. */
export async function openPage({ shop, bank, supplier, locks }: PageParts) {
  const bus: PubSubBus = createPubSub({ app: shop });
  const history = createHistoryAdapter({ dbName: shop, namespace: shop });
  await createCrossTabAdapter({ channelName: shop }).attach(bus);
  await history.attach(bus);

  const { breaker } = startStock(scope(bus, "stock"), supplier);
  const orders = startOrders(scope(bus, "orders"), history.streams, locks);
  const sagas = startCheckout(scope(bus, "checkout"), history.streams, locks, bank);

  const dashboard = new Aggregator(scope(bus, "dashboard"));
  return {
    bus,
    breaker,
    head: orders.head,
    /** Two clicks, or two tabs, with one cart are one checkout. */
    checkout: (cart: {
      orderId: string;
      items: readonly { sku: string; count: number; price: number }[];
    }) => sagas.start("checkout", cart, { id: cart.orderId }),
    resumed: (orderId: string) => sagas.join(orderId),
    loadDashboard: (skus: readonly string[]) =>
      dashboard.collect({
        sources: ["orders", "stock"],
        params: skus,
        timeout: 3_000,
        fallbacks: { stock: {} },
      }),
    /** As when the user closes it. */
    async close(): Promise<void> {
      sagas.dispose();
      orders.dispose();
      bus.dispose();
      await history.detach();
    },
  };
}
