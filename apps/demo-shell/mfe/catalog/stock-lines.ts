import type { PubSubBus } from "@pubsub-mfe/core";
import { isPatternError, type RequestResponse } from "@pubsub-mfe/patterns/request-response";
import { reactive } from "vue";
import { type KnownLevel, LOW_STOCK, type StockChanged } from "../../src/contract.js";

/** How long it is waited for an inventory that is still loading, in milliseconds. */
const WAIT_FOR_INVENTORY_MS = 10_000;

/** Tells of each product what the inventory says of its stock. */
export class StockLines {
  readonly #rpc: RequestResponse;
  readonly #texts = reactive<Record<string, string>>({});

  constructor(bus: PubSubBus, rpc: RequestResponse, skus: readonly string[]) {
    this.#rpc = rpc;
    bus.subscribe<StockChanged>("stock.changed", ({ payload }) => this.#ask(payload.sku));
    for (const sku of skus) void this.#ask(sku);
  }

  tell(sku: string): string {
    return this.#texts[sku] ?? "Asking for the stock…";
  }

  async #ask(sku: string): Promise<void> {
    try {
      const level = await this.#rpc.request<KnownLevel>(
        "stock.get",
        { sku },
        { waitForHandler: WAIT_FOR_INVENTORY_MS },
      );
      this.#texts[sku] = describe(level);
    } catch (error) {
      if (isPatternError(error, "DISPOSED")) return;
      this.#texts[sku] = isPatternError(error, "NO_HANDLER")
        ? "Nobody here knows the stock"
        : "The stock is not known now";
    }
  }
}

function describe({ left, isFresh }: KnownLevel): string {
  const amount = left < LOW_STOCK ? `▲ Only ${left} in stock` : `${left} in stock`;
  return isFresh ? amount : `${amount}, as remembered`;
}
