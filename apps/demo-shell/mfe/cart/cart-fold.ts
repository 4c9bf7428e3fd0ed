import type { Message } from "@pubsub-mfe/core";
import type { ItemAdded, ItemRemoved, Pieces } from "../../src/contract.js";

/** One product in the cart. */
export interface CartLine {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly quantity: number;
}

/** What is in the cart, by product. */
export type CartLines = ReadonlyMap<string, CartLine>;

/** Puts in, or takes out, one piece; the same lines when that changes nothing, or is no item. */
export function foldItem(
  lines: CartLines,
  { topic, payload }: Message<ItemAdded & ItemRemoved>,
): CartLines {
  const { sku, name, price } = payload ?? {};
  if (typeof sku !== "string") return lines;
  if (topic === "cart.item.removed") return takeOut(lines, { sku, count: 1 });
  // Whoever is on the page may publish it: what has no price cannot be sold.
  const isItem = typeof name === "string" && Number.isSafeInteger(price) && price >= 0;
  if (topic !== "cart.item.added" || !isItem) return lines;
  const quantity = (lines.get(sku)?.quantity ?? 0) + 1;
  return new Map(lines).set(sku, { sku, name, price, quantity });
}

/** Takes out what was ordered, and no more. */
export function foldCheckout(lines: CartLines, items: readonly Pieces[]): CartLines {
  return items.reduce(takeOut, lines);
}

function takeOut(lines: CartLines, { sku, count }: Pieces): CartLines {
  const line = lines.get(sku);
  if (!line) return lines;
  const next = new Map(lines);
  if (line.quantity > count) next.set(sku, { ...line, quantity: line.quantity - count });
  else next.delete(sku);
  return next;
}
