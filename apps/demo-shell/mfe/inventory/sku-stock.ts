import { defineAggregate } from "@pubsub-mfe/patterns/cqrs";

/** What happens to the stock of a product; `key` names a reservation. */
export type StockEvent =
  | { readonly type: "stock.reserved"; readonly payload: StockMove }
  | { readonly type: "stock.released"; readonly payload: StockMove }
  | { readonly type: "stock.shipped"; readonly payload: StockMove }
  | { readonly type: "stock.restocked"; readonly payload: { readonly sku: string } };

interface StockMove {
  readonly sku: string;
  readonly key: string;
  /** Pieces; 0 where a reservation is given back that never was. */
  readonly count: number;
}

/** A reservation of some pieces, and what has become of it. */
interface Reservation {
  readonly count: number;
  /** `replaced`: what was shipped has been delivered again. */
  readonly state: "held" | "released" | "shipped" | "replaced";
}

/** The stock of a product: what of it is taken, by the key of the reservation. */
export type SkuStock = Readonly<Record<string, Reservation>>;

export type StockCommand =
  | {
      readonly reserve: string;
      readonly count: number;
      /** How many there are in all; `undefined` when nobody knows. */
      readonly supplied: number | undefined;
      readonly name: string;
    }
  | { readonly release: string }
  | { readonly ship: string }
  | { readonly restock: true };

/** There are not so many: to ask again is of no use. */
class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";
  readonly code = "OUT_OF_STOCK";
  readonly retryable = false;
}

/** How many pieces are reserved or sold. */
export function countTaken(stock: SkuStock): number {
  return count(stock, "held") + countSold(stock);
}

/** How many pieces are sold, and not yet delivered again. */
export function countSold(stock: SkuStock): number {
  return count(stock, "shipped");
}

function count(stock: SkuStock, state: Reservation["state"]): number {
  const found = Object.values(stock).filter((reservation) => reservation.state === state);
  return found.reduce((sum, reservation) => sum + reservation.count, 0);
}

export function evolveStock(stock: SkuStock, { type, payload }: StockEvent): SkuStock {
  switch (type) {
    case "stock.reserved":
      return become(stock, payload, "held");
    case "stock.released":
      return become(stock, payload, "released");
    case "stock.shipped":
      return become(stock, payload, "shipped");
    case "stock.restocked": {
      const entries = Object.entries(stock).map(([key, { count, state }]) => [
        key,
        { count, state: state === "shipped" ? "replaced" : state },
      ]);
      return Object.fromEntries(entries);
    }
  }
}

function become(stock: SkuStock, { key, count }: StockMove, state: Reservation["state"]): SkuStock {
  return { ...stock, [key]: { count, state } };
}

/** @throws {OutOfStockError} and others, with a sentence that says why */
export function decideStock(
  stock: SkuStock,
  command: StockCommand,
  sku: string,
): StockEvent | undefined {
  if ("reserve" in command) return reserve(stock, command, sku);
  if ("restock" in command) {
    return countSold(stock) > 0 ? { type: "stock.restocked", payload: { sku } } : undefined;
  }
  const key = "release" in command ? command.release : command.ship;
  const { count: pieces = 0, state } = stock[key] ?? {};
  if ("release" in command) {
    // Also one that never was: it can still be on its way, and is to come to nothing.
    return state === "released"
      ? undefined
      : { type: "stock.released", payload: { sku, key, count: pieces } };
  }
  if (state === "shipped" || state === "replaced") return undefined;
  if (state === "held") return { type: "stock.shipped", payload: { sku, key, count: pieces } };
  throw new Error(`Nothing of ${sku} is reserved under "${key}": reserve it before it is shipped.`);
}

function reserve(
  stock: SkuStock,
  { reserve: key, count: pieces, supplied, name }: Extract<StockCommand, { reserve: string }>,
  sku: string,
): StockEvent | undefined {
  const known = stock[key];
  if (known?.state === "released") {
    throw new OutOfStockError(`The reservation "${key}" was given back: take another key.`);
  }
  if (known) return undefined;
  if (supplied === undefined) {
    throw new Error(`The supplier never told how many ${sku} it has: refresh the stock.`);
  }
  const left = Math.max(0, supplied - countTaken(stock));
  if (pieces > left) throw new OutOfStockError(`${name}: ${left} left, ${pieces} wanted.`);
  return { type: "stock.reserved", payload: { sku, key, count: pieces } };
}

/** Kept by product. */
export const skuStock = defineAggregate<SkuStock, StockEvent, StockCommand>({
  name: "stock",
  initial: {},
  evolve: evolveStock,
  decide(stock, command, { id }) {
    const event = decideStock(stock, command, id);
    // Whose it is, whichever microfrontend comes to publish it.
    return event && { ...event, meta: { source: "inventory" } };
  },
});
