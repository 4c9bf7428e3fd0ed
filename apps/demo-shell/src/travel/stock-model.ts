import type { StoredEvent } from "@pubsub-mfe/core";
import { evolveStock, type SkuStock, type StockEvent } from "../../mfe/inventory/sku-stock.js";
import type { Model } from "./model.js";

/** What of each product is reserved or sold, by the code of the inventory. */
export const stockModel: Model<ReadonlyMap<string, SkuStock>, StoredEvent> = {
  title: "Stock reservations",
  whenEmpty: "Nothing had been reserved until then. A checkout does so first.",
  empty: new Map(),
  fold: (stocks, { type, payload }) => {
    if (!type.startsWith("stock.")) return stocks;
    const event = { type, payload } as StockEvent;
    const { sku } = event.payload;
    return new Map(stocks).set(sku, evolveStock(stocks.get(sku) ?? {}, event));
  },
  facts: (stocks) =>
    new Map(
      [...stocks].map(([sku, stock]) => {
        const pieces = { held: 0, shipped: 0, replaced: 0, released: 0 };
        for (const { count, state } of Object.values(stock)) pieces[state] += count;
        const words = Object.entries({
          held: pieces.held,
          shipped: pieces.shipped,
          "delivered again": pieces.replaced,
          "given back": pieces.released,
        }).flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []));
        return [sku, words.join(" · ") || "nothing"];
      }),
    ),
};
