import type { PubSubBus } from "@pubsub-mfe/core";
import { Cqrs, type EventStore } from "@pubsub-mfe/patterns/cqrs";
import { defineSaga, type SagaDefinition, type SagaSteps } from "@pubsub-mfe/patterns/saga";
import { CHECKOUT, type CheckoutStepName } from "../../src/checkout-steps.js";
import type { Host, OrderEvent, StockCommands } from "../../src/contract.js";
import type { CheckedOut } from "./cart-builder.js";
import { CART_STREAM, newCartId } from "./cart-state.js";
import { FROM_CART, order } from "./orders.js";
import type { ShopEvent } from "./shop-event.js";
import { whenHandled } from "./when-handled.js";

/** What is bought: a product, and how much of it. */
interface CheckoutItem {
  readonly sku: string;
  readonly name: string;
  readonly count: number;
}

/** What a checkout is started with. */
export interface CheckoutInput {
  /** Which cart it empties. */
  readonly cart: string;
  /** The id of the saga, and of the order. */
  readonly orderId: string;
  readonly items: readonly CheckoutItem[];
  /** In cents. */
  readonly total: number;
}

/** How long an attempt at a step may take, in milliseconds. */
const TIMEOUT_MS = 4_000;

/** What every step has: it hangs no longer than this, and is tried once more. */
const PATIENCE = { timeout: TIMEOUT_MS, retry: { attempts: 2, delay: 300 } };

/** What the steps of the checkout need. */
export interface CheckoutParts {
  readonly bus: PubSubBus;
  readonly store: EventStore<ShopEvent>;
  readonly cqrs: Cqrs<StockCommands>;
  readonly bank: Host["bank"];
  readonly faults: Host["stepFaults"];
}

/**
 * Defines the checkout. Each step hands on its key, so that what is done again after a crash is done
 * once.
 */
export function defineCheckout(parts: CheckoutParts): SagaDefinition<CheckoutInput> {
  const { bank, store, faults } = parts;
  const orders = order.on(store as unknown as EventStore<OrderEvent>);

  const command = async (
    type: keyof StockCommands,
    key: string,
    { items }: CheckoutInput,
    signal: AbortSignal,
  ): Promise<{ key: string }> => {
    await whenHandled(parts.bus, type, signal);
    return parts.cqrs.sendCommand(type, { key, items }, { signal, timeout: TIMEOUT_MS });
  };

  return defineSaga(CHECKOUT, {
    version: 1,
    steps: (steps: SagaSteps<CheckoutInput>) =>
      steps
        .addStep({
          ...PATIENCE,
          name: "reserve" satisfies CheckoutStepName,
          action: ({ input, idempotencyKey, signal }) =>
            faults.during("reserve", signal, () =>
              command("commands.stock.reserve", idempotencyKey, input, signal),
            ),
          compensation: ({ input, actionKey, signal }) =>
            faults.duringUndo("reserve", () =>
              command("commands.stock.release", actionKey, input, signal),
            ),
          // Some of it may be reserved.
          compensateOnFailure: true,
        })
        .addStep({
          ...PATIENCE,
          name: "order" satisfies CheckoutStepName,
          action: ({ input, idempotencyKey, signal }) =>
            faults.during("order", signal, async () => {
              const { orderId, items, total } = input;
              const placed = { orderId, items, total };
              await orders.execute(orderId, { place: placed }, { commandId: idempotencyKey });
              return { orderId };
            }),
          compensation: ({ input, idempotencyKey }) =>
            faults.duringUndo("order", () =>
              orders.execute(input.orderId, { cancel: true }, { commandId: idempotencyKey }),
            ),
          compensateOnFailure: true,
        })
        .addStep({
          ...PATIENCE,
          name: "payment" satisfies CheckoutStepName,
          action: ({ input, idempotencyKey, signal }) =>
            faults.during("payment", signal, () =>
              bank.charge(idempotencyKey, input.total, { signal }),
            ),
          compensation: ({ actionKey, signal }) =>
            faults.duringUndo("payment", () => bank.refund(actionKey, { signal })),
          // Whether a charge that was not answered was made, nobody knows.
          compensateOnFailure: true,
        })
        .addStep({
          ...PATIENCE,
          name: "ship" satisfies CheckoutStepName,
          pivot: true,
          action: ({ input, signal, results }) =>
            faults.during("ship", signal, () =>
              command("commands.stock.ship", results.reserve.key, input, signal),
            ),
        })
        .addStep({
          timeout: TIMEOUT_MS,
          retry: { attempts: 3, delay: 300 },
          name: "confirm" satisfies CheckoutStepName,
          action: ({ input, results, idempotencyKey, signal }) =>
            faults.during("confirm", signal, async () => {
              const { orderId, cart, items } = input;
              const commandId = idempotencyKey;
              await orders.execute(orderId, { pay: results.payment }, { commandId });
              const payload: CheckedOut = { cart, orderId, items, next: newCartId() };
              // What was appended first counts, also when this is done again.
              await store.append(
                CART_STREAM,
                [{ type: "cart.checked-out", payload, meta: FROM_CART }],
                {
                  commandId,
                },
              );
              return { orderId };
            }),
        }),
  });
}

/** Makes what sends commands to the inventory. */
export function createStockCommands(bus: PubSubBus): Cqrs<StockCommands> {
  return new Cqrs<StockCommands>({ commandBus: bus, queryBus: bus, eventBus: bus });
}
