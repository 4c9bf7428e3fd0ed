import type { Message, PubSubBus } from "@pubsub-mfe/core";
import type { EventStore } from "@pubsub-mfe/patterns/cqrs";
import type { DashboardAnswers, Host } from "../../src/contract.js";
import { type Follower, followEvents } from "../../src/follow-events.js";
import { newId } from "../../src/new-id.js";
import { CartBuilder, type CartEvent, type StoredCartEvent } from "./cart-builder.js";
import type { CartLine } from "./cart-fold.js";
import type { ShopEvent } from "./shop-event.js";

/** In which carts follow each other. */
export const CART_STREAM = "cart";

/** The cart as it is now. */
export interface CartState {
  /** The same in all tabs; `undefined` where there is no storage. */
  id(): string | undefined;
  lines(): readonly CartLine[];
  quantity(sku: string): number;
  summary(): DashboardAnswers["cart"];
}

/**
 * Builds the cart from its stored messages and events, and keeps it up to date, whatever tab they are of.
 *
 * @param store - of the carts; `undefined` where there is no storage
 * @param onChange - called after each live change of what is in it
 * @param onTurn - called when it is another cart
 */
export async function openCart(
  bus: PubSubBus,
  { history }: Pick<Host, "history">,
  store: EventStore<ShopEvent> | undefined,
  signal: AbortSignal,
  onChange: () => void,
  onTurn: () => void,
): Promise<CartState> {
  const cart = new CartBuilder();
  // Live ones wait until the past is read: order matters.
  const waiting: Message[] = [];
  let receive = (message: Message): void => void waiting.push(message);
  bus.subscribe("cart.item.+", (message) => receive(message));
  // The events first: a checkout that comes in between is heard of below, before anything can be paid.
  const events = store ? await readCarts(store, history.streams) : [];
  cart.restore(await readPast(history), events);
  for (const message of waiting) cart.take(message);
  receive = (message) => {
    cart.take(message);
    onChange();
  };
  let hasBegun = false;
  const follower: Follower<ShopEvent> = {
    types: "cart.#",
    async onBegin() {
      if (!hasBegun) hasBegun = true;
      else {
        cart.forgetTurns();
        await begin(history.streams);
      }
    },
    onEvent(event) {
      if (cart.turn(event as StoredCartEvent)) onTurn();
    },
  };
  if (store && !signal.aborted) followEvents(store, follower, signal);
  return {
    id: () => cart.id,
    lines: () => cart.lines,
    quantity: (sku) => cart.quantity(sku),
    summary: () => {
      let items = 0;
      let total = 0;
      for (const { price, quantity } of cart.lines) {
        items += quantity;
        total += price * quantity;
      }
      return { items, total };
    },
  };
}

/** The first tab of all begins the first cart; it is no news for others, and not published. */
async function begin(streams: Host["history"]["streams"]): Promise<void> {
  const first: CartEvent = { type: "cart.begun", payload: { cart: newCartId() } };
  await streams.append(CART_STREAM, [first], { commandId: "begin" });
}

async function readCarts(
  store: EventStore<ShopEvent>,
  streams: Host["history"]["streams"],
): Promise<StoredCartEvent[]> {
  await begin(streams);
  const events: StoredCartEvent[] = [];
  for await (const event of store.read(CART_STREAM)) events.push(event as StoredCartEvent);
  return events;
}

/** Without a history the cart begins empty; the shell has told why. */
async function readPast(history: Host["history"]): Promise<Message[]> {
  try {
    return await history.getHistory("cart.item.+");
  } catch {
    return [];
  }
}

/** Never the same twice, whatever becomes of the database: the bank remembers the keys made of it. */
export function newCartId(): string {
  return newId();
}
