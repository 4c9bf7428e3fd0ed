import type { PubSubBus } from "@pubsub-mfe/core";
import type { EventStore } from "@pubsub-mfe/patterns/cqrs";
import { createSagaManager, isPatternError } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT } from "../../src/checkout-steps.js";
import type { Host } from "../../src/contract.js";
import { nextAttempt } from "./attempts.js";
import type { CartLine } from "./cart-fold.js";
import { createStockCommands, defineCheckout } from "./checkout.js";
import { CheckoutBook } from "./checkout-book.js";
import type { CheckoutState } from "./checkout-state.js";
import type { ShopEvent } from "./shop-event.js";

/** Where carts are paid: starts checkouts, and runs those of all tabs when no other tab does. */
export interface Till {
  /** All checkouts, the newest first; `undefined` until they are read. */
  checkouts(): readonly CheckoutState[] | undefined;
  /** What Pay would start; `undefined` where it can not. */
  attempt(cart: string): string | undefined;
  pay(cart: string, orderId: string, lines: readonly CartLine[]): Promise<void>;
  cancel(id: string): Promise<void>;
  retry(id: string): Promise<void>;
}

/** Opens the till, until the signal aborts. */
export function openTill(
  bus: PubSubBus,
  { history, locks, bank, stepFaults }: Host,
  store: EventStore<ShopEvent>,
  signal: AbortSignal,
  onChange: () => void,
): Till {
  const cqrs = createStockCommands(bus);
  const sagas = createSagaManager({
    streams: history.streams,
    bus,
    locks,
    // What it tells is shown with the checkouts; two carts that differ by one piece are one.
    onDiagnostic: () => {},
  });
  sagas.register(defineCheckout({ bus, store, cqrs, bank, faults: stepFaults }));
  const book = new CheckoutBook(sagas, history.streams, signal, onChange);
  signal.addEventListener("abort", () => {
    sagas.dispose();
    cqrs.dispose();
  });
  void sagas.resumeAll().catch(() => {});

  return {
    checkouts: () => book.states,
    attempt: (cart) => book.states && nextAttempt(cart, book.states),
    async pay(cart, orderId, lines) {
      const items = lines.map(({ sku, name, quantity }) => ({ sku, name, count: quantity }));
      const total = lines.reduce((sum, { price, quantity }) => sum + price * quantity, 0);
      const { done } = await sagas.start(
        CHECKOUT,
        { cart, orderId, items, total },
        { id: orderId },
      );
      // What becomes of it is shown; whoever is unmounted does not wait for it.
      done.catch(() => {});
    },
    cancel: (id) => unlessTooLate(sagas.cancel(CHECKOUT, id)),
    retry: (id) => unlessTooLate(sagas.retry(CHECKOUT, id)),
  };
}

/** Another tab, or the saga itself, may have been faster: what became of it is shown. */
async function unlessTooLate(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!isPatternError(error, "SAGA_STATE")) throw error;
  }
}
