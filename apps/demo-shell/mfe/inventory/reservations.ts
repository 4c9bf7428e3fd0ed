import type { PubSubBus } from "@pubsub-mfe/core";
import { Cqrs, createEventStore, type EventStore } from "@pubsub-mfe/patterns/cqrs";
import type { Host, Pieces, StockCommands } from "../../src/contract.js";
import { followEvents } from "../../src/follow-events.js";
import {
  countSold,
  countTaken,
  evolveStock,
  type SkuStock,
  type StockCommand,
  type StockEvent,
  skuStock,
} from "./sku-stock.js";

/** What the supplier has of a product, and what it is called. */
export interface Supplied {
  readonly name: string;
  /** `undefined` when it never told. */
  readonly supplied: number | undefined;
}

/** What of the stock is reserved or sold: kept as events, the same for all tabs. */
export class Reservations {
  /** Called when something was taken or given back, in whichever tab. */
  onChange = (_sku: string): void => {};
  readonly #store: EventStore<StockEvent>;
  readonly #cqrs: Cqrs<StockCommands>;
  readonly #stocks = new Map<string, SkuStock>();
  readonly #end = new AbortController();

  constructor(bus: PubSubBus, { history, locks }: Pick<Host, "history" | "locks">) {
    const { streams } = history;
    this.#store = createEventStore<StockEvent>({ streams, bus, locks });
    this.#cqrs = new Cqrs<StockCommands>({ commandBus: bus, queryBus: bus, eventBus: bus });
    followEvents(
      this.#store,
      {
        types: "stock.+",
        onBegin: () => {
          const known = [...this.#stocks.keys()];
          this.#stocks.clear();
          for (const sku of known) this.onChange(sku);
        },
        onEvent: (event) => {
          const { sku } = event.payload;
          this.#stocks.set(sku, evolveStock(this.#stocks.get(sku) ?? {}, event));
          this.onChange(sku);
        },
      },
      this.#end.signal,
    );
  }

  /** Whether something was sold that can be delivered again. */
  get isSold(): boolean {
    return [...this.#stocks.values()].some((stock) => countSold(stock) > 0);
  }

  /** How many pieces of a product are reserved or sold. */
  taken(sku: string): number {
    return countTaken(this.#stocks.get(sku) ?? {});
  }

  /** Handles what the inventory can be told to do. */
  handle(look: (sku: string) => Promise<Supplied>): void {
    const cqrs = this.#cqrs;
    cqrs.command("commands.stock.reserve", async ({ key, items }) => {
      const known = await Promise.all(items.map(({ sku }) => look(sku)));
      // One after the other: what is refused is told of the first.
      for (const [n, { sku, count }] of items.entries()) {
        const { name, supplied } = known[n] as Supplied;
        await this.#execute(sku, { reserve: key, count, supplied, name });
      }
      return { key };
    });
    cqrs.command("commands.stock.release", ({ key, items }) =>
      this.#executeAll(items, { release: key }, key),
    );
    cqrs.command("commands.stock.ship", ({ key, items }) =>
      this.#executeAll(items, { ship: key }, key),
    );
  }

  /** Has what was sold delivered again. */
  async restock(): Promise<void> {
    for (const sku of this.#stocks.keys()) await this.#execute(sku, { restock: true });
  }

  dispose(): void {
    this.#end.abort();
    this.#cqrs.dispose();
    this.#store.dispose();
  }

  async #executeAll(
    items: readonly Pieces[],
    command: StockCommand,
    key: string,
  ): Promise<{ key: string }> {
    for (const { sku } of items) await this.#execute(sku, command);
    return { key };
  }

  /** A command that is told again comes to nothing: the reservation says what has become of it. */
  async #execute(sku: string, command: StockCommand): Promise<void> {
    await skuStock.on(this.#store).execute(sku, command);
  }
}
