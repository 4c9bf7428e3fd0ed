import { defineAggregate } from "@pubsub-mfe/patterns/cqrs";

/** What happens to the stock of a product; `key` names a reservation. */
export type StockEvent =
  | { readonly type: "stock.reserved"; readonly payload: StockMove }
  | { readonly type: "stock.released"; readonly payload: StockMove }
  | { readonly type: "stock.shipped"; readonly payload: StockMove };

interface StockMove {
  readonly sku: string;
  readonly key: string;
  /** Pieces; 0 where a reservation is given back that never was. */
  readonly count: number;
}

/** A reservation of some pieces, and what has become of it. */
interface Reservation {
  readonly count: number;
  readonly state: "held" | "released" | "shipped";
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
  | { readonly ship: string };

/** There are not so many: to ask again is of no use. */
class OutOfStockError extends Error {
  override readonly name = "OutOfStockError";
  readonly code = "OUT_OF_STOCK";
  readonly retryable = false;
}

/** How many pieces are reserved or sold. */
export function countTaken(stock: SkuStock): number {
  let taken = 0;
  for (const { count, state } of Object.values(stock)) if (state !== "released") taken += count;
  return taken;
}

const STATES: Readonly<Record<StockEvent["type"], Reservation["state"]>> = {
  "stock.reserved": "held",
  "stock.released": "released",
  "stock.shipped": "shipped",
};

export function evolveStock(stock: SkuStock, { type, payload }: StockEvent): SkuStock {
  return { ...stock, [payload.key]: { count: payload.count, state: STATES[type] } };
}

/** @throws {OutOfStockError} and others, with a sentence that says why */
export function decideStock(
  stock: SkuStock,
  command: StockCommand,
  sku: string,
): StockEvent | undefined {
  if ("reserve" in command) return reserve(stock, command, sku);
  const key = "release" in command ? command.release : command.ship;
  const { count = 0, state } = stock[key] ?? {};
  if ("release" in command) {
    // Also one that never was: it can still be on its way, and is to come to nothing.
    return state === "released"
      ? undefined
      : { type: "stock.released", payload: { sku, key, count } };
  }
  if (state === "shipped") return undefined;
  if (state === "held") return { type: "stock.shipped", payload: { sku, key, count } };
  throw new Error(`Nothing of ${sku} is reserved under "${key}": reserve it before it is shipped.`);
}

function reserve(
  stock: SkuStock,
  { reserve: key, count, supplied, name }: Extract<StockCommand, { reserve: string }>,
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
  if (count > left) throw new OutOfStockError(`${name}: ${left} left, ${count} wanted.`);
  return { type: "stock.reserved", payload: { sku, key, count } };
}

/** Kept by product. */
export const skuStock = defineAggregate<SkuStock, StockEvent, StockCommand>({
  name: "stock",
  initial: {},
  evolve: evolveStock,
  decide: (stock, command, { id }) => decideStock(stock, command, id),
});
