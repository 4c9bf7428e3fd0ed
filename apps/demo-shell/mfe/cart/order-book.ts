import type { EventStore } from "@pubsub-mfe/patterns/cqrs";
import { createOrderRows, type OrderRow } from "../../src/order-rows.js";
import type { ShopEvent } from "./shop-event.js";

/** How many orders are shown. */
const SHOWN = 4;

/** The last orders, of all tabs. */
export class OrderBook {
  #last: readonly OrderRow[] = [];

  /** @param onChange - called after each change */
  constructor(store: EventStore<ShopEvent>, signal: AbortSignal, onChange: () => void) {
    const rows = createOrderRows(store);
    const read = async (): Promise<void> => {
      const listed = await rows.list().catch((error) => {
        // Whoever is unmounted does not wait for it any more.
        if (!signal.aborted) throw error;
        return [];
      });
      if (signal.aborted) return;
      const all = listed.map(({ row }) => row);
      this.#last = all.sort((a, b) => b.placedAt - a.placedAt).slice(0, SHOWN);
      onChange();
    };
    rows.onChange(() => void read());
    void read();
    signal.addEventListener("abort", () => rows.dispose());
  }

  /** The newest first. */
  get last(): readonly OrderRow[] {
    return this.#last;
  }
}
