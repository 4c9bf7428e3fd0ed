import type { Message } from "@pubsub-mfe/core";
import type { ItemAdded, ItemRemoved, Pieces } from "../../src/contract.js";
import { type CartLine, type CartLines, foldCheckout, foldItem } from "./cart-fold.js";

/** What happens to carts; one follows the other, in one stream. */
export type CartEvent =
  | { readonly type: "cart.begun"; readonly payload: { readonly cart: string } }
  | { readonly type: "cart.checked-out"; readonly payload: CheckedOut };

/** Payload of `cart.checked-out`. */
export interface CheckedOut {
  readonly cart: string;
  readonly orderId: string;
  readonly items: readonly Pieces[];
  /** The id of the cart that begins now. */
  readonly next: string;
}

/** An event of carts, as it is read. */
export type StoredCartEvent = CartEvent & { readonly version: number; readonly time: number };

/**
 * Makes the cart of messages, which say what is in it, and of events, which say which cart it is.
 *
 * @remarks
 * A checkout takes out what was ordered and no more, so that it does not matter whether a tab hears of
 * it before or after what is added meanwhile: that is in the next cart.
 */
export class CartBuilder {
  #lines: CartLines = new Map();
  readonly #applied = new Set<string>();
  #version = 0;
  #id: string | undefined;

  /** The id of the cart, the same in all tabs; `undefined` before the first. */
  get id(): string | undefined {
    return this.#id;
  }

  get lines(): readonly CartLine[] {
    return [...this.#lines.values()];
  }

  quantity(sku: string): number {
    return this.#lines.get(sku)?.quantity ?? 0;
  }

  /** Puts in, or takes out, one piece; a message that comes twice does so once. */
  take(message: Message<ItemAdded & ItemRemoved>): void {
    if (this.#applied.has(message.id)) return;
    this.#applied.add(message.id);
    this.#lines = foldItem(this.#lines, message);
  }

  /**
   * Begins the first cart, or the next; an event that comes twice does so once.
   *
   * @returns whether it was new
   */
  turn({ type, payload, version }: StoredCartEvent): boolean {
    if (version <= this.#version) return false;
    this.#version = version;
    if (type === "cart.begun") this.#id = payload.cart;
    else {
      this.#id = payload.next;
      this.#lines = foldCheckout(this.#lines, payload.items);
    }
    return true;
  }

  /** The events are gone, and begin anew: what is in the cart stays. */
  forgetTurns(): void {
    this.#version = 0;
  }

  /** Takes what was stored, in the order in which it happened. */
  restore(messages: readonly Message[], events: readonly StoredCartEvent[]): void {
    let next = 0;
    const turnUntil = (time: number): void => {
      for (; next < events.length; next++) {
        const event = events[next] as StoredCartEvent;
        if (event.time > time) return;
        this.turn(event);
      }
    };
    for (const message of messages) {
      turnUntil(message.ts);
      this.take(message);
    }
    turnUntil(Number.POSITIVE_INFINITY);
  }
}
