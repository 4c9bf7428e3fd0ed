import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { DashboardAnswers, Host, ItemAdded, ItemRemoved } from "../../src/contract.js";

/** One product in the cart. */
export interface CartLine {
  readonly sku: string;
  readonly name: string;
  readonly price: number;
  readonly quantity: number;
}

/** The cart as it is now. */
export interface CartState {
  lines(): readonly CartLine[];
  quantity(sku: string): number;
  summary(): DashboardAnswers["cart"];
}

/**
 * Builds the cart from its stored messages, and keeps it up to date with live ones, of whatever tab.
 *
 * @param onChange - called after each live change
 */
export async function openCart(
  bus: PubSubBus,
  history: Host["history"],
  onChange: () => void,
): Promise<CartState> {
  const lines = new Map<string, CartLine>();
  const applied = new Set<string>();
  const apply = ({ id, topic, payload }: Message<ItemAdded & ItemRemoved>): void => {
    // A message can come live and be read back as well.
    if (applied.has(id)) return;
    applied.add(id);
    const { sku, name, price } = payload;
    const quantity = lines.get(sku)?.quantity ?? 0;
    if (topic === "cart.item.added") lines.set(sku, { sku, name, price, quantity: quantity + 1 });
    else if (quantity > 1)
      lines.set(sku, { ...(lines.get(sku) as CartLine), quantity: quantity - 1 });
    else lines.delete(sku);
  };

  // Live ones wait until the past is read: order matters.
  const waiting: Message[] = [];
  let receive = (message: Message): void => void waiting.push(message);
  bus.subscribe("cart.item.+", (message) => receive(message));
  for (const message of await readPast(history)) apply(message);
  for (const message of waiting) apply(message);
  receive = (message) => {
    apply(message);
    onChange();
  };
  return {
    lines: () => [...lines.values()],
    quantity: (sku) => lines.get(sku)?.quantity ?? 0,
    summary: () => {
      let items = 0;
      let total = 0;
      for (const { price, quantity } of lines.values()) {
        items += quantity;
        total += price * quantity;
      }
      return { items, total };
    },
  };
}

/** Without a history the cart begins empty; the shell has told why. */
async function readPast(history: Host["history"]): Promise<Message[]> {
  try {
    return await history.getHistory("cart.item.+");
  } catch {
    return [];
  }
}
