// The stock team: asks a supplier that may be down, and leaves it alone while it is.
import type { PubSubBus } from "@pubsub-mfe/core";
import { Aggregator } from "@pubsub-mfe/patterns/aggregator";
import { CircuitBreaker } from "@pubsub-mfe/patterns/circuit-breaker";
import { RequestResponse } from "@pubsub-mfe/patterns/request-response";
import type { StockMethods } from "./contract.js";

/** The supplier's service: honours keys, so that a call that is repeated does nothing again. */
export interface Supplier {
  stock(sku: string): Promise<number>;
  reserve(key: string, items: readonly { sku: string; count: number }[]): Promise<string>;
  release(key: string): Promise<void>;
}

/** Answers for the stock, until the bus or scope ends. */
export function startStock(bus: PubSubBus, supplier: Supplier): { breaker: CircuitBreaker } {
  const breaker = new CircuitBreaker("supplier", { bus, threshold: 3, timeout: 30_000 });
  const remembered = new Map<string, number>();

  const rpc = new RequestResponse<StockMethods>(bus);
  const get = (sku: string): Promise<number> =>
    breaker.execute(
      async () => {
        const stock = await supplier.stock(sku);
        remembered.set(sku, stock);
        return stock;
      },
      { fallback: () => remembered.get(sku) ?? 0 },
    );
  rpc.handle("stock.get", ({ sku }) => get(sku));
  rpc.handle("stock.reserve", ({ key, items }) =>
    breaker.execute(() => supplier.reserve(key, items)),
  );
  // What was reserved must be released, whatever the breaker thinks of the supplier.
  rpc.handle("stock.release", ({ key }) => supplier.release(key));
  new Aggregator(bus).respond("stock", async (skus: readonly string[]) =>
    Object.fromEntries(await Promise.all(skus.map(async (sku) => [sku, await get(sku)]))),
  );
  return { breaker };
}
